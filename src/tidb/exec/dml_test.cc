// What statements that change rows tell the client, beyond the scripts of tests/sql.
#include "tidb/exec/dml.h"

#include <gtest/gtest.h>

#include "tidb/exec/sql_test_session.h"
#include "tidb/types/sql_error.h"

namespace tbl::tidb {

namespace {

class Dml : public testing::Test {
 protected:
  OkInfo ok(const std::string& sql) {
    SqlOutcome outcome = s.run(sql);
    EXPECT_TRUE(outcome.status.ok()) << sql << ": " << outcome.status.to_string();
    return outcome.ok;
  }

  SqlTestSession s;
};

TEST_F(Dml, MessagesCountRows) {
  ok("create table t (a int primary key, b int)");
  EXPECT_EQ(ok("insert into t values (1, 1)").message, "");
  EXPECT_EQ(ok("insert into t values (2, 1), (3, 1)").message,
            "Records: 2  Duplicates: 0  Warnings: 0");
  EXPECT_EQ(ok("insert ignore into t values (2, 1), (4, 1)").message,
            "Records: 2  Duplicates: 1  Warnings: 1");
  EXPECT_EQ(ok("insert into t select a + 10, b from t").message,
            "Records: 4  Duplicates: 0  Warnings: 0");
  EXPECT_EQ(ok("replace into t values (1, 2), (100, 1)").message,
            "Records: 2  Duplicates: 1  Warnings: 0");
  EXPECT_EQ(ok("update t set b = 2 where a < 3").message,
            "Rows matched: 2  Changed: 1  Warnings: 0");
}

TEST_F(Dml, FoundRowsCountsWhatMatched) {
  ok("create table t (a int primary key, b int)");
  ok("insert into t values (1, 1)");
  EXPECT_EQ(ok("update t set b = 1").affected_rows, 0u);
  s.client_found_rows = true;
  EXPECT_EQ(ok("update t set b = 1").affected_rows, 1u);
  EXPECT_EQ(ok("insert into t values (1, 1) on duplicate key update b = 1").affected_rows, 1u);
}

TEST_F(Dml, LastInsertIdIsTheFirstGenerated) {
  ok("create table t (a int primary key auto_increment, b int)");
  EXPECT_EQ(ok("insert into t (b) values (1), (2)").last_insert_id, 1u);
  EXPECT_EQ(s.text("select last_insert_id()"), "1");
  OkInfo given = ok("insert into t values (10, 1)");
  EXPECT_EQ(given.last_insert_id, 10u);
  EXPECT_FALSE(given.id_was_generated);
  EXPECT_EQ(s.text("select last_insert_id()"), "1");
  EXPECT_EQ(ok("insert into t (b) values (1)").last_insert_id, 11u);
  EXPECT_EQ(ok("insert into t values (11, 5) on duplicate key update b = 6").last_insert_id, 11u);
}

TEST_F(Dml, NonStrictModeTakesTheNearestValue) {
  ok("create table t (a tinyint not null, b varchar(3) not null)");
  s.sql_mode &= ~(kModeStrictTransTables | kModeStrictAllTables);
  ok("insert into t values (1000, 'abcdef'), (null, 'x')");
  EXPECT_EQ(s.text("select * from t order by a"), "0\tx\n127\tabc");
  EXPECT_GE(s.warnings().count(), 0u);
  ok("insert into t (a) values (5)");
  EXPECT_EQ(s.warnings().list().at(0).code, kErrNoDefaultForField);
}

TEST_F(Dml, AFailedStatementLeavesNothingBehind) {
  ok("create table t (a int primary key)");
  ok("begin");
  ok("insert into t values (1)");
  EXPECT_FALSE(s.run("insert into t values (2), (1)").status.ok());
  ok("commit");
  EXPECT_EQ(s.text("select * from t"), "1");
}

TEST_F(Dml, AStatementDoesNotReadItsOwnWrites) {
  ok("create table t (a int primary key auto_increment, b int, key kb (b))");
  ok("insert into t (b) values (1), (2)");
  EXPECT_EQ(ok("insert into t (b) select b + 10 from t").affected_rows, 2u);
  EXPECT_EQ(ok("update t set b = b + 100 where b > 0").affected_rows, 4u);
  EXPECT_EQ(s.text("select b from t order by b"), "101\n102\n111\n112");
}

TEST_F(Dml, ReadsItsTransactionsWrites) {
  ok("create table t (a int primary key, b int, key kb (b))");
  ok("begin");
  ok("insert into t values (1, 5), (2, 6)");
  ok("update t set b = 9 where a = 1");
  ok("delete from t where a = 2");
  EXPECT_EQ(s.text("select a from t where b >= 5"), "1");
  EXPECT_EQ(s.text("select a from t where b = 5"), "");
  ok("rollback");
  EXPECT_EQ(s.text("select count(*) from t"), "0");
}

class TextFile : public LoadDataInput {
 public:
  explicit TextFile(std::string text) : text_(std::move(text)) {}
  Status open(const std::string& path, bool local) override {
    path_ = path + (local ? " local" : "");
    return ok_status();
  }
  Result<std::string> read() override { return std::exchange(text_, ""); }
  const std::string& path() const { return path_; }

 private:
  std::string text_;
  std::string path_;
};

TEST_F(Dml, LoadDataFillsColumnsAndVariables) {
  ok("create table t (a int primary key, b varchar(10), c int)");
  ok("insert into t values (2, 'old', 0)");
  TextFile file("1,one,x\n2,two,y\n3,\\N,z\n");
  s.load_data = &file;
  OkInfo info =
      ok("load data local infile 'f.csv' ignore into table t fields terminated by ',' "
         "(a, b, @skip) set c = a * 10");
  EXPECT_EQ(file.path(), "f.csv local");
  EXPECT_EQ(info.message, "Records: 3  Deleted: 0  Skipped: 1  Warnings: 1");
  EXPECT_EQ(s.text("select * from t order by a"), "1\tone\t10\n2\told\t0\n3\tNULL\t30");
  TextFile again("2,new,1\n");
  s.load_data = &again;
  ok("load data infile 'g' replace into table t fields terminated by ','");
  EXPECT_EQ(s.text("select b from t where a = 2"), "new");
}

}  // namespace

}  // namespace tbl::tidb
