#include "drainer/schedule/batch_plan.h"

#include <gtest/gtest.h>

#include "base/test_seed.h"
#include "drainer/schedule/model_database.h"

namespace tbl::schedule {
namespace {

TablePlan plan_of(const SinkTablePtr& table, const std::vector<TransactionPtr>& transactions) {
  std::vector<TableRow> rows;
  for (const auto& transaction : transactions) {
    for (const auto& row : transaction->rows) rows.push_back({&row, transaction->commit_ts});
  }
  return plan_table(table, rows);
}

TEST(BatchPlan, ReducesToOneChangePerKey) {
  auto table = keyed_table();
  auto transaction =
      TransactionBuilder(10)
          .insert(table, {integer(1), integer(1), integer(1)})
          .update(table, {integer(1), integer(1), integer(1)}, {integer(1), integer(1), integer(2)})
          .update(table, {integer(2), integer(2), integer(1)}, {integer(2), integer(2), integer(2)})
          .update(table, {integer(2), integer(2), integer(2)}, {integer(2), integer(2), integer(3)})
          .insert(table, {integer(3), null(), integer(1)})
          .remove(table, {integer(3), null(), integer(1)})
          .build();
  TablePlan plan = plan_of(identical_sink_table(table), {transaction});
  ASSERT_EQ(plan.inserts.size(), 1u);
  EXPECT_EQ(plan.inserts[0].new_values[2].as_int(), 2);
  ASSERT_EQ(plan.updates.size(), 1u);
  EXPECT_EQ(plan.updates[0].old_values[2].as_int(), 1);
  EXPECT_EQ(plan.updates[0].new_values[2].as_int(), 3);
  EXPECT_TRUE(plan.deletes.empty());
  EXPECT_TRUE(plan.in_order.empty());
}

TEST(BatchPlan, SwapsUniqueValuesByDeletingFirst) {
  auto table = keyed_table();
  auto transaction =
      TransactionBuilder(10)
          .update(table, {integer(1), integer(1), integer(0)}, {integer(1), null(), integer(0)})
          .update(table, {integer(2), integer(2), integer(0)}, {integer(2), integer(1), integer(0)})
          .update(table, {integer(1), null(), integer(0)}, {integer(1), integer(2), integer(0)})
          .build();
  TablePlan plan = plan_of(identical_sink_table(table), {transaction});
  EXPECT_EQ(plan.deletes.size(), 2u);
  EXPECT_EQ(plan.inserts.size(), 2u);
  EXPECT_TRUE(plan.updates.empty());
}

TEST(BatchPlan, LeavesTablesWithoutKeyInOrder) {
  auto table = keyless_table();
  auto transaction = TransactionBuilder(10)
                         .insert(table, {integer(1), text("x")})
                         .insert(table, {integer(1), text("x")})
                         .remove(table, {integer(1), text("x")})
                         .build();
  TablePlan plan = plan_of(identical_sink_table(table), {transaction});
  EXPECT_EQ(plan.in_order.size(), 3u);
  EXPECT_TRUE(plan.in_order[0].old_values.empty());
  EXPECT_TRUE(plan.in_order[2].new_values.empty());
}

TEST(BatchPlan, LeavesContradictionsInOrder) {
  auto table = keyed_table();
  auto transaction = TransactionBuilder(10)
                         .insert(table, {integer(1), integer(1), integer(1)})
                         .insert(table, {integer(1), integer(2), integer(1)})
                         .build();
  EXPECT_EQ(plan_of(identical_sink_table(table), {transaction}).in_order.size(), 2u);
}

TEST(BatchPlan, KeepsDownstreamsOwnColumns) {
  auto table = keyed_table();
  auto sink = std::make_shared<SinkTable>(*identical_sink_table(table));
  sink->has_extra_columns = true;
  sink->row_by_row = true;
  auto transaction =
      TransactionBuilder(10)
          .update(table, {integer(1), integer(1), integer(1)}, {integer(1), integer(5), integer(1)})
          .build();
  EXPECT_EQ(plan_of(sink, {transaction}).in_order.size(), 1u);
}

// Whatever a legal stream does: each batch's plan is accepted statement by statement, and ends
// where the stream ends.
TEST(BatchPlan, IsLegalAndEquivalentForRandomStreams) {
  unsigned seed = test_seed();
  std::mt19937 random(seed);
  RandomStream stream(random());
  SinkTablePtr table = identical_sink_table(stream.table());
  ModelDatabase downstream;
  for (int batch = 0; batch < 3000; ++batch) {
    std::vector<TransactionPtr> transactions;
    for (size_t n = 1 + random() % 20; n > 0; --n) transactions.push_back(stream.next());
    TablePlan plan = plan_of(table, transactions);
    ASSERT_TRUE(plan.in_order.empty());
    ASSERT_TRUE(downstream.apply(plan)) << "batch " << batch;
    ASSERT_EQ(downstream.rows(), stream.database().rows()) << "batch " << batch;
  }
}

}  // namespace
}  // namespace tbl::schedule
