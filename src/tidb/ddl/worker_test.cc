// The state machine of jobs: versions, states, binlogs, rollbacks, crashes at every commit.
#include "tidb/ddl/worker.h"

#include <gtest/gtest.h>

#include <random>

#include "base/test_seed.h"
#include "schema/json_writer.h"
#include "tidb/ddl/bootstrap_tables.h"
#include "tidb/ddl/test_ddl.h"

namespace tbl::tidb {
namespace {

using schema::ActionType;
using schema::DdlJob;
using schema::JobState;
using schema::SchemaState;

class WorkerTest : public testing::Test {
 protected:
  void SetUp() override {
    ddl_.ok("create database test");
    ddl_.ok("create table t (id int primary key, a int, b varchar(10), key ka (a))");
    commits_before_ = ddl_.storage.commits().size();
    version_before_ = ddl_.schemas->version();
  }

  /// The DDL binlogs since SetUp(): their schema states.
  std::vector<int> binlog_states() {
    std::vector<int> states;
    const auto commits = ddl_.storage.commits();
    for (size_t i = commits_before_; i < commits.size(); ++i) {
      if (commits[i].binlog) states.push_back(commits[i].binlog->schema_state);
    }
    return states;
  }
  int64_t versions() { return ddl_.schemas->version() - version_before_; }

