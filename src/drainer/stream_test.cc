#include "drainer/stream.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>

#include "base/sim_env.h"
#include "drainer/test_stream.h"

namespace tbl::drainer {
namespace {

using schema::column_json;
using schema::db_json;
using schema::JobText;
using schema::table_json;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;

constexpr int64_t kTable = 10;
constexpr int64_t kVersion = 2;

/// Everything between one pump's queue and a sink that writes down what it gets.
class StreamTest : public testing::Test {
 protected:
  StreamTest() : jobs_(meta_, []() -> Result<uint64_t> { return 1; }) {
    JobText db{.id = 1, .type = 1, .version = 1, .schema_id = 2, .db = db_json(2, "db")};
    JobText table{.id = 2,
                  .type = 3,
                  .version = kVersion,
                  .schema_id = 2,
                  .table_id = kTable,
                  .table = table_json(kTable, "t", column_json(1, "a", 3, 0))};
    schema_.load_history({{1, 1, db.json()}, {2, kVersion, table.json()}});
    JobText comment{.id = 3,
                    .type = 17,
                    .version = 3,
                    .schema_id = 2,
                    .table_id = kTable,
                    .table = table.table};
    meta_.values[history_key(3)] = comment.json();
    uint64_t start = 0;
    merger_.add_source("pump", &start);
    merger_.open();
    syncer_ = std::make_unique<Syncer>(SyncerRules{}, schema_, router_, jobs_);
  }
  void start(StreamOptions options = {}) {
    stream_ = std::make_unique<Stream>(options, merger_, *syncer_, applier_, lag_);
    stream_->start([this](const Status& status) { failed_.set_value(status); });
  }
  void push(BinlogItem item) { ASSERT_TRUE(push_item(merger_, "pump", std::move(item), {})); }

