#include "drainer/decode/row_decoder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "codec/decimal.h"
#include "codec/row.h"
#include "drainer/decode/render.h"
#include "drainer/decode/test_tables.h"

namespace tbl::decode {
namespace {

using codec::Arena;
using codec::Datum;
using testing::HasSubstr;

std::string hex(std::string_view text) {
  auto bytes = from_hex(text);
  EXPECT_TRUE(bytes.ok()) << text;
  return *bytes;
}

/// "a|NULL|-": absent values are "-".
std::string text_of(const Table& table, RowValues values) {
  std::string out;
  for (size_t i = 0; i < values.size(); ++i) {
    if (i > 0) out += '|';
    if (values[i].is_absent()) out += '-';
    if (values[i].is_null()) out += "NULL";
    EXPECT_TRUE(append_text(out, values[i], table.info().columns[i].type, {}));
  }
  return out;
}

/// Decodes one row of a table and prints it.
class Decoded {
 public:
  explicit Decoded(TablePtr table, bool may_append_default = false)
      : table_(std::move(table)), decoder_(*table_, may_append_default, arena_) {}

  std::string insert(Bytes row) {
    auto values = decoder_.decode_insert(row);
    return values.ok() ? text_of(*table_, *values) : values.status().message();
  }
  std::string update(Bytes row) {
    RowValues before;
    RowValues after;
    Status status = decoder_.decode_update(row, &before, &after);
    return status.ok() ? text_of(*table_, before) + " > " + text_of(*table_, after)
                       : status.message();
  }
  std::string erase(Bytes row) {
    auto values = decoder_.decode_delete(row);
    return values.ok() ? text_of(*table_, *values) : values.status().message();
  }

