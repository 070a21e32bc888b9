#include "drainer/schedule/scheduler.h"

#include <gtest/gtest.h>

#include "base/test_seed.h"
#include "drainer/schedule/model_database.h"

namespace tbl::schedule {
namespace {

/// A database that all workers write into, which now and then refuses a batch.
struct SharedDatabase {
  std::mutex mutex;
  ModelDatabase model;
  std::mt19937 random;
  unsigned refuse_one_in = 0;
  uint64_t batches = 0;
  std::vector<uint64_t> committed;  // commit ts in commit order
  Status broken;
};

class ModelWriter : public BatchWriter {
 public:
  ModelWriter(SharedDatabase& database, SinkTablePtr table)
      : database_(database), table_(std::move(table)) {}

  Status write(const Batch& batch, CommitTurn& turn) override {
    std::vector<TableRow> rows;
    for (const Unit& unit : batch.units) {
      for (const auto& row : unit.transaction->rows) {
        if (!unit.is_applied(row.number)) rows.push_back({&row, unit.transaction->commit_ts});
      }
    }
    if (!turn.wait(std::chrono::seconds(10))) return {StatusCode::kAborted, "not my turn"};
    std::lock_guard lock(database_.mutex);
    TBL_TRY(database_.broken);
    if (!batch.alone && database_.refuse_one_in > 0 &&
        database_.random() % database_.refuse_one_in == 0) {
      return {StatusCode::kAborted, "deadlock"};
    }
    if (!database_.model.apply(plan_table(table_, rows))) return already_exists("duplicate");
    ++database_.batches;
    for (const Unit& unit : batch.units) {
      database_.committed.push_back(unit.transaction->commit_ts);
    }
    return ok_status();
  }

 private:
  SharedDatabase& database_;
  SinkTablePtr table_;
};

struct Harness {
  explicit Harness(SchedulerOptions options, unsigned seed)
      : stream(seed), table(identical_sink_table(stream.table())) {
    database.random.seed(seed);
    ApplierEvents events;
    events.on_progress = [this](uint64_t ts) {
      EXPECT_GT(ts, last_ts);
      last_ts = ts;
    };
    events.on_error = [this](const Status&) { ++errors; };
    scheduler = std::make_unique<Scheduler>(options, Progress::Position{100, 0}, events);
    scheduler->start([this](size_t) { return std::make_unique<ModelWriter>(database, table); });
  }
  Status submit_next() {
    TransactionPtr transaction = stream.next();
    for (const auto& row : transaction->rows) builder.add(table->keys, row);
    last_submitted = transaction->commit_ts;
    return scheduler->submit({transaction, {}}, builder.take());
  }

  RandomStream stream;
  SinkTablePtr table;
  SharedDatabase database;
  WriteSetBuilder builder;
  std::atomic<uint64_t> last_ts = 100;
  std::atomic<int> errors = 0;
  uint64_t last_submitted = 0;
  std::unique_ptr<Scheduler> scheduler;
};

TEST(Scheduler, AppliesEverythingWithManyWorkersAndRefusals) {
  unsigned seed = test_seed();
  SchedulerOptions options;
  options.workers = 6;
  options.batch_rows = 5;
  Harness h(options, seed);
  h.database.refuse_one_in = 10;
  for (int i = 0; i < 3000; ++i) {
    ASSERT_TRUE(h.submit_next().ok());
    if (i % 700 == 0) {
      ASSERT_TRUE(h.scheduler->wait_idle().ok());
      EXPECT_EQ(h.scheduler->position().commit_ts, h.last_submitted);
    }
  }
  ASSERT_TRUE(h.scheduler->wait_idle().ok());
  EXPECT_EQ(h.database.model.rows(), h.stream.database().rows());
  EXPECT_EQ(h.scheduler->position().commit_ts, h.last_submitted);
}

TEST(Scheduler, UpstreamOrderCommitsInOrder) {
  SchedulerOptions options;
  options.workers = 4;
  options.order = CommitOrder::kUpstream;
  Harness h(options, 7);
  h.database.refuse_one_in = 20;
  for (int i = 0; i < 1000; ++i) ASSERT_TRUE(h.submit_next().ok());
  ASSERT_TRUE(h.scheduler->wait_idle().ok());
  EXPECT_TRUE(std::is_sorted(h.database.committed.begin(), h.database.committed.end()));
  EXPECT_EQ(h.database.model.rows(), h.stream.database().rows());
}

TEST(Scheduler, OneToOneKeepsTransactionsApart) {
  SchedulerOptions options;
  options.workers = 1;
  options.one_to_one = true;
  Harness h(options, 7);
  for (int i = 0; i < 100; ++i) ASSERT_TRUE(h.submit_next().ok());
  ASSERT_TRUE(h.scheduler->wait_idle().ok());
  EXPECT_EQ(h.database.batches, 100u);
}

TEST(Scheduler, TheFirstErrorEndsEverything) {
  Harness h({}, 7);
  {
    std::lock_guard lock(h.database.mutex);
    h.database.broken = internal_error("disk gone");
  }
  Status status;
  while (status.ok()) status = h.submit_next();
  const std::string message = h.scheduler->wait_idle().message();
  EXPECT_TRUE(message.starts_with("commit ts ")) << message;
  EXPECT_TRUE(message.ends_with(": disk gone")) << message;
  EXPECT_EQ(h.scheduler->first_error().message(), message);
  h.scheduler.reset();  // joins the worker that tells of it
  EXPECT_EQ(h.errors, 1);
}

TEST(Scheduler, RowsOfTheStreamsPastTravelTogether) {
  SchedulerOptions options;
  options.batch_rows = 20;
  Harness h(options, 7);
  WriteSet writes;
  for (uint64_t i = 0; i < 2000; ++i) {
    auto row = TransactionBuilder(500 + i).insert(
        h.stream.table(), {integer(static_cast<int64_t>(i)), null(), integer(0)});
    writes.hashes = {i};
    ASSERT_TRUE(h.scheduler->submit({row.build(), {}}, writes).ok());
  }
  ASSERT_TRUE(h.scheduler->wait_idle().ok());
  EXPECT_EQ(h.database.committed.size(), 2000u);
  EXPECT_LT(h.database.batches, 100u) << "each would have gathered for a while";
}

TEST(Scheduler, WaitsWhileTooManyBytesAreUnderWay) {
  SchedulerOptions options;
  options.pending_bytes = 1;
  Harness h(options, 7);
  for (int i = 0; i < 200; ++i) ASSERT_TRUE(h.submit_next().ok());
  ASSERT_TRUE(h.scheduler->wait_idle().ok());
  EXPECT_EQ(h.database.model.rows(), h.stream.database().rows());
}

TEST(Scheduler, PartsCountWhenAllAreIn) {
  Harness h({}, 7);
  auto part = [&](uint64_t first, bool last) {
    int64_t id = static_cast<int64_t>(first);
    return TransactionBuilder(500)
        .part(first, last)
        .insert(h.stream.table(), {integer(id), null(), integer(0)})
        .build();
  };
  WriteSet none;
  ASSERT_TRUE(h.scheduler->submit({part(0, false), {}}, none).ok());
  ASSERT_TRUE(h.scheduler->wait_idle().ok());
  EXPECT_EQ(h.scheduler->position().commit_ts, 100u);
  ASSERT_TRUE(h.scheduler->submit({part(1, true), {}}, none).ok());
  ASSERT_TRUE(h.scheduler->wait_idle().ok());
  EXPECT_EQ(h.scheduler->position().commit_ts, 500u);
}

}  // namespace
}  // namespace tbl::schedule
