#include "tidb/table/index_codec.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "base/test_seed.h"
#include "codec/keys.h"
#include "tidb/table/test_tables.h"
#include "tidb/types/convert.h"

namespace tbl::tidb {
namespace {

using schema::kTypeLong;
using schema::kTypeVarchar;

const codec::TimeZone& utc() {
  static const codec::TimeZone zone;
  return zone;
}

TableInfoPtr table() {
  return made(test_table(45, {test_column("a", kTypeLong), test_column("s", kTypeVarchar)},
                         {test_index("i", false, {0}), test_index("u", true, {1, 0}),
                          test_index("p", false, {1}, {2})}));
}

IndexEntry entry_of(const TableInfo& table, size_t index, const Row& row, int64_t handle) {
  return index_entry({table, table.indexes[index], table.id}, row, handle, utc());
}

TEST(IndexCodec, EntriesAreThoseOfTidb) {
  const auto t = table();
  const Row row = {Value::of_int(5), Value::of_string("abc")};
  const auto plain = entry_of(*t, 0, row, 7);
  EXPECT_EQ(to_hex(plain.key),
            "74800000000000002d5f698000000000000001"
            "038000000000000005"
            "038000000000000007");
  EXPECT_EQ(plain.value, "0");
  EXPECT_FALSE(plain.distinct);
  const auto unique = entry_of(*t, 1, row, 7);
  EXPECT_EQ(to_hex(unique.key),
            "74800000000000002d5f698000000000000002"
            "016162630000000000fa"
            "038000000000000005");
  EXPECT_EQ(to_hex(unique.value), "0000000000000007");
  EXPECT_TRUE(unique.distinct);
  const auto with_null = entry_of(*t, 1, {Value(), Value::of_string("abc")}, -1);
  EXPECT_EQ(to_hex(with_null.key),
            "74800000000000002d5f698000000000000002"
            "016162630000000000fa"
            "00"
            "037fffffffffffffff");
  EXPECT_EQ(with_null.value, "0");
  const auto prefix = entry_of(*t, 2, row, 7);
  EXPECT_EQ(to_hex(prefix.key),
            "74800000000000002d5f698000000000000003"
            "016162000000000000f9"
            "038000000000000007");
}

TEST(IndexCodec, EntriesAreTakenApart) {
  const auto t = table();
  for (const Row& row :
       {Row{Value::of_int(-5), Value::of_string("abc")}, Row{Value(), Value::of_string("")}}) {
    for (size_t i = 0; i < t->indexes.size(); ++i) {
      const IndexPlace place{*t, t->indexes[i], 45};
      const auto entry = index_entry(place, row, -9, utc());
      const auto back = decode_index_entry(place, entry.key, entry.value, utc());
      ASSERT_TRUE(back.ok()) << back.status().message();
      EXPECT_EQ(back->handle, -9);
      EXPECT_EQ(back->values, index_values(*t, t->indexes[i], row));
      EXPECT_FALSE(decode_index_entry(place, entry.key.substr(0, 25), entry.value, utc()).ok());
    }
  }
}

/// Whether values lie in a range, by the definition of IndexRange.
bool is_inside(const Row& values, const IndexRange& range) {
  auto compare = [&](const Row& bound) {
    for (size_t i = 0; i < bound.size(); ++i) {
      if (const int c = compare_same_type(values[i], bound[i])) return c;
    }
    return 0;
  };
  const int low = compare(range.low), high = compare(range.high);
  if (!range.low.empty() && (low < 0 || (low == 0 && range.low_exclusive))) return false;
  return range.high.empty() || high < 0 || (high == 0 && !range.high_exclusive);
}

TEST(IndexCodec, RangesHoldWhatTheySay) {
  const unsigned seed = test_seed();
  std::mt19937 random(seed);
  const auto t = table();
  const IndexPlace place{*t, t->indexes[1], 45};
  auto random_int = [&] {
    return random() % 4 ? Value::of_int(static_cast<int>(random() % 3) - 1) : Value();
  };
  auto random_text = [&] {
    return random() % 5 ? Value::of_string(std::string(random() % 3, 'a')) : Value();
  };
  auto random_bound = [&] {
    Row bound;
    const auto size = random() % 3;
    if (size > 0) bound.push_back(random_text());
    if (size > 1) bound.push_back(random_int());
    return bound;
  };
  for (int i = 0; i < 3000; ++i) {
    IndexRange range{random_bound(), random_bound(), random() % 2 == 0, random() % 2 == 0};
    const Row row = {random_int(), random_text()};
    const auto entry = index_entry(place, row, 3, utc());
    const KeyRange keys = index_key_range(place, range, utc());
    const bool inside = entry.key >= keys.start && (keys.end.empty() || entry.key < keys.end);
    const Row values = {row[1], row[0]};
    EXPECT_EQ(inside, is_inside(values, range))
        << duplicate_text(values) << " in " << duplicate_text(range.low) << ".."
        << duplicate_text(range.high) << range.low_exclusive << range.high_exclusive;
  }
}

TEST(IndexCodec, HandleRanges) {
  const KeyRange all = handle_key_range(45, {});
  EXPECT_EQ(all.start, codec::record_key(45, INT64_MIN));
  EXPECT_LT(codec::record_key(45, INT64_MAX), all.end);
  const KeyRange one = handle_key_range(45, {7, 7});
  EXPECT_EQ(one.start, codec::record_key(45, 7));
  EXPECT_LT(one.end, codec::record_key(45, 8));
  const auto ranges = unsigned_handle_ranges(5, UINT64_MAX - 1);
  ASSERT_EQ(ranges.size(), 2U);
  EXPECT_EQ(ranges[0].low, 5);
  EXPECT_EQ(ranges[0].high, INT64_MAX);
  EXPECT_EQ(ranges[1].low, INT64_MIN);
  EXPECT_EQ(ranges[1].high, -2);
  EXPECT_EQ(unsigned_handle_ranges(5, 4).size(), 0U);
  EXPECT_EQ(unsigned_handle_ranges(1ULL << 63, 1ULL << 63).size(), 1U);
}

}  // namespace
}  // namespace tbl::tidb
