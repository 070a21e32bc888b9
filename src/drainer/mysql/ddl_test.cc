#include "drainer/mysql/cut_harness.h"
#include "drainer/mysql/ddl_state.h"
#include "drainer/mysql/sql_text.h"

namespace tbl::mysql {
namespace {

using schema::ActionType;

class Ddl : public CutTest {
 protected:
  void SetUp() override {
    CutTest::SetUp();
    run("CREATE TABLE test.t(id BIGINT PRIMARY KEY, u BIGINT UNIQUE, v BIGINT)");
  }
  /// A run that died between intent and final transaction; `executed`: after the statement.
  void die_at(const schedule::DdlTask& task, bool executed) {
    ASSERT_TRUE(start().ok());
    crash();
    auto before = read_ddl_state(*sql_, task);
    ASSERT_TRUE(before.ok()) << before.status().to_string();
    run("INSERT INTO tidb_binlog.checkpoint_ddl VALUES(42," + std::to_string(task.commit_ts) + "," +
        std::to_string(task.job_id) + ",1," + quote_string(format_ddl_state(*before)) + ")");
    if (executed) run("USE test;" + task.query);
    auto point = start();
    ASSERT_TRUE(point.ok()) << point.status().to_string();
  }
  void expect_once(const schedule::DdlTask& task, const std::string& sql,
                   const std::string& expected) {
    for (bool executed : {false, true}) {
      SCOPED_TRACE(executed ? "executed" : "not executed");
      ApplierTest::SetUp();
      run("CREATE TABLE test.t(id BIGINT PRIMARY KEY, u BIGINT UNIQUE, v BIGINT)");
      if (!prepare_.empty()) run(prepare_);
      die_at(task, executed);
      Status done = applier_->execute_ddl(task);
      ASSERT_TRUE(done.ok()) << done.to_string();
      EXPECT_EQ(rows(sql), expected);
      ASSERT_TRUE(applier_->stop().ok());
      EXPECT_EQ(rows("SELECT COUNT(*) FROM tidb_binlog.checkpoint_ddl"), "0");
    }
  }
  Status submit_row(uint64_t ts, int64_t id) {
    return applier_->submit(
        TransactionBuilder(ts).insert(t_, {integer(id), null(), integer(1)}).build());
  }
  std::string prepare_;
  decode::TablePtr t_ = schedule::keyed_table();
};

TEST_F(Ddl, IsABarrierAndIsSavedAtOnce) {
  ASSERT_TRUE(start().ok());
  ASSERT_TRUE(submit(TransactionBuilder(110).insert(t_, {integer(1), null(), integer(1)})).ok());
  auto task =
      ddl(120, ActionType::kAddColumn, "ALTER TABLE t ADD w INT DEFAULT 3;", {{"test", "t"}});
  ASSERT_TRUE(applier_->execute_ddl(task).ok());
  EXPECT_EQ(rows("SELECT id, w FROM test.t"), "1,3");
  EXPECT_EQ(rows("SELECT checkPoint FROM tidb_binlog.checkpoint"),
            R"({"consistent":false,"commitTS":120,"ts-map":{},"schema-version":120,"run":1001})");
  EXPECT_EQ(rows("SELECT COUNT(*) FROM tidb_binlog.checkpoint_ddl"), "0");
  EXPECT_EQ(marks(), "0");
}

TEST_F(Ddl, CreatesAndDropsDatabases) {
  run("DROP DATABASE IF EXISTS d9");
  ASSERT_TRUE(start().ok());
  auto create = ddl(110, ActionType::kCreateSchema, "CREATE DATABASE `d9`;", {{"d9", ""}});
  create.schema = "d9";
  ASSERT_TRUE(applier_->execute_ddl(create).ok());
  auto drop = ddl(120, ActionType::kDropSchema, "DROP DATABASE `d9`;", {{"d9", ""}});
  drop.schema = "d9";
  ASSERT_TRUE(applier_->execute_ddl(drop).ok());
  EXPECT_EQ(rows("SHOW DATABASES LIKE 'd9'"), "");
}

TEST_F(Ddl, ASkippedOneOnlyForgetsTables) {
  ASSERT_TRUE(start().ok());
  ASSERT_TRUE(submit(TransactionBuilder(110).insert(t_, {integer(1), null(), integer(1)})).ok());
  run("ALTER TABLE test.t DROP v");
  auto task = ddl(120, ActionType::kDropColumn, "ALTER TABLE t DROP v", {{"test", "t"}});
  task.skip = true;
  ASSERT_TRUE(applier_->execute_ddl(task).ok());
  ASSERT_TRUE(submit(TransactionBuilder(130).insert(t_, {integer(2), null(), integer(1)})).ok());
  ASSERT_TRUE(applier_->stop().ok());
  EXPECT_EQ(rows("SELECT id FROM test.t ORDER BY id"), "1;2");
}

TEST_F(Ddl, UnnamedIndexIsAddedOnce) {
  expect_once(ddl(110, ActionType::kAddIndex, "ALTER TABLE t ADD INDEX (v)", {{"test", "t"}}),
              "SELECT COUNT(*) FROM information_schema.statistics WHERE table_schema='test' AND "
              "table_name='t' AND column_name='v'",
              "1");
}

TEST_F(Ddl, PartitionIsExchangedOnce) {
  prepare_ =
      "CREATE TABLE test.p(id INT PRIMARY KEY) PARTITION BY RANGE(id) (PARTITION p0 VALUES LESS "
      "THAN "
      "(100)); CREATE TABLE test.e(id INT PRIMARY KEY); INSERT INTO test.p VALUES(1); INSERT INTO "
      "test.e VALUES(2)";
  expect_once(
      ddl(110, ActionType::kExchangePartition, "ALTER TABLE p EXCHANGE PARTITION p0 WITH TABLE e",
          {{"test", "p"}, {"test", "e"}}),
      "SELECT (SELECT id FROM test.p), (SELECT id FROM test.e)", "2,1");
}

TEST_F(Ddl, TablesAreSwappedOnce) {
  prepare_ =
      "CREATE TABLE test.a(id INT); CREATE TABLE test.b(id INT); INSERT INTO test.a VALUES(1)";
  expect_once(ddl(110, ActionType::kRenameTables, "RENAME TABLE a TO x, b TO a, x TO b",
                  {{"test", "a"}, {"test", "b"}}),
              "SELECT (SELECT COUNT(*) FROM test.a), (SELECT COUNT(*) FROM test.b)", "0,1");
}

TEST_F(Ddl, TruncateIsRepeated) {
  prepare_ = "INSERT INTO test.t VALUES(1,1,1)";
  expect_once(ddl(110, ActionType::kTruncateTable, "TRUNCATE TABLE t", {{"test", "t"}}),
              "SELECT COUNT(*) FROM test.t", "0");
}

TEST_F(Ddl, WhatExistsAlreadyIsNotAnError) {
  ASSERT_TRUE(start().ok());
  run("CREATE TABLE test.c(id INT PRIMARY KEY)");
  auto task =
      ddl(110, ActionType::kCreateTable, "CREATE TABLE c(id INT PRIMARY KEY)", {{"test", "c"}});
  using namespace schema;
  TableInfo info = decode::test_table_info(
      "c", {decode::test_column(1, "id", kTypeLong, kFlagPrimaryKey | kFlagNotNull)});
  info.pk_is_handle = true;
  task.table_after = decode::finished(info);
  EXPECT_TRUE(applier_->execute_ddl(task).ok());
  auto drop = ddl(120, ActionType::kDropTable, "DROP TABLE gone", {{"test", "gone"}});
  EXPECT_TRUE(applier_->execute_ddl(drop).ok());
}

TEST_F(Ddl, ATableOfOtherShapeIsAnError) {
  ASSERT_TRUE(start().ok());
  auto task = ddl(110, ActionType::kCreateTable, "CREATE TABLE t(other INT)", {{"test", "t"}});
  task.table_after = decode::finished(
      decode::test_table_info("t", {decode::test_column(1, "other", schema::kTypeLong)}));
  Status done = applier_->execute_ddl(task);
  EXPECT_FALSE(done.ok());
  EXPECT_NE(done.message().find("CREATE TABLE t(other INT)"), std::string::npos);
  EXPECT_NE(done.message().find("commit ts: 110"), std::string::npos);
  EXPECT_FALSE(applier_->first_error().ok());
}

TEST_F(Ddl, AMissingDatabaseIsAnError) {
  ASSERT_TRUE(start().ok());
  auto task = ddl(110, ActionType::kAddIndex, "ALTER TABLE t ADD INDEX (v)", {{"nowhere", "t"}});
  task.schema = "nowhere";
  EXPECT_FALSE(applier_->execute_ddl(task).ok());
}

TEST_F(Ddl, PlacementAloneIsSkipped) {
  ASSERT_TRUE(start().ok());
  auto task = ddl(110, ActionType::kCreatePlacementPolicy,
                  "/*T![placement] CREATE PLACEMENT POLICY `p` FOLLOWERS = 1 */;", {});
  EXPECT_TRUE(applier_->execute_ddl(task).ok());
}

// Those that a second time undoes or does again, and one that is done again on purpose.
TEST_F(Ddl, OnceWhenTheProcessDiesAtEveryStatement) {
  const auto exchange =
      ddl(110, ActionType::kExchangePartition, "ALTER TABLE p EXCHANGE PARTITION p0 WITH TABLE e",
          {{"test", "p"}, {"test", "e"}});
  const auto swap = ddl(120, ActionType::kRenameTables, "RENAME TABLE a TO x, b TO a, x TO b",
                        {{"test", "a"}, {"test", "b"}});
  const auto truncate = ddl(130, ActionType::kTruncateTable, "TRUNCATE TABLE t", {{"test", "t"}});
  auto prepare = [&] {
    run("DROP DATABASE IF EXISTS tidb_binlog;DROP DATABASE IF EXISTS test;CREATE DATABASE test;"
        "CREATE TABLE test.t(id BIGINT PRIMARY KEY, u BIGINT UNIQUE, v BIGINT);"
        "CREATE TABLE test.p(id INT PRIMARY KEY) PARTITION BY RANGE(id) (PARTITION p0 VALUES LESS "
        "THAN (100)); CREATE TABLE test.e(id INT PRIMARY KEY); INSERT INTO test.p VALUES(1);"
        "INSERT INTO test.e VALUES(2);"
        "CREATE TABLE test.a(id INT); CREATE TABLE test.b(id INT); INSERT INTO test.a VALUES(1)");
  };
  auto play = [&](uint64_t from_ts) -> Status {
    if (from_ts < 105) TBL_TRY(submit_row(105, 1));
    for (const auto& task : {exchange, swap, truncate}) {
      if (from_ts < task.commit_ts) TBL_TRY(applier_->execute_ddl(task));
    }
    if (from_ts < 140) TBL_TRY(submit_row(140, 2));
    return applier_->stop();
  };
  auto check = [&] {
    EXPECT_EQ(rows("SELECT (SELECT id FROM test.p), (SELECT id FROM test.e)"), "2,1");
    EXPECT_EQ(rows("SELECT (SELECT COUNT(*) FROM test.a), (SELECT COUNT(*) FROM test.b)"), "0,1");
    EXPECT_EQ(rows("SELECT id FROM test.t"), "2");
    EXPECT_EQ(rows("SELECT COUNT(*) FROM tidb_binlog.checkpoint_ddl"), "0");
  };
  cut_everywhere(true, prepare, play, check);
}

// The statement outlives the drainer that sent it: the next run waits instead of sending it again.
TEST_F(Ddl, ADdlStillRunningIsWaitedFor) {
  auto task = ddl(110, ActionType::kAddColumn, "ALTER TABLE t ADD w INT", {{"test", "t"}});
  ASSERT_TRUE(start().ok());
  // A reader's metadata lock keeps the ALTER waiting.
  auto reader = PrivateServer::instance().connect();
  ASSERT_TRUE(reader->exec("BEGIN; SELECT * FROM test.t").ok());
  std::thread executing([&] {
    Status done = applier_->execute_ddl(task);
    EXPECT_FALSE(done.ok()) << "the run has been superseded before its last transaction";
  });
  std::string altering =
      "SELECT COUNT(*) FROM information_schema.processlist WHERE info LIKE 'ALTER TABLE t%'";
  while (rows(altering) != "1") std::this_thread::yield();
  // The second run, which takes the first for dead.
  auto opt = options();
  opt.run = 5000;
  MySqlApplier second(opt, {});
  std::thread starting([&] {
    auto point = second.start();
    EXPECT_TRUE(point.ok()) << point.status().to_string();
  });
  std::string asking =
      "SELECT COUNT(*) FROM information_schema.processlist WHERE info LIKE 'SELECT GET_LOCK%/ddl%'";
  while (rows(asking) != "1") std::this_thread::yield();
  while (rows(asking) != "0") std::this_thread::yield();
  EXPECT_EQ(rows(altering), "1") << "neither killed nor repeated";
  ASSERT_TRUE(reader->exec("COMMIT").ok());
  executing.join();
  starting.join();
  EXPECT_EQ(rows("SELECT COUNT(*) FROM information_schema.columns WHERE table_schema='test' AND "
                 "table_name='t' AND column_name='w'"),
            "1");
}

}  // namespace
}  // namespace tbl::mysql
