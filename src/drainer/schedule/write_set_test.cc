#include "drainer/schedule/write_set.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "drainer/schedule/sink_table.h"
#include "drainer/schedule/test_transactions.h"

namespace tbl::schedule {
namespace {

WriteSet set_of(const TransactionPtr& transaction, const TableKeys& keys) {
  WriteSetBuilder builder;
  for (const auto& row : transaction->rows) builder.add(keys, row);
  return builder.take();
}

bool conflict(const WriteSet& a, const WriteSet& b) {
  if (a.exclusive || b.exclusive) return true;
  std::vector<uint64_t> both;
  std::set_intersection(a.hashes.begin(), a.hashes.end(), b.hashes.begin(), b.hashes.end(),
                        std::back_inserter(both));
  return !both.empty();
}

class KeyedWriteSet : public testing::Test {
 protected:
  WriteSet insert(const Values& v) {
    return set_of(TransactionBuilder(1).insert(table_, v).build(), keys_);
  }
  WriteSet update(const Values& a, const Values& b) {
    return set_of(TransactionBuilder(1).update(table_, a, b).build(), keys_);
  }
  decode::TablePtr table_ = keyed_table();
  TableKeys keys_ = upstream_keys(*table_);
};

TEST_F(KeyedWriteSet, OldAndNewValuesOfEveryKeyCount) {
  WriteSet moved =
      update({integer(1), integer(10), integer(0)}, {integer(2), integer(20), integer(0)});
  EXPECT_EQ(moved.hashes.size(), 4u);
  EXPECT_TRUE(conflict(moved, insert({integer(1), null(), integer(5)})));
  EXPECT_TRUE(conflict(moved, insert({integer(2), null(), integer(5)})));
  EXPECT_TRUE(conflict(moved, insert({integer(9), integer(10), integer(5)})));
  EXPECT_TRUE(conflict(moved, insert({integer(9), integer(20), integer(5)})));
  EXPECT_FALSE(conflict(moved, insert({integer(10), integer(1), integer(5)})));
}

TEST_F(KeyedWriteSet, NullInAKeyGivesNothing) {
  EXPECT_EQ(insert({integer(1), null(), integer(0)}).hashes.size(), 1u);
}

TEST_F(KeyedWriteSet, TablesDiffer) {
  auto other = keyed_table("t2");
  WriteSet there =
      set_of(TransactionBuilder(1).insert(other, {integer(1), integer(1), integer(1)}).build(),
             upstream_keys(*other));
  EXPECT_FALSE(conflict(there, insert({integer(1), integer(1), integer(1)})));
}

TEST(WriteSet, WithoutKeyTheWholeRowCounts) {
  auto table = keyless_table();
  TableKeys keys = upstream_keys(*table);
  auto row = [&](int64_t a, codec::Datum b) {
    return set_of(TransactionBuilder(1).insert(table, {integer(a), b}).build(), keys);
  };
  EXPECT_TRUE(conflict(row(1, text("x")), row(1, text("x"))));
  EXPECT_TRUE(conflict(row(1, null()), row(1, null())));
  EXPECT_FALSE(conflict(row(1, text("x")), row(1, text("X"))));
  EXPECT_FALSE(conflict(row(1, null()), row(1, text(""))));
}

decode::TablePtr text_table(std::string_view collation, int64_t length) {
  using namespace schema;
  ColumnInfo column = decode::test_column(1, "k", kTypeVarchar, kFlagNotNull | kFlagPrimaryKey);
  column.type.collate = collation;
  TableInfo info = decode::test_table_info("s", {column});
  info.indexes = {decode::test_primary_index({index_column("k", 0, length)})};
  return decode::test_table(std::move(info));
}

bool same_key(std::string_view collation, std::string_view a, std::string_view b,
              int64_t length = KeyColumn::kWhole) {
  auto table = text_table(collation, length);
  TableKeys keys = upstream_keys(*table);
  return conflict(set_of(TransactionBuilder(1).insert(table, {text(a)}).build(), keys),
                  set_of(TransactionBuilder(1).insert(table, {text(b)}).build(), keys));
}

TEST(WriteSet, TextIsAsCoarseAsItsCollation) {
  EXPECT_FALSE(same_key("utf8mb4_bin", "a", "A"));
  EXPECT_TRUE(same_key("utf8mb4_bin", "a", "a  "));
  EXPECT_TRUE(same_key("utf8mb4_general_ci", "b", "B "));
  EXPECT_TRUE(same_key("utf8mb4_unicode_ci", "müss", "MUSS"));
  EXPECT_TRUE(same_key("utf8mb4_unicode_ci", "straße", "STRASSE"));
  EXPECT_FALSE(same_key("utf8mb4_general_ci", "b1", "b2"));
  EXPECT_FALSE(same_key("utf8mb4_general_ci", "中国", "中文"));
}

TEST(WriteSet, PrefixesAreCut) {
  EXPECT_TRUE(same_key("utf8mb4_bin", "中国一", "中国二", 2));
  EXPECT_FALSE(same_key("utf8mb4_bin", "中国一", "中国二", 3));
}

TEST(WriteSet, CharactersThatMayEqualSeveralConflictWithEverything) {
  EXPECT_TRUE(same_key("utf8mb4_unicode_ci", "ﬁx", "unrelated"));
  EXPECT_TRUE(same_key("utf8mb4_general_ci", "\xff\xfe", "unrelated"));
}

TEST(TableKeys, TheCoarserOfTwoKeysOverTheSameColumnsWins) {
  TableKeys keys;
  keys.add({{0, Fold::kPadSpace, KeyColumn::kWhole}});
  keys.add({{0, Fold::kText, 10}});
  keys.add({{0, Fold::kExact, 20}, {1, Fold::kExact, KeyColumn::kWhole}});
  ASSERT_EQ(keys.keys.size(), 2u);
  EXPECT_EQ(keys.keys[0][0], (KeyColumn{0, Fold::kText, 10}));
}

TEST(SinkTable, AVirtualUniqueColumnForbidsReordering) {
  using namespace schema;
  ColumnInfo generated = decode::test_column(2, "g", kTypeLongLong);
  generated.generated_expr = "`id` + 1";
  TableInfo info = decode::test_table_info(
      "v",
      {decode::test_column(1, "id", kTypeLongLong, kFlagPrimaryKey | kFlagNotNull), generated});
  info.pk_is_handle = true;
  info.indexes = {test_unique_index(1, "g", {index_column("g", 1)})};
  EXPECT_TRUE(identical_sink_table(decode::test_table(info))->row_by_row);
  info.indexes.clear();
  EXPECT_FALSE(identical_sink_table(decode::test_table(info))->row_by_row);
}

}  // namespace
}  // namespace tbl::schedule