 private:
  TablePtr table_;
  Arena arena_;
  RowDecoder decoder_;
};

const std::string kVectorRow =
    "060a027fffcfc6bc080809808080c8f792bed119080a09ffffffffffffffffff01080c0a01020000004a0000001e00"
    "000001001f0000000100"
    "092000000003280000006162010000000000000002000000220000000912000000091a000000010000000000000002"
    "00000000000000080e09"
    "a505081009020812054007ffffffffffff081408ffc7a3a286dba3010816020400ff081808c61f081a05bff19999a0"
    "000000";
const std::string kVectorText =
    "|-12345.67|2019-04-28 09:29:57|18446744073709551615|{\"a\": 1, \"b\": [1, "
    "2]}|677|2|-1.5|-100:00:05|" +
    std::string("\0\xff", 2) + "|2019|1.100000023841858";

TEST(RowDecoder, ReferenceRows) {
  Decoded rows(test_table(vector_table()));
  EXPECT_EQ(rows.insert(hex("080e08040206626f620806" + kVectorRow)), "7|bob" + kVectorText);
  EXPECT_EQ(rows.update(hex("0802080e08040206626f620806" + kVectorRow +
                            "0802080e080402066576650806" + kVectorRow)),
            "7|bob" + kVectorText + " > 7|eve" + kVectorText);
  EXPECT_EQ(rows.erase(hex("0802080e08040206626f620806" + kVectorRow)), "7|bob" + kVectorText);
}

TEST(RowDecoder, MissingColumnsOfAnInsertAreNullOrDefault) {
  Decoded rows(test_table(vector_table()));
  EXPECT_EQ(rows.insert(hex("080e00")),
            "7|NULL|NULL|NULL|NULL|NULL|NULL|NULL|NULL|NULL|NULL|NULL|NULL");
  EXPECT_EQ(rows.insert(hex("080e")),
            "7|NULL|NULL|NULL|NULL|NULL|NULL|NULL|NULL|NULL|NULL|NULL|NULL");
}

schema::TableInfo unsigned_handle_table() {
  auto info = test_table_info("u", {test_column(1, "id", schema::kTypeLongLong,
                                                schema::kFlagPrimaryKey | schema::kFlagUnsigned)});
  info.pk_is_handle = true;
  return info;
}

TEST(RowDecoder, UnsignedHandles) {
  Decoded rows(test_table(unsigned_handle_table()));
  EXPECT_EQ(rows.insert(hex("080100")), "18446744073709551615");
  EXPECT_EQ(rows.insert(hex("080a00")), "5");
  EXPECT_EQ(rows.erase(hex("080209ffffffffffffffffff01")), "18446744073709551615");
}

schema::TableInfo hidden_id_table() {
  auto info = test_table_info(
      "t2", {test_column(1, "a", schema::kTypeLong), test_column(2, "b", schema::kTypeVarchar),
             test_column(3, "c", schema::kTypeLong), test_column(4, "d", schema::kTypeLong)});
  info.columns[2].generated_expr = "`a` + 1";
  info.columns[3].generated_expr = "`a` * 2";
  info.columns[3].generated_stored = true;
  return info;
}

TEST(RowDecoder, GeneratedColumnsAndHiddenRowIds) {
  Decoded rows(test_table(hidden_id_table()));
  EXPECT_EQ(rows.insert(hex("0802 0802080a 0804 02047531 08080814")), "5|u1|-|10");
  EXPECT_EQ(rows.insert(hex("0804 0802080c 08080818")), "6|NULL|-|12");
  EXPECT_EQ(rows.insert(hex("0804 00")), "NULL|NULL|-|NULL");
  EXPECT_EQ(
      rows.update(
          hex("0802080a 0804 02047531 08080814 08010802 0802080e 0804 02047531 0808081c 08010802")),
      "5|u1|-|10 > 7|u1|-|14");
  EXPECT_EQ(rows.erase(hex("0802080e 0804 02047531 08060810 0808081c 08010802")), "7|u1|8|14");
}

schema::TableInfo clustered_table(int64_t prefix) {
  auto info =
      test_table_info("t3", {test_column(1, "a", schema::kTypeVarchar, schema::kFlagNotNull),
                             test_column(2, "b", schema::kTypeLong, schema::kFlagNotNull),
                             test_column(3, "c", schema::kTypeLong)});
  info.is_common_handle = true;
  info.indexes = {
      test_primary_index({{schema::CiName::of("a"), 0, prefix}, {schema::CiName::of("b"), 1, -1}})};
  return info;
}

TEST(RowDecoder, ClusteredHandles) {
  Decoded rows(test_table(clustered_table(-1)));
  // The handle holds the sort key; the row has the text.
  EXPECT_EQ(rows.insert(hex("020800410042 0802 0802 02044162 08060804")), "Ab|1|2");
  EXPECT_EQ(rows.insert(hex("02044162 0802 08060804")), "Ab|1|2");
  EXPECT_EQ(rows.insert(hex("02044162 0802 00")), "Ab|1|NULL");
  EXPECT_EQ(rows.insert(hex("02044162 0802")), "Ab|1|NULL");
  EXPECT_THAT(rows.insert(hex("02044162")), HasSubstr("row data is corrupted in the handle"));
}

TEST(RowDecoder, PrefixOfAClusteredHandleIsNotTheValue) {
  Decoded rows(test_table(clustered_table(3)));
  EXPECT_EQ(rows.insert(hex("0206616263 0802 0802 020c616263646566")), "abcdef|1|NULL");
}

TEST(RowDecoder, DurationAndDecimalInAClusteredHandle) {
  auto info =
      test_table_info("c", {test_column(1, "t", schema::kTypeDuration, schema::kFlagNotNull),
                            test_column(2, "d", schema::kTypeNewDecimal, schema::kFlagNotNull)});
  info.columns[0].type.decimal = 3;
  info.is_common_handle = true;
  info.indexes = {
      test_primary_index({{schema::CiName::of("t"), 0, -1}, {schema::CiName::of("d"), 1, -1}})};
  Decoded rows(test_table(std::move(info)));
  EXPECT_EQ(rows.insert(hex("07800003464e860500 0606027ffecd 00")), "01:00:00.500|-1.50");
}

TEST(RowDecoder, UnknownAndHiddenColumnsAreIgnored) {
  auto info = hidden_id_table();
  info.columns.push_back(test_column(5, "adding", schema::kTypeLong));
  info.columns[4].state = schema::SchemaState::kWriteOnly;
  Decoded rows(test_table(std::move(info)));
  EXPECT_EQ(rows.insert(hex("0802 0802080a 0804 02047531 08080814 080a0802 08c6010802")),
            "5|u1|-|10|-");
}

TEST(RowDecoder, UpdatesOfAnOlderSchema) {
  auto info = test_table_info(
      "ng", {test_column(1, "a", schema::kTypeLong), test_column(2, "b", schema::kTypeLong)});
  info.columns[1].origin_default = "9";
  std::string row = hex("08020802 08010802 08020804 08010802");
  EXPECT_EQ(Decoded(test_table(info), true).update(row), "1|9 > 2|9");
  EXPECT_EQ(Decoded(test_table(info), false).update(row),
            "table `test`.`ng`: row data is corrupted cols num: 2, oldRow: [1 -1], newRow: [1 -1]");
  // One side only is never right.
  std::string uneven = hex("08020802 08040804 08020804");
  EXPECT_THAT(Decoded(test_table(info), true).update(uneven),
              HasSubstr("row data is corrupted cols num: 2"));
  EXPECT_EQ(Decoded(test_table(info), true).erase(hex("08020802")), "1|-");
  EXPECT_EQ(Decoded(test_table(info), false).insert(hex("0802 08020802")), "1|9");
}

TEST(RowDecoder, DefaultsComeFromTheFormThatWasWritten) {
  auto now = test_table_info("t", {test_column(1, "a", schema::kTypeLong)});
  now.columns[0].origin_default = "2";
  auto then = test_table_info("t", {test_column(1, "a", schema::kTypeLong)});
  then.columns[0].origin_default = "1";
  auto written = finished(std::move(then));
  EXPECT_EQ(Decoded(test_table(now, written.get())).insert(hex("080200")), "1");
  EXPECT_EQ(Decoded(test_table(now)).insert(hex("080200")), "2");
  auto other = finished(test_table_info("t", {test_column(7, "z", schema::kTypeLong)}));
  EXPECT_EQ(Decoded(test_table(now, other.get())).insert(hex("080200")), "2");
}

TEST(RowDecoder, UnknownDefaultsAreAnErrorOnlyWhenNeeded) {
  auto info = test_table_info(
      "t", {test_column(1, "a", schema::kTypeLong), test_column(2, "b", schema::kTypeLong)});
  info.columns[1].origin_default = "what?";
  Decoded rows(test_table(std::move(info)));
  EXPECT_EQ(rows.insert(hex("0802 08020802 08040802")), "1|1");
  EXPECT_EQ(rows.insert(hex("0802 08020802")),
            "table `test`.`t`: row data is corrupted column b (id 2) is missing, its default is "
            "not known");
}

TEST(RowDecoder, DeletedRowsOfFormatTwo) {
  std::string decimal;
  ASSERT_TRUE(codec::append_decimal_binary(decimal, "-12345.67", 10, 2).ok());
  std::string json = hex("0401");
  const codec::RowV2Column columns[] = {{1, Datum::of_int(7)},
                                        {2, Datum::of_bytes("bob")},
                                        {3, Datum::of_decimal(10, 2, decimal)},
                                        {4, Datum::of_uint(0)},
                                        {5, Datum::of_uint(~0ull)},
                                        {6, Datum::of_json(json)},
                                        {7, Datum::of_uint(677)},
                                        {8, Datum::of_uint(2)},
                                        {9, Datum::of_float(-1.5)},
                                        {10, Datum::of_int(-1000000)},
                                        {11, Datum::null()},
                                        {12, Datum::of_int(2019)}};
  std::string row;
  codec::write_row_v2(row, columns);
  Decoded rows(test_table(vector_table()));
  EXPECT_EQ(rows.erase(row),
            "7|bob|-12345.67|0000-00-00 "
            "00:00:00|18446744073709551615|true|677|2|-1.5|-00:00:00|NULL|2019|-");
}

TEST(RowDecoder, ValuesOfAnotherType) {
  Decoded rows(test_table(vector_table()));
  EXPECT_EQ(rows.insert(hex("0802 08040802")),
            "table `test`.`t`: row data is corrupted column name (id 2): value of another type "
            "(column type 15, "
            "value kind 2)");
  EXPECT_THAT(rows.erase(hex("0802 fa")), HasSubstr("value of another type"));
  EXPECT_THAT(rows.insert(hex("0204616200")), HasSubstr("corrupted in the integer handle"));
}

TEST(RowDecoder, SignednessFollowsTheColumn) {
  auto info =
      test_table_info("t", {test_column(1, "a", schema::kTypeLongLong, schema::kFlagUnsigned),
                            test_column(2, "b", schema::kTypeLongLong)});
  Decoded rows(test_table(std::move(info)));
  EXPECT_EQ(rows.erase(hex("08020801 080409ffffffffffffffffff01")), "18446744073709551615|-1");
}

TEST(RowDecoder, CutRowsAreErrors) {
  Decoded rows(test_table(vector_table()));
  std::string insert = hex("080e08040206626f620806" + kVectorRow);
  std::string erased = hex("0802080e08040206626f620806" + kVectorRow);
  int good = 0;
  for (size_t n = 0; n < insert.size(); ++n) {
    good += rows.insert(Bytes(insert).substr(0, n)).starts_with("table ") ? 0 : 1;
    rows.erase(Bytes(erased).substr(0, n));
    EXPECT_THAT(rows.update(Bytes(erased).substr(0, n)), HasSubstr("row data is corrupted"));
  }
  EXPECT_EQ(good, 12);  // cut between two columns
}

}  // namespace
}  // namespace tbl::decode
