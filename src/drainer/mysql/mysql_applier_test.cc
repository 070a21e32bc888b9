#include "drainer/mysql/mysql_applier.h"

#include "base/metrics.h"

#include "drainer/mysql/applier_harness.h"
#include "drainer/mysql/sql_text.h"

namespace tbl::mysql {
namespace {

using schema::ActionType;

class Sink : public ApplierTest {
 protected:
  void SetUp() override {
    ApplierTest::SetUp();
    run("CREATE TABLE test.t(id BIGINT PRIMARY KEY, u BIGINT UNIQUE, v BIGINT)");
    run("CREATE TABLE test.n(a BIGINT, b VARCHAR(20)) CHARSET utf8mb4");
  }
  decode::TablePtr t_ = schedule::keyed_table();
  decode::TablePtr n_ = schedule::keyless_table();
};

TEST_F(Sink, AppliesInsertsUpdatesAndDeletes) {
  auto point = start();
  ASSERT_TRUE(point.ok()) << point.status().to_string();
  EXPECT_EQ(point->commit_ts, 100u);
  EXPECT_EQ(point->unknown_until_ts, 0u);
  ASSERT_TRUE(submit(TransactionBuilder(110)
                         .insert(t_, {integer(1), integer(1), integer(1)})
                         .insert(t_, {integer(2), null(), integer(2)})
                         .insert(t_, {integer(3), integer(3), null()}))
                  .ok());
  ASSERT_TRUE(submit(TransactionBuilder(120)
                         .update(t_, {integer(1), integer(1), integer(1)},
                                 {integer(1), integer(1), integer(7)})
                         .remove(t_, {integer(3), integer(3), null()}))
                  .ok());
  ASSERT_TRUE(applier_->stop().ok());
  EXPECT_EQ(rows("SELECT * FROM test.t ORDER BY id"), "1,1,7;2,NULL,2");
  EXPECT_EQ(rows("SELECT checkPoint FROM tidb_binlog.checkpoint"),
            R"({"consistent":true,"commitTS":120,"ts-map":{},"schema-version":0,"run":1001})");
  EXPECT_EQ(marks(), "0");
}

TEST_F(Sink, ACleanStopIsTheNextStart) {
  ASSERT_TRUE(start().ok());
  ASSERT_TRUE(submit(TransactionBuilder(110).insert(t_, {integer(1), null(), integer(1)})).ok());
  ASSERT_TRUE(applier_->stop().ok());
  auto point = start();
  ASSERT_TRUE(point.ok());
  EXPECT_EQ(point->commit_ts, 110u);
  EXPECT_TRUE(point->consistent);
  EXPECT_EQ(rows("SELECT checkPoint LIKE '{\"consistent\":false,%' FROM tidb_binlog.checkpoint"),
            "1");
}

// Nothing is saved between: the marks alone say what was applied.
TEST_F(Sink, AfterACrashNothingIsAppliedTwice) {
  auto opt = options();
  opt.save_interval_ms = 1000000;
  opt.scheduler.workers = 3;
  ASSERT_TRUE(start(opt).ok());
  for (int i = 1; i <= 5; ++i) {
    ASSERT_TRUE(submit(TransactionBuilder(100 + static_cast<uint64_t>(i))
                           .insert(n_, {integer(i % 2), text("x")}))
                    .ok());
  }
  while (rows("SELECT COUNT(*) FROM test.n") != "5") std::this_thread::yield();
  crash();
  EXPECT_NE(marks(), "0");
  opt.scheduler.workers = 1;  // another number of workers than before
  auto point = start(opt);
  ASSERT_TRUE(point.ok()) << point.status().to_string();
  EXPECT_EQ(point->commit_ts, 100u);
  EXPECT_EQ(point->unknown_until_ts, 0u);
  for (int i = 1; i <= 6; ++i) {
    ASSERT_TRUE(submit(TransactionBuilder(100 + static_cast<uint64_t>(i))
                           .insert(n_, {integer(i % 2), text("x")}))
                    .ok());
  }
  ASSERT_TRUE(applier_->stop().ok());
  EXPECT_EQ(rows("SELECT a, COUNT(*) FROM test.n GROUP BY a"), "0,3;1,3");
  EXPECT_EQ(marks(), "0");
}

TEST_F(Sink, OfThreeEqualRowsWithoutKeyOneIsDeleted) {
  ASSERT_TRUE(start().ok());
  TransactionBuilder three(110);
  for (int i = 0; i < 3; ++i) three.insert(n_, {integer(1), text("x")});
  three.insert(n_, {integer(1), text("X")}).insert(n_, {null(), null()});
  ASSERT_TRUE(submit(three).ok());
  ASSERT_TRUE(submit(TransactionBuilder(120).remove(n_, {integer(1), text("x")})).ok());
  ASSERT_TRUE(submit(TransactionBuilder(130).remove(n_, {null(), null()})).ok());
  ASSERT_TRUE(applier_->stop().ok());
  EXPECT_EQ(rows("SELECT HEX(b), COUNT(*) FROM test.n GROUP BY HEX(b) ORDER BY 1"), "58,1;78,2");
  EXPECT_EQ(applier_->stats().missed_rows, 0u);
}

TEST_F(Sink, InsertsWithoutKeyGoTogetherAndKeepTheirPlaceAmongDeletes) {
  ASSERT_TRUE(start().ok());
  const std::string inserts =
      "SELECT SUM(variable_value) FROM information_schema.global_status WHERE variable_name IN "
      "('COM_INSERT', 'COM_STMT_EXECUTE')";
  const int before = std::stoi(rows(inserts));
  TransactionBuilder builder(110);
  for (int i = 0; i < 300; ++i) builder.insert(n_, {integer(i), text("x")});
  builder.insert(n_, {integer(7), text("y")}).remove(n_, {integer(7), text("y")});
  for (int i = 0; i < 3; ++i) builder.insert(n_, {integer(7), text("y")});
  ASSERT_TRUE(submit(builder).ok());
  ASSERT_TRUE(applier_->stop().ok());
  EXPECT_EQ(applier_->stats().missed_rows, 0u);
  EXPECT_EQ(rows("SELECT COUNT(*), COUNT(DISTINCT a) FROM test.n"), "303,300");
  EXPECT_EQ(rows("SELECT COUNT(*) FROM test.n WHERE a = 7 AND b = 'y'"), "3");
  EXPECT_LT(std::stoi(rows(inserts)) - before, 30) << "two of rows, and our own";
}

TEST_F(Sink, ARowWithAutoIncrementZeroKeepsItsId) {
  run("DROP TABLE test.t; CREATE TABLE test.t(id BIGINT PRIMARY KEY AUTO_INCREMENT, u BIGINT, v "
      "BIGINT)");
  ASSERT_TRUE(start().ok());
  ASSERT_TRUE(submit(TransactionBuilder(110).insert(t_, {integer(0), null(), integer(1)})).ok());
  ASSERT_TRUE(applier_->stop().ok());
  EXPECT_EQ(rows("SELECT id FROM test.t"), "0");
}

TEST_F(Sink, SwapsUniqueValuesInsideAndOverTransactions) {
  ASSERT_TRUE(start().ok());
  ASSERT_TRUE(submit(TransactionBuilder(110)
                         .insert(t_, {integer(1), integer(1), integer(0)})
                         .insert(t_, {integer(2), integer(2), integer(0)}))
                  .ok());
  ASSERT_TRUE(
      submit(
          TransactionBuilder(120)
              .update(t_, {integer(1), integer(1), integer(0)}, {integer(1), null(), integer(0)})
              .update(t_, {integer(2), integer(2), integer(0)},
                      {integer(2), integer(1), integer(0)})
              .update(t_, {integer(1), null(), integer(0)}, {integer(1), integer(2), integer(0)}))
          .ok());
  ASSERT_TRUE(submit(TransactionBuilder(130).update(t_, {integer(1), integer(2), integer(0)},
                                                    {integer(1), integer(9), integer(0)}))
                  .ok());
  ASSERT_TRUE(submit(TransactionBuilder(140).update(t_, {integer(2), integer(1), integer(0)},
                                                    {integer(2), integer(2), integer(0)}))
                  .ok());
  ASSERT_TRUE(applier_->stop().ok());
  EXPECT_EQ(rows("SELECT id, u FROM test.t ORDER BY id"), "1,9;2,2");
}

TEST_F(Sink, MissedRowsAreCountedOrStop) {
  ASSERT_TRUE(start().ok());
  ASSERT_TRUE(submit(TransactionBuilder(110).remove(t_, {integer(1), null(), integer(1)})).ok());
  ASSERT_TRUE(applier_->stop().ok());
  EXPECT_EQ(applier_->stats().missed_rows, 1u);
  auto opt = options();
  opt.stop_on_miss = true;
  ASSERT_TRUE(start(opt).ok());
  ASSERT_TRUE(submit(TransactionBuilder(120).update(t_, {integer(1), null(), integer(1)},
                                                    {integer(1), null(), integer(2)}))
                  .ok());
  Status stopped = applier_->stop();
  EXPECT_EQ(stopped.code(), StatusCode::kFailedPrecondition) << stopped.to_string();
  EXPECT_NE(stopped.message().find("120"), std::string::npos);
}

TEST_F(Sink, ADuplicateKeyStopsAndNamesTableAndTs) {
  run("INSERT INTO test.t VALUES(1,1,1)");
  ASSERT_TRUE(start().ok());
  ASSERT_TRUE(submit(TransactionBuilder(110).insert(t_, {integer(5), null(), integer(5)})).ok());
  ASSERT_TRUE(submit(TransactionBuilder(120).insert(t_, {integer(1), null(), integer(5)})).ok());
  Status stopped = applier_->stop();
  EXPECT_EQ(stopped.code(), StatusCode::kAlreadyExists) << stopped.to_string();
  EXPECT_NE(stopped.message().find("`test`.`t`, commit ts 120"), std::string::npos)
      << stopped.to_string();
  EXPECT_EQ(rows("SELECT id FROM test.t ORDER BY id"), "1;5") << "what came before is applied";
}

TEST_F(Sink, ADuplicateKeyMayBeReplacedWithAWarning) {
  run("INSERT INTO test.t VALUES(1,1,1)");
  auto opt = options();
  opt.replace_duplicates = true;
  ASSERT_TRUE(start(opt).ok());
  ASSERT_TRUE(submit(TransactionBuilder(110).insert(t_, {integer(5), null(), integer(5)})).ok());
  ASSERT_TRUE(submit(TransactionBuilder(120).insert(t_, {integer(1), null(), integer(5)})).ok());
  ASSERT_TRUE(submit(TransactionBuilder(130).insert(t_, {integer(6), null(), integer(5)})).ok());
  Status stopped = applier_->stop();
  EXPECT_TRUE(stopped.ok()) << stopped.to_string();
  EXPECT_EQ(rows("SELECT id, v FROM test.t ORDER BY id"), "1,5;5,5;6,5");
}

// n(a BIGINT, b VARCHAR(20)) is narrower downstream.
TEST_F(Sink, AValueThatDoesNotFitStopsOrIsTold) {
  run("ALTER TABLE test.n MODIFY b VARCHAR(3)");
  ASSERT_TRUE(start().ok());
  ASSERT_TRUE(submit(TransactionBuilder(110).insert(n_, {integer(1), text("long text")})).ok());
  Status stopped = applier_->stop();
  EXPECT_NE(stopped.message().find("`test`.`n`, commit ts 110"), std::string::npos)
      << stopped.to_string();
  EXPECT_NE(stopped.message().find("Data too long"), std::string::npos) << stopped.to_string();
  crash();
  Counter& warnings = metrics().counter("binlog_drainer_downstream_warnings_total",
                                        "warnings of the downstream about values");
  const double before = warnings.value();
  auto opt = options();
  opt.to.strict = false;
  ASSERT_TRUE(start(opt).ok());
  ASSERT_TRUE(submit(TransactionBuilder(110).insert(n_, {integer(1), text("long text")})).ok());
  ASSERT_TRUE(applier_->stop().ok());
  EXPECT_EQ(rows("SELECT b FROM test.n"), "lon");
  EXPECT_EQ(warnings.value() - before, 1);
}

TEST_F(Sink, AMissingTableIsAnError) {
  run("DROP TABLE test.t");
  ASSERT_TRUE(start().ok());
  Status status = submit(TransactionBuilder(110).insert(t_, {integer(5), null(), integer(5)}));
  EXPECT_EQ(status.code(), StatusCode::kNotFound);
  EXPECT_NE(status.message().find("`test`.`t`"), std::string::npos) << status.to_string();
}

TEST_F(Sink, PartsOfALargeTransactionAreAppliedOnce) {
  auto opt = options();
  opt.save_interval_ms = 1000000;
  auto part = [&](uint64_t first, bool last) {
    return TransactionBuilder(500)
        .part(first, last)
        .insert(n_, {integer(static_cast<int64_t>(first)), text("p")})
        .insert(n_, {integer(static_cast<int64_t>(first) + 1), text("p")})
        .build();
  };
  ASSERT_TRUE(start(opt).ok());
  ASSERT_TRUE(applier_->submit(part(2, false)).ok());
  while (rows("SELECT COUNT(*) FROM test.n") != "2") std::this_thread::yield();
  crash();
  ASSERT_TRUE(start(opt).ok());
  // Cut differently this time: rows 1 to 3, of which 2 and 3 are there.
  ASSERT_TRUE(applier_->submit(part(0, false)).ok());
  ASSERT_TRUE(applier_
                  ->submit(TransactionBuilder(500)
                               .part(2, false)
                               .insert(n_, {integer(2), text("p")})
                               .insert(n_, {integer(3), text("p")})
                               .insert(n_, {integer(4), text("p")})
                               .build())
                  .ok());
  ASSERT_TRUE(applier_->submit(part(5, true)).ok());
  ASSERT_TRUE(applier_->stop().ok());
  EXPECT_EQ(rows("SELECT a FROM test.n ORDER BY a"), "0;1;2;3;4;5;6");
}

// Rows are numbered before any filter: what the run before applied is known whatever is filtered
// now.
TEST_F(Sink, FiltersMayChangeInsideALargeTransaction) {
  auto opt = options();
  opt.save_interval_ms = 1000000;
  ASSERT_TRUE(start(opt).ok());
  ASSERT_TRUE(submit(TransactionBuilder(110)
                         .part(0, false)
                         .insert(n_, {integer(1), null()})
                         .insert(n_, {integer(2), null()}))
                  .ok());
  while (marks() != "1") std::this_thread::yield();
  crash();
  auto point = start(opt);
  ASSERT_TRUE(point.ok());
  ASSERT_EQ(point->commit_ts, 100u);
  // Row 0 is filtered now, row 2 has been before.
  ASSERT_TRUE(submit(TransactionBuilder(110)
                         .part(1, true)
                         .insert(n_, {integer(2), null()})
                         .insert(n_, {integer(3), null()}))
                  .ok());
  ASSERT_TRUE(applier_->stop().ok());
  EXPECT_EQ(rows("SELECT a FROM test.n ORDER BY a"), "1;2;3");
  EXPECT_EQ(marks(), "0");
}

// What the original finds after a clean stop, and what it leaves: nothing is in doubt either way.
TEST_F(Sink, TheOriginalTakesOverAndHandsBack) {
  ASSERT_TRUE(start().ok());
  ASSERT_TRUE(submit(TransactionBuilder(110).insert(n_, {integer(1), null()})).ok());
  ASSERT_TRUE(applier_->stop().ok());
  const std::string text = rows("SELECT checkPoint FROM tidb_binlog.checkpoint");
  EXPECT_EQ(text.find(R"({"consistent":true,"commitTS":110,"ts-map":{},"schema-version":)"), 0u)
      << text;
  EXPECT_EQ(marks(), "0");
  for (const char* left : {R"({"consistent":true,"commitTS":120,"ts-map":{},"schema-version":9})",
                           R"({"consistent":true,"commitTS":130,"ts-map":{}})",
                           R"({"commitTS":140,"ts-map":{"master-ts":1,"slave-ts":2}})"}) {
    run("UPDATE tidb_binlog.checkpoint SET checkPoint=" + quote_string(left));
    auto point = start();
    ASSERT_TRUE(point.ok()) << left;
    const bool tells = std::string_view(left).find("consistent") != std::string_view::npos;
    EXPECT_EQ(point->unknown_until_ts != 0, !tells) << left;
    EXPECT_EQ(point->schema_version, point->commit_ts == 120 ? 9 : 0) << left;
    crash();
  }
}

TEST_F(Sink, ADownstreamWithOwnColumnsKeepsThem) {
  run("ALTER TABLE test.t ADD own INT DEFAULT 5");
  ASSERT_TRUE(start().ok());
  ASSERT_TRUE(
      submit(TransactionBuilder(110).insert(t_, {integer(1), integer(1), integer(1)})).ok());
  ASSERT_TRUE(applier_->stop().ok());
  run("UPDATE test.t SET own = 6");
  ASSERT_TRUE(start().ok());
  ASSERT_TRUE(submit(TransactionBuilder(120).update(t_, {integer(1), integer(1), integer(1)},
                                                    {integer(1), integer(2), integer(2)}))
                  .ok());
  ASSERT_TRUE(applier_->stop().ok());
  EXPECT_EQ(rows("SELECT * FROM test.t"), "1,2,2,6");
}

TEST_F(Sink, AForeignCheckpointMeansSafeMode) {
  ASSERT_TRUE(start().ok());
  ASSERT_TRUE(submit(TransactionBuilder(110).insert(t_, {integer(1), null(), integer(1)})).ok());
  ASSERT_TRUE(applier_->stop().ok());
  // The original ran, applied up to 120, and saved 110.
  run(R"(UPDATE tidb_binlog.checkpoint SET checkPoint='{"consistent":false,"commitTS":110,"ts-map":{},"schema-version":3}')");
  run("INSERT INTO test.t VALUES(2,NULL,2)");
  auto point = start();
  ASSERT_TRUE(point.ok());
  EXPECT_EQ(point->commit_ts, 110u);
  EXPECT_EQ(point->schema_version, 3);
  EXPECT_EQ(point->unknown_until_ts, next_run_);
  ASSERT_TRUE(submit(TransactionBuilder(120).insert(t_, {integer(2), null(), integer(2)})).ok());
  ASSERT_TRUE(submit(TransactionBuilder(130).remove(t_, {integer(3), null(), integer(3)})).ok());
  ASSERT_TRUE(submit(TransactionBuilder(140).update(t_, {integer(4), null(), integer(3)},
                                                    {integer(4), null(), integer(5)}))
                  .ok());
  crash();
  // A crash inside the unknown zone does not end it.
  point = start();
  ASSERT_TRUE(point.ok());
  EXPECT_EQ(point->unknown_until_ts, next_run_ - 1);
  ASSERT_TRUE(submit(TransactionBuilder(120).insert(t_, {integer(2), null(), integer(2)})).ok());
  ASSERT_TRUE(submit(TransactionBuilder(140).update(t_, {integer(4), null(), integer(3)},
                                                    {integer(4), null(), integer(5)}))
                  .ok());
  ASSERT_TRUE(applier_->stop().ok());
  EXPECT_EQ(rows("SELECT id, v FROM test.t ORDER BY id"), "1,1;2,2;4,5");
  EXPECT_EQ(applier_->stats().missed_rows, 0u);
}

TEST_F(Sink, AForeignCleanStopNeedsNoSafeMode) {
  run("CREATE DATABASE tidb_binlog; CREATE TABLE tidb_binlog.checkpoint (clusterID BIGINT UNSIGNED "
      "PRIMARY KEY, checkPoint MEDIUMTEXT)");
  run(R"(INSERT INTO tidb_binlog.checkpoint VALUES(42,'{"consistent":true,"commitTS":110,"ts-map":{},"schema-version":3}'))");
  auto point = start();
  ASSERT_TRUE(point.ok());
  EXPECT_EQ(point->commit_ts, 110u);
  EXPECT_EQ(point->unknown_until_ts, 0u);
}

// Marks above a checkpoint that is gone say nothing about what comes after the new start.
TEST_F(Sink, AResetCheckpointForgetsMarks) {
  auto opt = options();
  opt.save_interval_ms = 1000000;
  ASSERT_TRUE(start(opt).ok());
  ASSERT_TRUE(submit(TransactionBuilder(110).insert(n_, {integer(1), null()})).ok());
  while (marks() != "1") std::this_thread::yield();
  crash();
  run("DELETE FROM tidb_binlog.checkpoint; DELETE FROM test.n");
  auto point = start(opt);
  ASSERT_TRUE(point.ok());
  EXPECT_EQ(point->commit_ts, 100u);
  EXPECT_EQ(point->unknown_until_ts, 0u);
  ASSERT_TRUE(submit(TransactionBuilder(110).insert(n_, {integer(1), null()})).ok());
  ASSERT_TRUE(applier_->stop().ok());
  EXPECT_EQ(rows("SELECT COUNT(*) FROM test.n"), "1");
}

TEST_F(Sink, ProgressCountsFakesAndFilteredOnes) {
  ASSERT_TRUE(start().ok());
  applier_->note_progress(150, 9);
  ASSERT_TRUE(applier_->stop().ok());
  EXPECT_EQ(rows("SELECT checkPoint FROM tidb_binlog.checkpoint"),
            R"({"consistent":true,"commitTS":150,"ts-map":{},"schema-version":9,"run":1001})");
}

// Event rules drop rows after they were numbered: parts may be empty or have gaps.
TEST_F(Sink, PartsThatEventRulesEmptied) {
  auto play = [&](bool whole) {
    ASSERT_TRUE(submit(TransactionBuilder(110).part(0, false).end(10)).ok());
    ASSERT_TRUE(submit(TransactionBuilder(110)
                           .part(10, false)
                           .insert(n_, {integer(1), text("x")})
                           .insert(n_, {integer(1), text("x")})
                           .end(20))
                    .ok());
    if (!whole) return;
    ASSERT_TRUE(submit(TransactionBuilder(110).part(20, true).end(30)).ok());
    ASSERT_TRUE(applier_->stop().ok());
  };
  ASSERT_TRUE(start().ok());
  play(false);
  while (marks() != "1") std::this_thread::yield();
  crash();
  auto point = start();
  ASSERT_TRUE(point.ok());
  EXPECT_EQ(point->commit_ts, 100u) << "its last part was not seen";
  play(true);
  EXPECT_EQ(rows("SELECT a, COUNT(*) FROM test.n GROUP BY a"), "1,2");
  EXPECT_EQ(marks(), "0");
  ASSERT_TRUE(start().ok());
  point = start();
  EXPECT_EQ(point->commit_ts, 110u);
}

TEST_F(Sink, AValueThatIsDamagedStopsWithItsPlace) {
  run("CREATE TABLE test.j(id BIGINT PRIMARY KEY, j LONGTEXT)");
  using namespace schema;
  TableInfo info = decode::test_table_info(
      "j", {decode::test_column(1, "id", kTypeLongLong, kFlagPrimaryKey | kFlagNotNull),
            decode::test_column(2, "j", kTypeJson)});
  info.pk_is_handle = true;
  auto table = decode::test_table(std::move(info));
  ASSERT_TRUE(start().ok());
  const codec::Datum damaged = codec::Datum::of_json("\xff\x01");
  ASSERT_TRUE(submit(TransactionBuilder(110).insert(table, {integer(1), damaged})).ok());
  const std::string message = applier_->stop().message();
  EXPECT_NE(message.find("commit ts 110"), std::string::npos) << message;
  EXPECT_NE(message.find("table `test`.`j`: damaged value of column j"), std::string::npos)
      << message;
  EXPECT_EQ(rows("SELECT COUNT(*) FROM test.j"), "0");
}

}  // namespace
}  // namespace tbl::mysql