  SimEnv disk_;
  schema::MapReader meta_;
  schema::SchemaTracker schema_;
  Router router_{Filter::make({}).value(), {"tidb_binlog", "checkpoint"}};
  DdlJobs jobs_;
  Merger merger_{100, 1 << 20};
  std::unique_ptr<Syncer> syncer_;
  RecordingApplier applier_;
  Lag lag_{std::chrono::minutes(5), system_clock()};
  std::promise<Status> failed_;
  std::unique_ptr<Stream> stream_;
};

TEST_F(StreamTest, StepsReachTheSinkInOrder) {
  start();
  push(rows_item(110, kTable, kVersion, 3));
  push(ddl_item(120, 3, "alter table t comment 'x'"));
  push(rows_item(130, kTable, 3));
  push(fake_item(140));
  EXPECT_THAT(applier_.lines_until("progress 140"),
              ElementsAre("rows 110 x3", "ddl 120 alter table t comment 'x'", "rows 130 x1",
                          "progress 140"));
  stream_->stop();
}

TEST_F(StreamTest, OrderHoldsWithManyDecoders) {
  start({.decode_threads = 4});
  std::vector<std::string> expected;
  for (uint64_t ts = 101; ts < 3000; ++ts) {
    push(rows_item(ts, kTable, kVersion, static_cast<int>(ts % 7) + 1));
    expected.push_back("rows " + std::to_string(ts) + " x" + std::to_string(ts % 7 + 1));
  }
  EXPECT_EQ(applier_.lines_until("rows 2999"), expected);
}

TEST_F(StreamTest, ALargeTransactionComesInParts) {
  start({.part_bytes = 100});
  push(rows_item(110, kTable, kVersion, 60));  // four bytes each
  push(fake_item(140));
  const auto lines = applier_.lines_until("progress 140");
  ASSERT_THAT(lines, SizeIs(4));
  EXPECT_EQ(lines[0], "rows 110 x25 and more");
  EXPECT_EQ(lines[2], "rows 110 x10");
}

TEST_F(StreamTest, ATransactionInAFileComesInParts) {
  start({.part_bytes = 100});
  push(rows_item(105, kTable, kVersion));
  push(spilled(rows_item(110, kTable, kVersion, 60), disk_));
  push(rows_item(120, kTable, kVersion));
  EXPECT_THAT(applier_.lines_until("rows 120"),
              ElementsAre("rows 105 x1", "rows 110 x20 and more", "rows 110 x20 and more",
                          "rows 110 x20", "rows 120 x1"));
}

TEST_F(StreamTest, AnErrorInAFileStopsTheStream) {
  start({.part_bytes = 100});
  BinlogItem item = spilled(rows_item(110, kTable, kVersion, 60), disk_);
  disk_.fail(SimOp::kRead, 1, EIO);
  push(std::move(item));
  EXPECT_THAT(failed_.get_future().get().message(),
              HasSubstr("read transaction 110: table `db`.`t`"));
}

TEST_F(StreamTest, PartsThatEventRulesEmptyStillCount) {
  EventFilterConfig rules;
  rules.rules["r"] = {.ignore_events = {"delete"}};
  rules.migrate = {{.rules = {"r"}, .schema = "db", .table = "t"}};
  Router router(Filter::make({}).value(), {"tidb_binlog", "checkpoint"},
                EventFilter::make(rules).value());
  syncer_ = std::make_unique<Syncer>(SyncerRules{}, schema_, router, jobs_);
  start({.part_bytes = 100});
  push(rows_item(110, kTable, kVersion, 60));
  push(spilled(rows_item(120, kTable, kVersion, 60), disk_));
  push(fake_item(130));
  EXPECT_THAT(
      applier_.lines_until("progress 130"),
      ElementsAre("rows 110 x0 and more", "rows 110 x0 and more", "rows 110 x0",
                  "rows 120 x0 and more", "rows 120 x0 and more", "rows 120 x0", "progress 130"));
}

TEST_F(StreamTest, ABadTransactionStopsTheStreamAfterTheGoodOnes) {
  start();
  push(rows_item(110, kTable, kVersion));
  push(rows_item(120, 77, kVersion));
  push(rows_item(130, kTable, kVersion));
  EXPECT_THAT(failed_.get_future().get().message(), HasSubstr("not found table id: 77"));
  EXPECT_THAT(applier_.lines_until("rows 110"), ElementsAre("rows 110 x1"));
}

TEST_F(StreamTest, ARowThatCannotBeDecodedStopsTheStreamAfterTheGoodOnes) {
  start();
  push(rows_item(110, kTable, kVersion));
  codec::PrewriteValueWriter writer;
  writer.add_row(kTable, codec::kMutationDeleteRow, "\x08");
  const std::string value = writer.finish(kVersion);
  codec::BinlogView view;
  view.start_ts = 1;
  view.commit_ts = 120;
  view.prewrite_value = value;
  view.has_prewrite_value = true;
  push(make_item(view));
  EXPECT_EQ(failed_.get_future().get().message(),
            "decode transaction 120: table `db`.`t`: row data is corrupted in a deleted row");
  EXPECT_THAT(applier_.lines(), ElementsAre("rows 110 x1"));
}

TEST_F(StreamTest, TheSinksErrorStopsTheStream) {
  applier_.fail_at = "rows 120";
  start();
  push(rows_item(110, kTable, kVersion));
  push(rows_item(120, kTable, kVersion));
  EXPECT_EQ(failed_.get_future().get().message(), "refused: rows 120 x1");
  stream_->stop();
  EXPECT_THAT(applier_.lines(), ElementsAre("rows 110 x1"));
}

TEST_F(StreamTest, StoppingHandsOverWhatWasTaken) {
  start();
  push(rows_item(110, kTable, kVersion));
  applier_.lines_until("rows 110");
  stream_->stop();
  push(rows_item(120, kTable, kVersion));
  EXPECT_THAT(applier_.lines(), ElementsAre("rows 110 x1"));
}

TEST_F(StreamTest, EventRulesDropKindsOfRows) {
  EventFilterConfig rules;
  rules.rules["r"] = {.ignore_events = {"insert", "delete"}};
  rules.migrate = {{.rules = {"r"}, .schema = "d*", .table = "t"}};
  Router router(Filter::make({}).value(), {"tidb_binlog", "checkpoint"},
                EventFilter::make(rules).value());
  syncer_ = std::make_unique<Syncer>(SyncerRules{}, schema_, router, jobs_);
  start();
  push(rows_item(110, kTable, kVersion, 3));  // deletes
  push(ddl_item(120, 3, "alter table t comment 'x'"));
  EXPECT_THAT(applier_.lines_until("ddl 120"),
              ElementsAre("progress 110", "ddl 120 alter table t comment 'x'"));
  stream_->stop();
}

TEST(StepBatchTest, ProgressReplacesProgress) {
  StepBatch batch;
  batch.add(ProgressStep{1, 1}, 10);
  batch.add(ProgressStep{2, 1}, 10);
  batch.add(DdlStep{}, 10);
  batch.add(ProgressStep{3, 1}, 10);
  ASSERT_THAT(batch.steps, SizeIs(3));
  EXPECT_EQ(std::get<ProgressStep>(batch.steps[0]).commit_ts, 2U);
  EXPECT_EQ(batch.bytes, 40U);
}

}  // namespace
}  // namespace tbl::drainer
