#include "drainer/schedule/dispatcher.h"

#include <gtest/gtest.h>

#include <random>

#include "base/test_seed.h"
#include "drainer/schedule/model_database.h"

namespace tbl::schedule {
namespace {

WriteSet writes(std::vector<uint64_t> hashes) { return {std::move(hashes), false}; }
constexpr TakeLimits kSmall = {4, 1 << 20, 100};

TEST(Dispatcher, IndependentTransactionsGoToAnyWorker) {
  Dispatcher d(2, CommitOrder::kFree);
  for (uint64_t i = 0; i < 6; ++i) d.add(writes({i}), 1, 10);
  EXPECT_EQ(d.take(0, kSmall).numbers, (std::vector<uint64_t>{0, 1, 2, 3}));
  EXPECT_EQ(d.take(1, kSmall).numbers, (std::vector<uint64_t>{4, 5}));
}

TEST(Dispatcher, TakesTheOldestThenAllOfItsTable) {
  Dispatcher d(2, CommitOrder::kFree);
  for (uint64_t i = 0; i < 9; ++i) d.add({{i}, false, i % 3}, 1, 10);
  EXPECT_EQ(d.ready_rows(), 3u);
  EXPECT_EQ(d.take(0, kSmall).numbers, (std::vector<uint64_t>{0, 1, 3, 6}));
  EXPECT_EQ(d.ready_rows(), 3u);
  EXPECT_EQ(d.take(1, kSmall).numbers, (std::vector<uint64_t>{2, 4, 5, 8}));
}

TEST(Dispatcher, AHotRowIsOneChainAtOneWorker) {
  Dispatcher d(2, CommitOrder::kFree);
  for (uint64_t i = 0; i < 6; ++i) d.add(writes({7}), 1, 10);
  Taken first = d.take(0, kSmall);
  EXPECT_EQ(first.numbers, (std::vector<uint64_t>{0, 1, 2, 3}));
  EXPECT_TRUE(d.take(1, kSmall).numbers.empty());
  d.finish(first);
  EXPECT_TRUE(d.take(1, kSmall).numbers.empty()) << "the chain stays where it is";
  EXPECT_EQ(d.take(0, kSmall).numbers, (std::vector<uint64_t>{4, 5}));
}

TEST(Dispatcher, WaitsForDependenciesAtTwoWorkers) {
  Dispatcher d(2, CommitOrder::kFree);
  d.add(writes({1}), 4, 10);
  d.add(writes({2}), 4, 10);
  Taken a = d.take(0, kSmall), b = d.take(1, kSmall);
  d.add(writes({1, 2}), 1, 10);
  EXPECT_TRUE(d.take(0, kSmall).numbers.empty());
  d.finish(a);
  EXPECT_TRUE(d.take(0, kSmall).numbers.empty());
  d.finish(b);
  EXPECT_EQ(d.take(0, kSmall).numbers, std::vector<uint64_t>{2});
  EXPECT_EQ(d.first_unfinished(), 2u);
}

TEST(Dispatcher, AnExclusiveTransactionIsABarrier) {
  Dispatcher d(2, CommitOrder::kFree);
  d.add(writes({1}), 1, 10);
  d.add({{2}, true}, 1, 10);
  d.add(writes({3}), 1, 10);
  Taken batch = d.take(0, {1, 100, 1});
  EXPECT_EQ(batch.numbers, std::vector<uint64_t>{0});
  EXPECT_TRUE(d.take(1, kSmall).numbers.empty());
  d.finish(batch);
  batch = d.take(0, {1, 100, 1});
  EXPECT_EQ(batch.numbers, std::vector<uint64_t>{1});
  EXPECT_TRUE(d.take(1, kSmall).numbers.empty());
  d.finish(batch);
  EXPECT_EQ(d.take(0, kSmall).numbers, std::vector<uint64_t>{2});
}

TEST(Dispatcher, ALargeTransactionComesAlone) {
  Dispatcher d(1, CommitOrder::kFree);
  d.add(writes({1}), 100, 10);
  d.add(writes({2}), 1, 10);
  EXPECT_EQ(d.take(0, kSmall).numbers, std::vector<uint64_t>{0});
}

TEST(Dispatcher, RetriesAloneWhenAllBeforeIsDurable) {
  Dispatcher d(2, CommitOrder::kFree);
  d.add(writes({1}), 4, 10);
  d.add(writes({2}), 2, 10);
  d.add(writes({3}), 2, 10);
  Taken first = d.take(0, kSmall), second = d.take(1, kSmall);
  d.retry_alone(1, second);
  EXPECT_TRUE(d.take(1, kSmall).numbers.empty());
  d.finish(first);
  Taken alone = d.take(1, kSmall);
  EXPECT_TRUE(alone.alone);
  EXPECT_EQ(alone.numbers, std::vector<uint64_t>{1});
  d.finish(alone);
  alone = d.take(1, kSmall);
  EXPECT_TRUE(alone.alone);
  EXPECT_EQ(alone.numbers, std::vector<uint64_t>{2});
  d.finish(alone);
  EXPECT_TRUE(d.idle());
}

TEST(Dispatcher, UpstreamOrderGivesContiguousBatches) {
  Dispatcher d(2, CommitOrder::kUpstream);
  d.add(writes({1}), 2, 10);
  d.add(writes({1}), 2, 10);
  d.add(writes({2}), 2, 10);
  Taken a = d.take(0, kSmall);
  EXPECT_EQ(a.numbers, (std::vector<uint64_t>{0, 1}));
  Taken b = d.take(1, kSmall);
  EXPECT_EQ(b.numbers, std::vector<uint64_t>{2});
  EXPECT_TRUE(d.may_commit(a));
  EXPECT_FALSE(d.may_commit(b));
  d.finish(a);
  EXPECT_TRUE(d.may_commit(b));
}

struct Running {
  Taken taken;
  bool busy = false;
};

// Random transactions, random numbers of workers, batches finished, rolled back and retried in
// random order: what conflicts keeps its order, so the result is that of the serial execution, and
// every batch's plan is legal when it is executed.
void run_model(unsigned seed, CommitOrder order) {
  std::mt19937 random(seed);
  RandomStream stream(random());
  SinkTablePtr table = identical_sink_table(stream.table());
  size_t workers = 1 + random() % 5;
  Dispatcher dispatcher(workers, order);
  WriteSetBuilder builder;
  std::vector<TransactionPtr> transactions;
  std::vector<Running> running(workers);
  ModelDatabase downstream;
  const size_t total = 400;
  while (transactions.size() < total || !dispatcher.idle()) {
    size_t w = random() % workers;
    if (transactions.size() < total && random() % 2 == 0) {
      transactions.push_back(stream.next());
      for (const auto& row : transactions.back()->rows) builder.add(table->keys, row);
      dispatcher.add(builder.take(), transactions.back()->rows.size(), 1);
    } else if (!running[w].busy) {
      running[w].taken = dispatcher.take(w, {1 + random() % 20, 1 << 20, 100});
      running[w].busy = !running[w].taken.numbers.empty();
    } else if (order == CommitOrder::kFree || dispatcher.may_commit(running[w].taken)) {
      running[w].busy = false;
      if (!running[w].taken.alone && random() % 8 == 0) {
        dispatcher.retry_alone(w, running[w].taken);
        continue;
      }
      std::vector<TableRow> rows;
      for (uint64_t n : running[w].taken.numbers) {
        for (const auto& row : transactions[n]->rows) {
          rows.push_back({&row, transactions[n]->commit_ts});
        }
      }
      ASSERT_TRUE(downstream.apply(plan_table(table, rows))) << "seed " << seed;
      dispatcher.finish(running[w].taken);
    }
  }
  ASSERT_EQ(downstream.rows(), stream.database().rows()) << "seed " << seed;
}

TEST(Dispatcher, AnyScheduleGivesTheSerialResult) {
  unsigned seed = test_seed();
  for (unsigned i = 0; i < 60; ++i) {
    run_model(seed + i, CommitOrder::kFree);
    if (testing::Test::HasFatalFailure()) return;
  }
}

TEST(Dispatcher, UpstreamOrderGivesTheSerialResult) {
  unsigned seed = test_seed();
  for (unsigned i = 0; i < 30; ++i) {
    run_model(seed + i, CommitOrder::kUpstream);
    if (testing::Test::HasFatalFailure()) return;
  }
}

}  // namespace
}  // namespace tbl::schedule
