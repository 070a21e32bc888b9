#include "drainer/spill/part_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <set>

#include "base/sim_env.h"
#include "base/test_seed.h"
#include "codec/row_v1.h"
#include "drainer/decode/test_tables.h"
#include "drainer/spill/test_values.h"

namespace tbl::spill {
namespace {

using testing::HasSubstr;

decode::TablePtr table_named(const std::string& name) {
  return decode::test_table(
      decode::test_table_info(name, {decode::test_column(1, "a", schema::kTypeLong)}));
}

std::string insert_row(int64_t value) {
  std::string row;
  codec::write_value(row, codec::Datum::of_int(1));
  codec::write_row_v1_pair(row, 1, codec::Datum::of_int(value));
  return row;
}

/// counts[i] rows of table i, which hold their numbers; tables of `skipped` are not for us.
LargeTransaction transaction_of(SimEnv& disk, const std::vector<int>& counts,
                                const std::set<size_t>& skipped) {
  codec::PrewriteValueWriter writer;
  LargeTransaction transaction{100, 110, nullptr, {}};
  int64_t number = 0;
  for (size_t i = 0; i < counts.size(); ++i) {
    for (int n = 0; n < counts[i]; ++n) {
      writer.add_row(static_cast<int64_t>(i), codec::kMutationInsert, insert_row(number++));
    }
    if (counts[i] == 0) continue;  // the writer knows nothing of it
    transaction.forms.push_back(
        {skipped.contains(i) ? nullptr : table_named("t" + std::to_string(i)), false});
  }
  const std::string value = writer.finish(7);
  transaction.value = LargeValue::parse(file_of(disk, value), {0, value.size()}).value();
  return transaction;
}

TEST(PartReaderTest, PartsAreTheTransaction) {
  const uint64_t seed = test_seed();
  std::mt19937_64 random(seed);
  SimEnv disk;
  for (int round = 0; round < 200; ++round) {
    std::vector<int> counts;
    std::set<size_t> skipped;
    std::vector<uint64_t> expected;
    uint64_t number = 0;
    for (size_t i = 0; i < 1 + random() % 5; ++i) {
      counts.push_back(static_cast<int>(random() % 30));
      if (random() % 3 == 0) skipped.insert(i);
      for (int n = 0; n < counts.back(); ++n, ++number) {
        if (!skipped.contains(i)) expected.push_back(number);
      }
    }
    PartReader reader(transaction_of(disk, counts, skipped));
    const decode::PartLimit limit{.rows = 1 + random() % 10, .bytes = 1 + random() % 60};
    std::vector<uint64_t> numbers;
    bool last = false;
    uint64_t end_row = 0;
    while (true) {
      auto part = reader.next(limit);
      ASSERT_TRUE(part.ok()) << part.status().to_string();
      if (!*part) break;
      EXPECT_FALSE(last) << "nothing follows the last part";
      auto decoded = *decode::decode_transaction(std::move(**part));
      EXPECT_EQ(decoded->commit_ts, 110U);
      EXPECT_EQ(decoded->schema_version, 7);
      EXPECT_GE(decoded->first_row, end_row);
      EXPECT_LE(decoded->rows.size(), limit.rows);
      end_row = decoded->end_row;
      for (const auto& row : decoded->rows) {
        EXPECT_EQ(row.new_values[0], codec::Datum::of_int(static_cast<int64_t>(row.number)));
        EXPECT_GE(row.number, decoded->first_row);
        EXPECT_LT(row.number, decoded->end_row);
        numbers.push_back(row.number);
      }
      last = decoded->is_last_part;
    }
    EXPECT_TRUE(last);
    EXPECT_EQ(numbers, expected);
  }
}

TEST(PartReaderTest, ALimitBelowARowGivesRowsOneByOne) {
  SimEnv disk;
  PartReader reader(transaction_of(disk, {2}, {}));
  EXPECT_EQ((*reader.next({.bytes = 1}))->row_count(), 1U);
  EXPECT_FALSE((*reader.next({.rows = 1}))->more_follows);
  EXPECT_FALSE(*reader.next({}));
}

TEST(PartReaderTest, ErrorsNameTransactionAndTable) {
  SimEnv disk;
  PartReader reader(transaction_of(disk, {2}, {}));
  disk.fail(SimOp::kRead, 1, EIO);
  EXPECT_THAT(reader.next({.bytes = 100}).status().message(),
              HasSubstr("read transaction 110: table `test`.`t0`"));
}

}  // namespace
}  // namespace tbl::spill