  TestDdl ddl_;
  size_t commits_before_ = 0;
  int64_t version_before_ = 0;
};

struct Expected {
  std::string statement;
  int64_t versions;
  SchemaState schema_state;
  std::vector<int> binlogs;
};

TEST_F(WorkerTest, JobsTakeTheVersionsAndBinlogsOfTheOriginal) {
  const Expected cases[] = {
      {"create table u (a int)", 1, SchemaState::kPublic, {5}},
      {"alter table u add column c int", 4, SchemaState::kPublic, {5}},
      {"alter table u drop column c", 4, SchemaState::kNone, {1, 0}},
      {"create index ia on u (a)", 4, SchemaState::kPublic, {5}},
      {"drop index ia on u", 4, SchemaState::kNone, {0}},
      {"rename table u to v", 1, SchemaState::kPublic, {5}},
      {"truncate table v", 1, SchemaState::kPublic, {5}},
      {"alter table v comment 'x'", 1, SchemaState::kPublic, {5}},
      {"alter table v modify a bigint", 1, SchemaState::kPublic, {5}},
      {"alter table v alter a set default 1", 1, SchemaState::kPublic, {5}},
      {"alter table v auto_increment 50", 1, SchemaState::kPublic, {5}},
      {"drop table v", 3, SchemaState::kNone, {0}},
      {"create database d2", 1, SchemaState::kPublic, {5}},
      {"drop database d2", 3, SchemaState::kNone, {0}},
  };
  for (const Expected& expected : cases) {
    SCOPED_TRACE(expected.statement);
    commits_before_ = ddl_.storage.commits().size();
    version_before_ = ddl_.schemas->version();
    ddl_.ok(expected.statement);
    const DdlJob& job = ddl_.last_job();
    EXPECT_EQ(versions(), expected.versions);
    EXPECT_EQ(job.schema_version, ddl_.schemas->version());
    EXPECT_EQ(job.schema_state, expected.schema_state);
    EXPECT_EQ(job.state, JobState::kSynced);
    EXPECT_EQ(binlog_states(), expected.binlogs);
    EXPECT_GT(job.finished_ts, job.start_ts);
  }
}

TEST_F(WorkerTest, BinlogNamesJobAndText) {
  ddl_.ok("create table s (a int) shard_row_id_bits = 4");
  const auto commits = ddl_.storage.commits();
  const auto found = std::ranges::find_if(
      commits, [&](const auto& c) { return c.binlog && c.binlog->job_id == ddl_.last_job().id; });
  ASSERT_NE(found, commits.end());
  EXPECT_EQ(found->binlog->query, "create table s (a int) /*!90000 shard_row_id_bits = 4 */ ");
  EXPECT_LT(found->commit_ts, ddl_.last_job().finished_ts);
  EXPECT_EQ(ddl_.last_job().query, "create table s (a int) shard_row_id_bits = 4");
}

TEST_F(WorkerTest, DuplicateRollsTheIndexBack) {
  ddl_.backfill.duplicate = true;
  EXPECT_EQ(ddl_.error("alter table t add unique k (a)"), "1062 Duplicate entry '1' for key 'k'");
  EXPECT_EQ(ddl_.last_job().state, JobState::kRollbackDone);
  EXPECT_EQ(ddl_.last_job().schema_version, 0);
  EXPECT_EQ(ddl_.table("t")->indexes.size(), 1U);
  EXPECT_EQ(ddl_.table("t")->column_by_name("a")->type.flag, 8U);
  EXPECT_EQ(binlog_states(), (std::vector<int>{0}));
  ddl_.backfill.duplicate = false;
  ddl_.ok("alter table t add unique k (a)");
  EXPECT_EQ(ddl_.table("t")->indexes.back().id, 3);
}

TEST_F(WorkerTest, BackfillGoesOnAcrossSteps) {
  ddl_.backfill.rows = 100;
  ddl_.ok("alter table t add index kb (b)");
  EXPECT_EQ(ddl_.backfill.runs, 100);
  EXPECT_EQ(ddl_.last_job().row_count, 100);
  auto txn = ddl_.storage.begin();
  EXPECT_FALSE(MetaReader((*txn)->store()).reorg_progress(ddl_.last_job().id).value().has_value());
}

TEST_F(WorkerTest, BackfillOfABusyTableGoesOnInSmallBatches) {
  ddl_.backfill.rows = 40;
  ddl_.backfill.quiet_rows = 8;
  ddl_.ok("alter table t add index kb (b)");
  EXPECT_EQ(ddl_.last_job().row_count, 40);
}

TEST_F(WorkerTest, DroppedObjectsAreLeftToTheGarbageCollector) {
  ddl_.ok("drop index ka on t");
  ASSERT_EQ(ddl_.sql.statements.size(), 1U);
  const int64_t id = ddl_.table("t")->id;
  EXPECT_NE(ddl_.sql.statements[0].find("INSERT IGNORE INTO mysql.gc_delete_range VALUES (" +
                                        std::to_string(ddl_.last_job().id) + ", 1, '7480"),
            std::string::npos)
      << ddl_.sql.statements[0];
  ddl_.ok("drop table t");
  ASSERT_EQ(ddl_.sql.statements.size(), 2U);
  EXPECT_NE(ddl_.sql.statements[1].find(", " + std::to_string(id) + ", '7480"), std::string::npos);
}

TEST_F(WorkerTest, PrimaryKeysComeAndGoAsIndexes) {
  ddl_.ok("create table p (a int, b int not null, unique key u (b))");
  ddl_.ok("alter table p add primary key (a, b)");
  EXPECT_EQ(ddl_.last_job().type, schema::ActionType::kAddPrimaryKey);
  const auto* index = ddl_.table("p")->primary_index();
  ASSERT_NE(index, nullptr);
  EXPECT_EQ(index->name.o, "PRIMARY");
  EXPECT_TRUE(index->unique && index->is_public());
  EXPECT_FALSE(ddl_.table("p")->pk_is_handle);
  // NOT NULL and PRI; NOT NULL, PRI and UNIQUE.
  EXPECT_EQ(ddl_.table("p")->column_by_name("a")->type.flag, 3U);
  EXPECT_EQ(ddl_.table("p")->column_by_name("b")->type.flag, 4103U);
  EXPECT_EQ(ddl_.error("alter table p add primary key (b)"), "1068 Multiple primary key defined");

  ddl_.ok("alter table p drop primary key");
  EXPECT_EQ(ddl_.last_job().type, schema::ActionType::kDropPrimaryKey);
  EXPECT_EQ(ddl_.table("p")->primary_index(), nullptr);
  EXPECT_EQ(ddl_.table("p")->column_by_name("a")->type.flag, 1U);
  // Its entries are left to the garbage collector.
  EXPECT_TRUE(ddl_.sql.statements.back().starts_with("INSERT IGNORE INTO mysql.gc_delete_range"));
  EXPECT_EQ(ddl_.error("alter table p drop primary key"),
            "1091 Can't DROP 'PRIMARY'; check that column/key exists");
}

TEST_F(WorkerTest, NullsAndDuplicatesStopAPrimaryKey) {
  ddl_.ok("create table p (a int, b int)");
  ddl_.sql.finds_rows = true;
  EXPECT_EQ(ddl_.error("alter table p add primary key (a)"), "1138 Invalid use of NULL value");
  EXPECT_EQ(ddl_.table("p")->column_by_name("a")->type.flag, 0U);
  EXPECT_TRUE(ddl_.table("p")->indexes.empty());
  ddl_.sql.finds_rows = false;
  ddl_.backfill.duplicate = true;
  EXPECT_EQ(ddl_.error("alter table p add primary key (a)").substr(0, 4), "1062");
  EXPECT_EQ(ddl_.table("p")->column_by_name("a")->type.flag, 0U);
  EXPECT_TRUE(ddl_.table("p")->indexes.empty());
}

TEST_F(WorkerTest, NullsStopAChangeToNotNull) {
  ddl_.sql.finds_rows = true;
  EXPECT_EQ(ddl_.error("alter table t modify a int not null"), "1138 Invalid use of NULL value");
  EXPECT_FALSE(ddl_.table("t")->column_by_name("a")->type.not_null());
  ddl_.sql.finds_rows = false;
  ddl_.ok("alter table t modify a int not null");
  EXPECT_EQ(ddl_.table("t")->column_by_name("a")->type.flag, 1U | 8U | 4096U);
}

TEST_F(WorkerTest, LaterJobsSeeWhatEarlierOnesLeft) {
  auto first = ddl_.plan("create table n (a int)");
  auto second = ddl_.plan("create table N (b int)");
  auto third = ddl_.plan("alter table t drop column b");
  auto fourth = ddl_.plan("alter table t add index kb (b)");
  ASSERT_TRUE(first.ok() && second.ok() && third.ok() && fourth.ok());
  std::vector<int64_t> ids;
  for (auto* plan : {&first, &second, &third, &fourth}) {
    ids.push_back(ddl_.queue((*plan)->jobs[0], "q").value());
  }
  ASSERT_TRUE(ddl_.drain().ok());
  EXPECT_EQ(ddl_.history_job(ids[0]).state, JobState::kSynced);
  EXPECT_EQ(ddl_.history_job(ids[1]).state, JobState::kCancelled);
  EXPECT_EQ(ddl_.history_job(ids[1]).error->code, kErrTableExists);
  EXPECT_EQ(ddl_.history_job(ids[2]).state, JobState::kSynced);
  EXPECT_EQ(ddl_.history_job(ids[3]).error->code, kErrKeyColumnDoesNotExist);
}

TEST_F(WorkerTest, ShortJobsOvertakeAnIndexOfAnotherTable) {
  ddl_.backfill.rows = 1000;
  auto index = ddl_.plan("alter table t add index kb (b)");
  auto create = ddl_.plan("create table quick (a int)");
  const int64_t slow = ddl_.queue(index->jobs[0], "q").value();
  const int64_t quick = ddl_.queue(create->jobs[0], "q").value();
  ASSERT_TRUE(ddl_.drain().ok());
  EXPECT_LT(ddl_.history_job(quick).finished_ts, ddl_.history_job(slow).finished_ts);
}

/// Sets the state of a queued job, as ADMIN CANCEL DDL JOBS does.
void cancel(TestDdl& ddl, int64_t job_id, ActionType type) {
  auto txn = ddl.storage.begin();
  MetaWriter meta((*txn)->store());
  auto jobs = meta.queued_jobs(queue_of(type));
  for (DdlJob& job : *jobs) {
    if (job.id != job_id) continue;
    ASSERT_TRUE(is_cancellable(job));
    job.state = JobState::kCancelling;
    ASSERT_TRUE(meta.update_job(job).ok());
  }
  ASSERT_TRUE((*txn)->commit(nullptr).ok());
}

TEST_F(WorkerTest, CancelledJobsLeaveNothingBehind) {
  const std::string before = schema::write_table_info(*ddl_.table("t"));
  for (const char* statement : {"alter table t add index kb (b)", "alter table t add column c int",
                                "alter table t comment 'x'"}) {
    for (int steps = 0; steps < 4; ++steps) {
      SCOPED_TRACE(statement + std::string(" after steps: ") + std::to_string(steps));
      auto plan = ddl_.plan(statement);
      ASSERT_TRUE(plan.ok());
      const bool one_step = plan->jobs[0].type == ActionType::kModifyTableComment;
      if (one_step && steps > 0) continue;
      const int64_t id = ddl_.queue(plan->jobs[0], statement).value();
      for (int i = 0; i < steps; ++i) ASSERT_TRUE(ddl_.worker->run_once().value());
      cancel(ddl_, id, plan->jobs[0].type);
      ASSERT_TRUE(ddl_.drain().ok());
      const DdlJob job = ddl_.history_job(id);
      EXPECT_EQ(job.state, steps == 0 ? JobState::kCancelled : JobState::kRollbackDone);
      EXPECT_EQ(job.error->code, kErrCancelledDdlJob);
      auto table = *ddl_.table("t");
      EXPECT_EQ(table.columns.size(), 3U);
      EXPECT_EQ(table.indexes.size(), 1U);
      EXPECT_EQ(table.comment, "");
    }
  }
  EXPECT_FALSE(before.empty());
}

/// Every step of a job as a writer sees it: what is written must be kept, what is deleted too.
TEST_F(WorkerTest, StatesOfAnAddedIndexComeInOrder) {
  auto plan = ddl_.plan("alter table t add index kb (b)");
  ddl_.queue(plan->jobs[0], "q").value();
  std::vector<SchemaState> states;
  while (ddl_.worker->run_once().value()) {
    const auto& indexes = ddl_.table("t")->indexes;
    const SchemaState now = indexes.size() < 2 ? SchemaState::kNone : indexes[1].state;
    if (states.empty() || states.back() != now) states.push_back(now);
  }
  EXPECT_EQ(states, (std::vector{SchemaState::kDeleteOnly, SchemaState::kWriteOnly,
                                 SchemaState::kWriteReorganization, SchemaState::kPublic}));
}

const std::vector<std::string> kStory = {
    "create database test",
    "create table t (id int primary key, a int, b varchar(10)) auto_increment = 100",
    "alter table t add column c int not null default 7 after id",
    "alter table t add unique index ub (b)",
    "create table p (a int) partition by range (a) (partition p0 values less than (10))",
    "alter table p add partition (partition p1 values less than (20))",
    "alter table p truncate partition p0",
    "truncate table p",
    "alter table t drop index ub",
    "alter table t drop column a",
    "alter table t modify b varchar(20) not null",
    "create view v as select id, b from t",
    "create or replace view v as select id from t",
    "drop view v",
    "create database d2",
    "rename table t to d2.t2",
    "drop database d2",
    "drop table p",
};

/// The meta keys without times. Ids are the same when no commit took ids in vain.
std::map<std::string, std::string> without_times(const FakeDdlStorage& storage) {
  std::map<std::string, std::string> values = const_cast<FakeDdlStorage&>(storage).values();
  for (auto& [key, value] : values) {
    for (std::string name :
         {"update_timestamp\":", "start_ts\":", "FinishedTS\":", "snapshot_ver\":"}) {
      for (size_t at = value.find(name); at != std::string::npos; at = value.find(name, at + 1)) {
        size_t end = at + name.size();
        while (end < value.size() && isdigit(static_cast<unsigned char>(value[end]))) ++end;
        value.erase(at + name.size(), end - at - name.size());
      }
    }
  }
  return values;
}

/// Runs the story; a crash starts the server again, and the client repeats what was never queued.
void tell(TestDdl& ddl) {
  for (const std::string& statement : kStory) {
    for (int tries = 0;; ++tries) {
      ASSERT_LT(tries, 3);
      auto plan = ddl.plan(statement);
      ASSERT_TRUE(plan.ok()) << statement << ": " << plan.status().to_string();
      const size_t before = ddl.storage.commits().size();
      auto queued = ddl.queue(plan->jobs.at(0), statement);
      if (!queued.ok()) ddl.restart();
      if (queued.ok() || ddl.storage.commits().size() > before) break;
    }
    while (!ddl.drain().ok()) ddl.restart();
  }
}

TEST(WorkerCrash, NoCrashAtAnyCommitIsSeenAfterwards) {
  TestDdl calm;
  tell(calm);
  const auto expected = without_times(calm.storage);
  const auto commits = static_cast<int>(calm.storage.commits().size());
  const uint32_t seed = test_seed();
  std::mt19937 random(seed);
  for (int at = 0; at < commits; ++at) {
    for (auto crash : {FakeDdlStorage::Crash::kBefore, FakeDdlStorage::Crash::kAfter}) {
      TestDdl ddl;
      ddl.backfill.rows = 1 + static_cast<int64_t>(random() % 3);
      ddl.storage.crash_at(at, crash);
      tell(ddl);
      if (testing::Test::HasFatalFailure()) return;
      auto left = without_times(ddl.storage);
      for (auto& [key, value] : left) {
        if (const size_t rows = value.find("\"row_count\":"); rows != std::string::npos) {
          value[rows + 12] = '1';
        }
      }
      ASSERT_EQ(left.size(), expected.size()) << "crash at commit " << at;
      for (const auto& [key, value] : expected) {
        std::string other = value;
        if (const size_t rows = other.find("\"row_count\":"); rows != std::string::npos) {
          other[rows + 12] = '1';
        }
        ASSERT_EQ(left[key], other) << "crash at commit " << at;
      }
    }
  }
}

TEST(Bootstrap, GivesTheIdsOfTheOriginal) {
  TestDdl ddl;
  ddl.current_db = "mysql";
  for (std::string_view statement : bootstrap_ddl()) ddl.ok(std::string(statement));
  EXPECT_EQ(ddl.table("user")->id, 5);
  EXPECT_EQ(ddl.schemas->current()->database("test")->info->id, 1);
  EXPECT_EQ(ddl.schemas->current()->database("mysql")->info->id, 3);
  EXPECT_EQ(ddl.schemas->version(), 20);
  ddl.ok("create database d1");
  EXPECT_EQ(ddl.last_job().schema_id, 41);
  EXPECT_EQ(ddl.last_job().id, 42);
}

}  // namespace
}  // namespace tbl::tidb
