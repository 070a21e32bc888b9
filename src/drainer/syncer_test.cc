#include "drainer/syncer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "base/sim_env.h"
#include "drainer/test_stream.h"

namespace tbl::drainer {
namespace {

using schema::column_json;
using schema::db_json;
using schema::JobText;
using schema::table_json;
using testing::HasSubstr;

constexpr int64_t kDb = 2;
constexpr int64_t kTable = 10;

class SyncerTest : public testing::Test {
 protected:
  SyncerTest() : jobs_(meta_, [this]() -> Result<uint64_t> { return ++ts_; }) {}

  void SetUp() override {
    job({.id = 1, .type = 1, .version = 1, .schema_id = kDb, .db = db_json(kDb, "Db")});
    job({.id = 2,
         .type = 3,
         .version = 2,
         .schema_id = kDb,
         .table_id = kTable,
         .table = table_json(kTable, "t", column_json(1, "a", 3, 0))});
    start({});
  }
  void start(SyncerRules rules) {
    syncer_ = std::make_unique<Syncer>(std::move(rules), schema_, router_, jobs_);
  }
  void job(const JobText& text) { meta_.values[history_key(text.id)] = text.json(); }

  /// The step as RecordingApplier would write it, or the error.
  std::string handle(BinlogItem item) {
    auto step = syncer_->handle(std::move(item), stop_.get_token());
    if (!step.ok()) return step.status().message();
    if (const auto* progress = std::get_if<ProgressStep>(&*step)) {
      return "progress " + std::to_string(progress->commit_ts) + " v" +
             std::to_string(progress->schema_version);
    }
    if (const auto* rows = std::get_if<RowsStep>(&*step)) {
      std::string tables;
      if (rows->large) {
        for (const auto& form : rows->large->forms) {
          tables += " " + (form.table ? form.table->quoted_name() : "-");
        }
        return "large v" + std::to_string(rows->large->value->schema_version()) + tables;
      }
      for (const auto& task : rows->encoded.mutations) {
        tables += " " + (task.table ? task.table->quoted_name() : "-") +
                  (task.may_append_default ? "+" : "");
      }
      return "rows v" + std::to_string(rows->encoded.schema_version) + tables;
    }
    task_ = std::get<DdlStep>(*step).task;
    return "ddl " + task_.query + (task_.skip ? " (skip)" : "");
  }
  void create() {
    ASSERT_EQ(handle(ddl_item(110, 1, "create database Db")), "ddl create database Db");
    ASSERT_EQ(handle(ddl_item(120, 2, "create table t")), "ddl create table t");
  }
  /// Database 7 by job 3 at 130.
  void create_other() {
    job({.id = 3, .type = 1, .version = 3, .schema_id = 7, .db = db_json(7, "Other")});
    ASSERT_EQ(handle(ddl_item(130, 3, "create database Other")), "ddl create database Other");
  }

