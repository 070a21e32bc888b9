#include "codec/row.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <map>

#include "codec/test_util.h"

namespace tbl::codec {
namespace {

using Pairs = std::vector<std::pair<int64_t, Datum>>;

/// All pairs; `ok` tells whether the row ended well.
Pairs read_all(Bytes row, Arena& arena, bool* ok) {
  RowReader reader(row, arena);
  Pairs pairs;
  int64_t id = 0;
  Datum value;
  while (reader.next(&id, &value)) pairs.emplace_back(id, value);
  *ok = !reader.failed();
  return pairs;
}

TEST(RowV1, CapturedUpdate) {
  std::string row =
      hex("0802080a 080402047531 08080814 08010802 | 0802080e 080402047531 0808081c 08010802");
  Arena arena;
  bool ok = false;
  Pairs expected = {{1, Datum::of_int(5)},  {2, Datum::of_bytes("u1")}, {4, Datum::of_int(10)},
                    {-1, Datum::of_int(1)}, {1, Datum::of_int(7)},      {2, Datum::of_bytes("u1")},
                    {4, Datum::of_int(14)}, {-1, Datum::of_int(1)}};
  EXPECT_EQ(read_all(row, arena, &ok), expected);
  EXPECT_TRUE(ok);
  EXPECT_EQ(expected[3].first, kRowIdColumn);
}

TEST(RowV1, CapturedInsertOfAllTypes) {
  std::string row = hex(
      "08 04 0206616263 08 06 06 0a02 7fffff84d2 08 08 09 8894b0b094a8e1d219 08 0a 09 "
      "c0c487b094c8e1d219"
      "08 0c 09 8080808080c0e1d219 08 0e 08 ff89d1eeddd801 08 10 08 ca1f 08 12 05 bff8000000000000"
      "08 14 05 3ffdffffffffffff 08 16 02 04 00ff 08 18 09 02 08 1a 09 05 08 1c 09 8104"
      "08 1e 0a 04 01 08 20 09 ffffffffffffffffff01");
  Arena arena;
  bool ok = false;
  Pairs pairs = read_all(row, arena, &ok);
  ASSERT_TRUE(ok);
  ASSERT_EQ(pairs.size(), 15u);
  EXPECT_EQ(pairs[0], (std::pair<int64_t, Datum>{2, Datum::of_bytes("abc")}));
  EXPECT_EQ(pairs[2].second, Datum::of_uint(1848029737500019208u));
  EXPECT_EQ(pairs[5].second, Datum::of_int(-3723450000000));
  EXPECT_EQ(pairs[14], (std::pair<int64_t, Datum>{16, Datum::of_uint(~0ull)}));
  std::string again;
  for (auto& [id, value] : pairs) write_row_v1_pair(again, id, value);
  EXPECT_EQ(again, row);
}

TEST(RowV1, EmptyRows) {
  Arena arena;
  bool ok = false;
  EXPECT_TRUE(read_all(Bytes("\0", 1), arena, &ok).empty());
  EXPECT_TRUE(ok);
  EXPECT_TRUE(read_all("", arena, &ok).empty());
  EXPECT_TRUE(ok);
  std::string row = "before";
  finish_row_v1(row, row.size());
  EXPECT_EQ(row, Bytes("before\0", 7));
}

TEST(RowV1, Damage) {
  Arena arena;
  bool ok = true;
  for (const char* bad : {"0000", "0802", "080208", "02026108", "0802080a08"}) {
    read_all(hex(bad), arena, &ok);
    EXPECT_FALSE(ok) << bad;
  }
}

TEST(RowV2, CapturedRow) {
  std::string row =
      hex("80 00 0500 0000 0102030405 0300 0600 0800 0900 0c00 782020 416220 7120 72 732020");
  RowV2 v2;
  ASSERT_TRUE(v2.parse(row));
  EXPECT_EQ(v2.find(1), Datum::of_raw("x  "));
  EXPECT_EQ(v2.find(2), Datum::of_raw("Ab "));
  EXPECT_EQ(v2.find(4), Datum::of_raw("r"));
  EXPECT_TRUE(v2.find(6).is_absent());
  std::string again;
  const RowV2Column columns[] = {{1, Datum::of_bytes("x  ")},
                                 {2, Datum::of_bytes("Ab ")},
                                 {3, Datum::of_bytes("q ")},
                                 {4, Datum::of_bytes("r")},
                                 {5, Datum::of_bytes("s  ")}};
  write_row_v2(again, columns);
  EXPECT_EQ(to_hex(again), to_hex(row));
}

TEST(RowV2, ChecksumBehindTheDataIsIgnored) {
  std::string row = hex("80 02 0100 0100 01 02 0100 07 00 11223344");
  Arena arena;
  bool ok = false;
  Pairs expected = {{1, Datum::of_raw(kept_hex("07"))}, {2, Datum::null()}};
  EXPECT_EQ(read_all(row, arena, &ok), expected);
  EXPECT_TRUE(ok);
}

TEST(RowV2, Damage) {
  Arena arena;
  bool ok = true;
  for (const char* bad :
       {"80", "8000", "80000100", "800001000000", "80000100000001", "8000010000000101",
        "800001000000010100", "800002000000 0102 0200 0100 6162"}) {
    read_all(hex(bad), arena, &ok);
    EXPECT_FALSE(ok) << bad;
  }
}

TEST(RowV2, Values) {
  Datum d;
  EXPECT_TRUE(decode_row_v2_value(kept_hex("0102"), RowV2Type::kUint, &d) &&
              d == Datum::of_uint(513));
  EXPECT_TRUE(decode_row_v2_value(kept_hex("ff"), RowV2Type::kInt, &d) && d == Datum::of_int(-1));
  EXPECT_TRUE(decode_row_v2_value(kept_hex("ff"), RowV2Type::kUint, &d) &&
              d == Datum::of_uint(255));
  EXPECT_TRUE(decode_row_v2_value(kept_hex("bff8000000000000"), RowV2Type::kFloat, &d) &&
              d == Datum::of_float(1.5));
  EXPECT_TRUE(decode_row_v2_value(kept_hex("0a027fffff84d2"), RowV2Type::kDecimal, &d));
  EXPECT_EQ(d, Datum::of_decimal(10, 2, kept_hex("7fffff84d2")));
  EXPECT_TRUE(decode_row_v2_value(kept_hex("0401"), RowV2Type::kJson, &d) &&
              d == Datum::of_json(kept_hex("0401")));
  EXPECT_TRUE(decode_row_v2_value("", RowV2Type::kBytes, &d) && d == Datum::of_bytes(""));
  for (auto type : {RowV2Type::kInt, RowV2Type::kUint, RowV2Type::kFloat, RowV2Type::kDecimal,
                    RowV2Type::kJson}) {
    EXPECT_FALSE(decode_row_v2_value("", type, &d));
    EXPECT_FALSE(decode_row_v2_value("abc", type, &d));
    EXPECT_FALSE(decode_row_v2_value(kept_hex("0a027fffff84d200"), type, &d) &&
                 type != RowV2Type::kInt && type != RowV2Type::kUint && type != RowV2Type::kFloat);
  }
}

/// Random columns, sorted by id, and their raw types.
struct RandomRow {
  std::map<int64_t, std::pair<RowV2Type, Datum>> columns;
  std::vector<std::string> texts;
};

void fill(RandomRow& row, int64_t max_id) {
  int count = *rc::gen::inRange(0, 20);
  row.texts.reserve(static_cast<size_t>(count));
  for (int i = 0; i < count; ++i) {
    auto& [type, datum] = row.columns[*rc::gen::inRange<int64_t>(1, max_id)];
    switch (*rc::gen::inRange(0, 5)) {
      case 0:
        type = RowV2Type::kInt;
        datum = Datum::of_int(*rc::gen::arbitrary<int64_t>() >> *rc::gen::inRange(0, 64));
        break;
      case 1:
        type = RowV2Type::kUint;
        datum = Datum::of_uint(*rc::gen::arbitrary<uint64_t>() >> *rc::gen::inRange(0, 64));
        break;
      case 2:
        type = RowV2Type::kFloat;
        datum = Datum::of_float(*rc::gen::arbitrary<double>());
        break;
      case 3:
        type = RowV2Type::kBytes;
        row.texts.push_back(std::string(*rc::gen::inRange<size_t>(0, 6000), 'x'));
        datum = Datum::of_bytes(row.texts.back());
        break;
      default:
        type = RowV2Type::kBytes;
        datum = Datum::null();
    }
  }
}

RC_GTEST_PROP(RowV2, RandomRowsComeBack, ()) {
  RandomRow row;
  fill(row, *rc::gen::element<int64_t>(255, 256, 100000));
  std::vector<RowV2Column> columns;
  for (auto& [id, column] : row.columns) columns.push_back({id, column.second});
  std::string bytes;
  write_row_v2(bytes, columns);
  RowV2 v2;
  RC_ASSERT(v2.parse(bytes));
  RC_ASSERT(v2.not_null_count() + v2.null_count() == row.columns.size());
  for (auto& [id, column] : row.columns) {
    Datum found = v2.find(id);
    RC_ASSERT(found.is_null() == column.second.is_null());
    if (found.is_null()) continue;
    Datum typed;
    RC_ASSERT(decode_row_v2_value(found.as_bytes(), column.first, &typed));
    RC_ASSERT(typed == column.second);
  }
}

RC_GTEST_PROP(Row, ChangedBytesNeverCrash, (uint8_t change)) {
  RandomRow row;
  fill(row, 300);
  std::string bytes;
  if (*rc::gen::arbitrary<bool>()) {
    std::vector<RowV2Column> columns;
    for (auto& [id, column] : row.columns) columns.push_back({id, column.second});
    write_row_v2(bytes, columns);
  } else {
    for (auto& [id, column] : row.columns) write_row_v1_pair(bytes, id, column.second);
    finish_row_v1(bytes, 0);
  }
  bytes[*rc::gen::inRange<size_t>(0, bytes.size())] ^= static_cast<char>(change);
  Arena arena;
  bool ok = false;
  RC_ASSERT(read_all(bytes, arena, &ok).size() <= bytes.size());
}

}  // namespace
}  // namespace tbl::codec
