// Rows read from a file against the reader of rows in memory.
#include "drainer/spill/large_value.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "base/sim_env.h"
#include "base/test_seed.h"
#include "drainer/spill/test_values.h"
#include "proto/binlog.pb.h"

namespace tbl::spill {
namespace {

using testing::HasSubstr;

struct Row {
  int64_t table = 0;
  codec::MutationType type = codec::kMutationInsert;
  std::string bytes;
  auto operator<=>(const Row&) const = default;
};

Result<std::vector<Row>> rows_in_memory(const std::string& message) {
  std::vector<Row> rows;
  TBL_ASSIGN(auto value, codec::PrewriteValue::parse(message));
  for (Bytes bytes; value.next(&bytes);) {
    TBL_ASSIGN(auto mutation, codec::TableMutation::parse(bytes));
    auto walk = mutation.rows();
    codec::MutationType type = codec::kMutationInsert;
    for (Bytes row; walk.next(&type, &row);) {
      rows.push_back({mutation.table_id(), type, std::string(row)});
    }
    TBL_TRY(walk.status());
  }
  return rows;
}

Result<std::vector<Row>> rows_in_file(SimEnv& disk, const std::string& message) {
  std::vector<Row> rows;
  auto file = file_of(disk, "before" + message + "after");
  TBL_ASSIGN(auto value, LargeValue::parse(std::move(file), {6, 6 + message.size()}));
  for (const LargeMutation& mutation : value->mutations()) {
    LargeValue::Rows walk(*value, mutation);
    uint64_t count = 0;
    while (true) {
      codec::MutationType type = codec::kMutationInsert;
      Bytes row;
      TBL_ASSIGN(bool found, walk.next(&type, &row));
      if (!found) break;
      rows.push_back({mutation.table_id, type, std::string(row)});
      ++count;
    }
    EXPECT_EQ(count, mutation.row_count);
  }
  return rows;
}

/// What TiDB's protobuf library makes: here with a packed sequence.
std::string packed(const std::vector<Row>& rows) {
  binlog::PrewriteValue value;
  value.set_schema_version(77);
  for (const Row& row : rows) {
    auto* mutations = value.mutable_mutations();
    if (mutations->empty() || mutations->rbegin()->table_id() != row.table) {
      mutations->Add()->set_table_id(row.table);
    }
    auto& mutation = *mutations->rbegin();
    mutation.add_sequence(static_cast<binlog::MutationType>(row.type));
    if (row.type == codec::kMutationInsert) mutation.add_inserted_rows(row.bytes);
    if (row.type == codec::kMutationUpdate) mutation.add_updated_rows(row.bytes);
    if (row.type == codec::kMutationDeleteRow) mutation.add_deleted_rows(row.bytes);
  }
  return value.SerializeAsString();
}

std::vector<Row> random_rows(std::mt19937_64& random) {
  const codec::MutationType types[] = {codec::kMutationInsert, codec::kMutationUpdate,
                                       codec::kMutationDeleteRow};
  std::vector<Row> rows;
  for (int64_t table = 1; table < 5; ++table) {
    const uint64_t count = random() % 40;
    for (uint64_t i = 0; i < count; ++i) {
      const uint64_t size = random() % 50 == 0 ? 300000 : random() % 100;
      rows.push_back({table, types[random() % 3], std::string(size, static_cast<char>(random()))});
    }
  }
  return rows;
}

TEST(LargeValueTest, RowsAreThoseOfTheMessage) {
  const uint64_t seed = test_seed();
  std::mt19937_64 random(seed);
  SimEnv disk;
  for (int round = 0; round < 40; ++round) {
    const std::vector<Row> rows = random_rows(random);
    codec::PrewriteValueWriter writer;  // one entry of `sequence` per field
    for (const Row& row : rows) writer.add_row(row.table, row.type, row.bytes);
    for (const std::string& message : {writer.finish(77), packed(rows)}) {
      auto got = rows_in_file(disk, message);
      ASSERT_TRUE(got.ok()) << got.status().to_string();
      EXPECT_TRUE(*got == rows);
      EXPECT_TRUE(*got == *rows_in_memory(message));
    }
  }
}

TEST(LargeValueTest, DamageIsFoundWhereTheOtherReaderFindsIt) {
  const uint64_t seed = test_seed();
  std::mt19937_64 random(seed);
  SimEnv disk;
  std::vector<Row> rows;
  for (int i = 0; i < 6; ++i) rows.push_back({i / 3, codec::kMutationUpdate, std::string(9, 'r')});
  const std::string good = packed(rows);
  size_t damaged = 0;
  for (int i = 0; i < 5000; ++i) {
    std::string message = good;
    message[random() % message.size()] = static_cast<char>(random());
    auto expected = rows_in_memory(message);
    auto got = rows_in_file(disk, message);
    damaged += !got.ok();
    if (!got.ok()) continue;  // groups and over-long varints are damage here only
    ASSERT_TRUE(expected.ok()) << expected.status().to_string();
    EXPECT_TRUE(*got == *expected);
  }
  EXPECT_GT(damaged, 100U);
}

TEST(LargeValueTest, AFileThatCannotBeReadIsAnError) {
  SimEnv disk;
  const std::string message = packed({{1, codec::kMutationInsert, "row"}});
  auto value = LargeValue::parse(file_of(disk, message), {0, message.size()});
  ASSERT_TRUE(value.ok());
  disk.fail(SimOp::kRead, 1, EIO);
  LargeValue::Rows walk(**value, (*value)->mutations()[0]);
  codec::MutationType type = codec::kMutationInsert;
  Bytes row;
  EXPECT_THAT(walk.next(&type, &row).status().message(), HasSubstr("value.spill"));
}

}  // namespace
}  // namespace tbl::spill