  SimEnv disk_;
  schema::MapReader meta_;
  uint64_t ts_ = 0;
  schema::SchemaTracker schema_;
  Router router_{
      Filter::make({.ignore_schemas = {"mysql"}, .ignore_tables = {{"db", "ignored"}}}).value(),
      {"tidb_binlog", "checkpoint"}};
  DdlJobs jobs_;
  StopSource stop_;
  std::unique_ptr<Syncer> syncer_;
  schedule::DdlTask task_;
};

TEST_F(SyncerTest, DdlThenRows) {
  EXPECT_EQ(handle(fake_item(105)), "progress 105 v0");
  create();
  EXPECT_EQ(task_.commit_ts, 120U);
  EXPECT_EQ(task_.schema, "Db");
  EXPECT_EQ(task_.schema_version, 2);
  EXPECT_EQ(task_.job_id, 2);
  EXPECT_EQ(task_.touched, (std::vector<schedule::TableName>{{"Db", "t"}}));
  EXPECT_EQ(task_.table_after->id, kTable);
  EXPECT_EQ(handle(rows_item(130, kTable, 2)), "rows v2 `Db`.`t`");
  EXPECT_EQ(handle(fake_item(140)), "progress 140 v2");
}

TEST_F(SyncerTest, JobsOfTheHistoryWaitForTheirRows) {
  schema_.load_history(
      {{1, 1, meta_.values[history_key(1)]}, {2, 2, meta_.values[history_key(2)]}});
  EXPECT_EQ(handle(rows_item(130, kTable, 2)), "rows v2 `Db`.`t`");
  EXPECT_EQ(handle(rows_item(131, 99, 2)), "binlog 131: not found table id: 99");
}

TEST_F(SyncerTest, IgnoredCommitTsAreDroppedWhateverTheyHold) {
  start({.ignore_txn_commit_ts = {110, 130}});
  EXPECT_EQ(handle(ddl_item(110, 77, "no such job")), "progress 110 v0");
  EXPECT_EQ(handle(rows_item(130, 99, 2)), "progress 130 v0");
}

TEST_F(SyncerTest, AnIgnoredDdlIsFollowedAllTheSame) {
  start({.ignore_txn_commit_ts = {130, 150}});
  create();
  job({.id = 3,
       .type = 3,
       .version = 3,
       .schema_id = kDb,
       .table_id = 11,
       .table = table_json(11, "byhand", column_json(1, "a", 3, 0))});
  EXPECT_EQ(handle(ddl_item(130, 3, "create table byhand")), "progress 130 v3");
  EXPECT_EQ(handle(rows_item(140, 11, 3)), "rows v3 `Db`.`byhand`");
  job({.id = 4, .type = 5, .version = 4, .schema_id = kDb, .table_id = 99});
  EXPECT_EQ(handle(ddl_item(150, 4, "nothing can be made of it")), "progress 150 v4");
  EXPECT_EQ(handle(rows_item(160, 11, 4)), "rows v4 `Db`.`byhand`");
}

TEST_F(SyncerTest, AFlashbackOfTheClusterStops) {
  create();
  job({.id = 3, .type = 62, .version = 3});
  EXPECT_THAT(handle(ddl_item(130, 3, "FLASHBACK CLUSTER TO TIMESTAMP '2024-01-01 00:00:00'")),
              HasSubstr("commit ts 130: FLASHBACK CLUSTER changes rows and tables"));
}

TEST_F(SyncerTest, AJobOfAnUnknownKindThatNamesNothingIsSkipped) {
  create();
  job({.id = 3, .type = 250, .version = 3});
  EXPECT_EQ(handle(ddl_item(130, 3, "CREATE SOMETHING NEW")), "progress 130 v2");
}

TEST_F(SyncerTest, FilteredRowsAreProgress) {
  create();
  job({.id = 3,
       .type = 3,
       .version = 3,
       .schema_id = kDb,
       .table_id = 11,
       .table = table_json(11, "Ignored", column_json(1, "a", 3, 0))});
  EXPECT_EQ(handle(ddl_item(130, 3, "create table Ignored")), "progress 130 v2");
  EXPECT_EQ(handle(rows_item(140, 11, 3)), "progress 140 v2");
  EXPECT_EQ(handle(rows_item(150, 281474976710654, 3)), "progress 150 v2") << "TiDB's own";
  EXPECT_EQ(handle(rows_item(160, kTable, 3)), "rows v3 `Db`.`t`");
}

TEST_F(SyncerTest, RowsOfATruncatedTableAreDropped) {
  create();
  job({.id = 3,
       .type = 11,
       .version = 3,
       .schema_id = kDb,
       .table_id = kTable,
       .table = table_json(12, "t", column_json(1, "a", 3, 0))});
  EXPECT_EQ(handle(ddl_item(130, 3, "truncate table t")), "ddl truncate table t");
  EXPECT_EQ(handle(rows_item(140, kTable, 2)), "progress 140 v3");
  EXPECT_EQ(handle(rows_item(150, 12, 3)), "rows v3 `Db`.`t`");
}

TEST_F(SyncerTest, RowsOfAnOlderSchemaMayTakeDefaults) {
  create();
  EXPECT_EQ(handle(rows_item(125, kTable, 2)), "rows v2 `Db`.`t`");
  job({.id = 3,
       .type = 5,
       .version = 6,
       .schema_id = kDb,
       .table_id = kTable,
       .table =
           table_json(kTable, "t", column_json(1, "a", 3, 0) + "," + column_json(2, "b", 3, 0))});
  EXPECT_EQ(handle(ddl_item(130, 3, "alter table t add b int")), "ddl alter table t add b int");
  EXPECT_EQ(handle(rows_item(140, kTable, 5)), "rows v5 `Db`.`t`+");
  EXPECT_EQ(handle(rows_item(150, kTable, 6)), "rows v6 `Db`.`t`");
  EXPECT_EQ(handle(rows_item(160, kTable, 5)), "rows v5 `Db`.`t`+");
}

TEST_F(SyncerTest, AColumnThatIsBeingDropped) {
  create();
  job({.id = 3,
       .type = 6,
       .version = 6,
       .schema_id = kDb,
       .table_id = kTable,
       .table = table_json(kTable, "t", ""),
       .schema_state = 0});
  EXPECT_EQ(handle(rows_item(125, kTable, 2)), "rows v2 `Db`.`t`");
  EXPECT_EQ(handle(ddl_item(130, 3, "alter table t drop a", 1)), "progress 130 v2");
  EXPECT_EQ(handle(rows_item(140, kTable, 4)), "rows v4 `Db`.`t`+");
  EXPECT_EQ(handle(ddl_item(150, 3, "alter table t drop a", 0)), "ddl alter table t drop a");
}

TEST_F(SyncerTest, SequenceValuesAndJobsWithoutEffectAreDropped) {
  EXPECT_EQ(handle(ddl_item(110, 999, "SELECT SetVal(`db`.`seq`, 3);")), "progress 110 v0");
  job({.id = 3, .type = 3, .version = 0});
  EXPECT_EQ(handle(ddl_item(120, 3, "create table if not exists t")), "progress 120 v0");
  job({.id = 4, .type = 7, .version = 5, .state = 3});
  EXPECT_EQ(handle(ddl_item(130, 4, "rolled back")), "progress 130 v0");
  job({.id = 5, .type = 68, .version = 6});
  EXPECT_EQ(handle(ddl_item(140, 5, "create resource group")), "progress 140 v0");
  job({.id = 6, .type = 3, .version = 7, .table_id = 281474976710654});
  EXPECT_EQ(handle(ddl_item(150, 6, "system table")), "progress 150 v0");
}

TEST_F(SyncerTest, RenameNamesBothTables) {
  create();
  create_other();
  job({.id = 4,
       .type = 14,
       .version = 4,
       .schema_id = 7,
       .table_id = kTable,
       .table = table_json(kTable, "u", column_json(1, "a", 3, 0))});
  EXPECT_EQ(handle(ddl_item(140, 4, "rename table Db.t to Other.u")),
            "ddl rename table Db.t to Other.u");
  EXPECT_EQ(task_.schema, "Other");
  EXPECT_EQ(task_.touched, (std::vector<schedule::TableName>{{"Db", "t"}, {"Other", "u"}}));
  EXPECT_EQ(handle(rows_item(150, kTable, 4)), "rows v4 `Other`.`u`");
}

TEST_F(SyncerTest, ANameWithoutADatabaseIsOneOfTheSession) {
  create();
  create_other();
  job({.id = 4,
       .type = 14,
       .version = 4,
       .schema_id = 7,
       .table_id = kTable,
       .table = table_json(kTable, "u", column_json(1, "a", 3, 0)),
       .query = "alter table t rename Other.u"});
  EXPECT_EQ(handle(ddl_item(140, 4, "alter table t rename Other.u")),
            "ddl alter table t rename Other.u");
  EXPECT_EQ(task_.schema, "Db");
}

TEST_F(SyncerTest, SeveralTablesAreRenamedAtOnce) {
  create();
  const std::string columns = column_json(1, "a", 3, 0);
  job({.id = 3,
       .type = 3,
       .version = 3,
       .schema_id = kDb,
       .table_id = 11,
       .table = table_json(11, "b", columns)});
  EXPECT_EQ(handle(ddl_item(130, 3, "create table b")), "ddl create table b");
  JobText swap{.id = 4, .type = 47, .version = 4, .schema_id = kDb, .table_id = kTable};
  swap.query = "rename table t to x, b to t, x to b";
  swap.tables = "[" + table_json(kTable, "x", columns) + "," + table_json(11, "t", columns) + "," +
                table_json(kTable, "b", columns) + "]";
  job(swap);
  EXPECT_EQ(handle(ddl_item(140, 4, swap.query)), "ddl " + swap.query);
  EXPECT_EQ(task_.schema, "Db");
  EXPECT_EQ(task_.touched, (std::vector<schedule::TableName>{{"Db", "t"}, {"Db", "b"}}));
  EXPECT_EQ(handle(rows_item(150, kTable, 4)), "rows v4 `Db`.`b`");
  EXPECT_EQ(handle(rows_item(160, 11, 4)), "rows v4 `Db`.`t`");

  JobText half{.id = 5, .type = 47, .version = 5, .schema_id = kDb, .table_id = kTable};
  half.query = "rename table b to ignored, t to u";
  half.tables =
      "[" + table_json(kTable, "ignored", columns) + "," + table_json(11, "u", columns) + "]";
  job(half);
  EXPECT_EQ(handle(ddl_item(170, 5, half.query)), "ddl RENAME TABLE `Db`.`t` TO `Db`.`u`")
      << "one of them goes where nothing is replicated";
  JobText gone{.id = 6, .type = 47, .version = 6, .schema_id = kDb, .table_id = kTable};
  gone.query = "rename table Db.ignored to Db.Ignored";
  gone.tables = "[" + table_json(kTable, "Ignored", columns) + "]";
  job(gone);
  EXPECT_EQ(handle(ddl_item(180, 6, gone.query)), "progress 180 v5");
}

TEST_F(SyncerTest, AfterADropThereIsNoTable) {
  create();
  job({.id = 3,
       .type = 4,
       .version = 5,
       .schema_id = kDb,
       .table_id = kTable,
       .table = table_json(kTable, "t", "")});
  EXPECT_EQ(handle(ddl_item(130, 3, "drop table t")), "ddl drop table t");
  EXPECT_EQ(task_.table_after, nullptr);
  EXPECT_EQ(task_.touched, (std::vector<schedule::TableName>{{"Db", "t"}}));
  job({.id = 4, .type = 2, .version = 6, .schema_id = kDb});
  EXPECT_EQ(handle(ddl_item(140, 4, "drop database Db")), "ddl drop database Db");
  EXPECT_EQ(task_.touched, (std::vector<schedule::TableName>{{"Db", ""}}));
}

TEST_F(SyncerTest, BatchesOfNewTablesAreNotExecuted) {
  create();
  JobText batch{.id = 3, .type = 60, .version = 3, .schema_id = kDb};
  batch.tables = "[" + table_json(20, "x", column_json(1, "a", 3, 0)) + "]";
  job(batch);
  EXPECT_EQ(handle(ddl_item(130, 3, "CREATE TABLE x")), "progress 130 v2");
  EXPECT_EQ(handle(rows_item(140, 20, 3)), "rows v3 `Db`.`x`");
}

TEST_F(SyncerTest, WithoutSyncDdlTheSinkOnlyForgetsItsTables) {
  start({.sync_ddl = false});
  EXPECT_EQ(handle(ddl_item(110, 1, "create database Db")), "ddl create database Db (skip)");
}

TEST_F(SyncerTest, EventRulesDropStatements) {
  EventFilterConfig rules;
  rules.rules["r"] = {.ignore_sql = {"^q$"}};
  rules.migrate = {{.rules = {"r"}, .schema = "db", .table = ""}};
  Router router(Filter::make({}).value(), {"tidb_binlog", "checkpoint"},
                EventFilter::make(rules).value());
  syncer_ = std::make_unique<Syncer>(SyncerRules{}, schema_, router, jobs_);
  EXPECT_EQ(handle(ddl_item(110, 1, "create database Db")), "ddl create database Db (skip)")
      << "the client's text counts: jobs here have the query q";
}

TEST_F(SyncerTest, TablesMayHaveOtherNamesDownstream) {
  EventFilterConfig rules;
  rules.migrate = {
      {.schema = "db", .table = "", .target_schema = "all"},
      {.schema = "D?", .table = "t*", .target_schema = "all", .target_table = "merged"}};
  Router router(Filter::make({}).value(), {"tidb_binlog", "checkpoint"},
                EventFilter::make(rules).value(), Routes(rules));
  syncer_ = std::make_unique<Syncer>(SyncerRules{}, schema_, router, jobs_);
  EXPECT_EQ(handle(ddl_item(110, 1, "create database Db")), "ddl create database `all`");
  EXPECT_EQ(handle(ddl_item(120, 2, "create table t (a int references U (a))")),
            "ddl create table `all`.`merged` (a int references `all`.`U` (a))");
  EXPECT_EQ(task_.schema, "all");
  EXPECT_EQ(task_.touched, (std::vector<schedule::TableName>{{"all", "merged"}}));
  EXPECT_EQ(handle(rows_item(130, kTable, 2)), "rows v2 `all`.`merged`");
  create_other();
  job({.id = 4,
       .type = 14,
       .version = 4,
       .schema_id = 7,
       .table_id = kTable,
       .table = table_json(kTable, "u", column_json(1, "a", 3, 0)),
       .query = "rename table t to Other.u"});
  EXPECT_EQ(handle(ddl_item(140, 4, "rename table t to Other.u")),
            "ddl rename table `all`.`merged` to `Other`.`u`");
  EXPECT_EQ(task_.touched, (std::vector<schedule::TableName>{{"all", "merged"}, {"Other", "u"}}));
  job({.id = 5,
       .type = 21,
       .version = 5,
       .schema_id = kDb,
       .table_id = 40,
       .table = table_json(40, "v", "", R"("view":{})")});
  EXPECT_THAT(handle(ddl_item(150, 5, "create view v as select 1")),
              HasSubstr("commit ts: 150: its tables have other names downstream"));
}

TEST_F(SyncerTest, ARoutedDatabaseIsNotDropped) {
  EventFilterConfig rules;
  rules.migrate = {{.schema = "db", .table = "", .target_schema = "all"}};
  Router router(Filter::make({}).value(), {"tidb_binlog", "checkpoint"},
                EventFilter::make(rules).value(), Routes(rules));
  syncer_ = std::make_unique<Syncer>(SyncerRules{}, schema_, router, jobs_);
  handle(ddl_item(110, 1, "create database Db"));
  job({.id = 3, .type = 2, .version = 3, .schema_id = kDb});
  EXPECT_EQ(handle(ddl_item(120, 3, "drop database Db")), "ddl  (skip)");
}

TEST_F(SyncerTest, RowsInAFile) {
  create();
  EXPECT_EQ(handle(spilled(rows_item(130, kTable, 2, 9), disk_)), "large v2 `Db`.`t`");
  EXPECT_EQ(handle(spilled(rows_item(140, 99, 2), disk_)), "binlog 140: not found table id: 99");
  start({.ignore_txn_commit_ts = {150}});
  EXPECT_EQ(handle(spilled(rows_item(150, 99, 2), disk_)), "progress 150 v2");
}

TEST_F(SyncerTest, TransactionsThatComeBackAreDropped) {
  start({.channel_id = 7});
  job({.id = 3, .type = 1, .version = 3, .schema_id = 8, .db = db_json(8, "RETL")});
  job({.id = 4,
       .type = 3,
       .version = 4,
       .schema_id = 8,
       .table_id = 30,
       .table = table_json(30, "_drainer_repl_mark", column_json(1, "channel_id", 8, 0))});
  EXPECT_EQ(handle(ddl_item(110, 3, "create database RETL")), "ddl create database RETL");
  EXPECT_EQ(handle(ddl_item(120, 4, "create table marks")), "progress 120 v3")
      << "each side has its own";
  EXPECT_EQ(handle(rows_item(130, 30, 4)), "progress 130 v3");
  EXPECT_EQ(handle(spilled(rows_item(135, 30, 4), disk_)), "progress 135 v3");
  start({.channel_id = 8});
  EXPECT_EQ(handle(rows_item(140, 30, 4)), "rows v4 `RETL`.`_drainer_repl_mark`");
  EXPECT_EQ(handle(spilled(rows_item(145, 30, 4), disk_)), "large v4 `RETL`.`_drainer_repl_mark`");
  const LoopMark own{"retl", "_drainer_repl_mark", "channel_id", 7};
  start({.own_mark = own});
  EXPECT_THAT(handle(rows_item(150, 30, 4)),
              testing::StartsWith("binlog 150: what this drainer applied comes back to it"));
  EXPECT_THAT(handle(spilled(rows_item(155, 30, 4), disk_)),
              testing::StartsWith("binlog 155: what this drainer applied comes back to it"));
  start({.channel_id = 7, .own_mark = own});
  EXPECT_EQ(handle(rows_item(160, 30, 4)), "progress 160 v4") << "it is left out";
}

TEST_F(SyncerTest, WaitsForAJobThatIsNotYetInTheHistory) {
  const std::string later = meta_.values[history_key(1)];
  meta_.values.erase(history_key(1));
  DdlJobs jobs(meta_, [&]() -> Result<uint64_t> {
    if (++ts_ == 3) meta_.values[history_key(1)] = later;  // between two looks
    return ts_;
  });
  Syncer syncer({}, schema_, router_, jobs);
  auto step = syncer.handle(ddl_item(110, 1, "create database Db"), {});
  ASSERT_TRUE(step.ok()) << step.status().to_string();
  EXPECT_EQ(ts_, 3U);
}

TEST_F(SyncerTest, StopEndsTheWaitForAJob) {
  std::jthread stopper([this] { stop_.request_stop(); });
  EXPECT_EQ(syncer_->handle(ddl_item(110, 88, "x"), stop_.get_token()).status().code(),
            StatusCode::kCancelled);
}

TEST_F(SyncerTest, WhatCannotBeReadStopsTheStream) {
  codec::BinlogView view;
  view.start_ts = 1;
  view.commit_ts = 110;
  view.prewrite_value = "\x12\x7f";
  view.has_prewrite_value = true;
  EXPECT_THAT(handle(make_item(view)), HasSubstr("binlog 110"));
  job({.id = 3, .type = 3, .version = 5, .schema_id = 55, .table_id = 9});
  EXPECT_THAT(handle(ddl_item(120, 3, "x")), HasSubstr("handle ddl job ID:3"));
}

}  // namespace
}  // namespace tbl::drainer
