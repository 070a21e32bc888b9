// Queries under limits: memory, KILL, locks; views and virtual tables.
#include <gtest/gtest.h>

#include "tidb/exec/sql_test_session.h"
#include "tidb/exec/virtual_table.h"

namespace tbl::tidb {

namespace {

class Query : public testing::Test {
 protected:
  void must(const std::string& sql) { EXPECT_EQ(s.text(sql), "") << sql; }
  void fill(int rows) {
    must("create table big (a int primary key, b int, c varchar(50))");
    std::string sql = "insert into big values ";
    for (int i = 0; i < rows; ++i) {
      sql += (i ? ",(" : "(") + std::to_string(i) + "," + std::to_string(rows - i) + ",'" +
             std::string(40, 'x') + "')";
    }
    must(sql);
  }

  SqlTestSession s;
};

TEST_F(Query, ASortBeyondTheQuotaGoesThroughFiles) {
  fill(500);
  std::string whole = s.text("select b, c from big order by c, b");
  s.memory_limit = 20000;
  EXPECT_EQ(s.text("select b, c from big order by c, b"), whole);
}

TEST_F(Query, AJoinBeyondTheQuotaFails) {
  fill(500);
  s.memory_limit = 20000;
  EXPECT_EQ(s.text("select count(*) from big x join big y on x.b = y.b"),
            "error 1105: Out Of Memory Quota!");
  EXPECT_EQ(s.text("select count(*) from big"), "500");
}

TEST_F(Query, KillEndsIt) {
  fill(600);
  s.hooks.is_killed = true;
  EXPECT_EQ(s.text("select count(*) from big"), "error 1317: Query execution was interrupted");
}

TEST_F(Query, ForUpdateGivesTheRows) {
  fill(3);
  must("begin");
  EXPECT_EQ(s.text("select a from big where b > 1 order by a for update"), "0\n1");
  must("commit");
}

TEST_F(Query, ViewsAreTheirSelects) {
  fill(5);
  must("create view v (k, total) as select a % 2, sum(b) from big group by a % 2");
  EXPECT_EQ(s.text("select * from v order by k"), "0\t9\n1\t6");
  EXPECT_EQ(s.text("select v.total from v where k = 1"), "6");
  EXPECT_EQ(s.text("select nope from v"), "error 1054: Unknown column 'nope' in 'field list'");
  must("drop table big");
  EXPECT_EQ(s.text("select * from v").substr(0, 10), "error 1356");
}

class NumbersTable : public VirtualTable {
 public:
  NumbersTable() {
    schema::TableInfo info;
    info.name = schema::CiName::of("NUMBERS");
    for (const char* name : {"N", "SQUARE"}) {
      schema::ColumnInfo column;
      column.id = static_cast<int64_t>(info.columns.size()) + 1;
      column.offset = static_cast<int64_t>(info.columns.size());
      column.name = schema::CiName::of(name);
      column.type.tp = schema::kTypeLongLong;
      column.state = schema::SchemaState::kPublic;
      info.columns.push_back(column);
    }
    info_ = *schema::make_table(std::move(info));
  }
  const schema::TableInfoPtr& info() const override { return info_; }
  Result<std::vector<Row>> rows(ExecContext&) const override {
    std::vector<Row> rows;
    for (int64_t i = 1; i <= 4; ++i) rows.push_back({Value::of_int(i), Value::of_int(i * i)});
    return rows;
  }

 private:
  schema::TableInfoPtr info_;
};

class NumbersCatalog : public VirtualCatalog {
 public:
  const VirtualSource* find(std::string_view db, std::string_view table) const override {
    return db == "information_schema" && table == "numbers" ? &table_ : nullptr;
  }
  bool has_database(std::string_view db) const override { return db == "information_schema"; }

 private:
  NumbersTable table_;
};

TEST_F(Query, VirtualTablesJoinStoredOnes) {
  NumbersCatalog catalog;
  s.virtuals = &catalog;
  fill(3);
  EXPECT_EQ(s.text("select square from information_schema.numbers where n > 2"), "9\n16");
  EXPECT_EQ(s.text("select b.a, n.square from big b join INFORMATION_SCHEMA.numbers n on n.n = b.a "
                   "order by 1"),
            "1\t1\n2\t4");
  EXPECT_EQ(s.text("select * from information_schema.nope").substr(0, 10), "error 1146");
}

TEST_F(Query, ColumnsAreDescribed) {
  fill(1);
  SqlOutcome outcome = s.run("select x.a as k, b, 1 + 1, 'text' from big x");
  ASSERT_EQ(outcome.columns.size(), 4u);
  EXPECT_EQ(outcome.columns[0].name, "k");
  EXPECT_EQ(outcome.columns[0].org_name, "a");
  EXPECT_EQ(outcome.columns[0].table, "x");
  EXPECT_EQ(outcome.columns[0].org_table, "big");
  EXPECT_EQ(outcome.columns[0].db, "test");
  EXPECT_EQ(outcome.columns[1].name, "b");
  EXPECT_EQ(outcome.columns[2].name, "1 + 1");
  EXPECT_EQ(outcome.columns[2].org_name, "");
  EXPECT_EQ(outcome.columns[3].name, "text");
}

TEST_F(Query, AccessesAreListedOnce) {
  fill(1);
  auto planned = s.plan(
      "select * from big x join big y on x.a = y.a where exists (select 1 from "
      "big z where z.b = x.b)");
  ASSERT_TRUE(planned.ok()) << planned.status().to_string();
  EXPECT_EQ(
      (*planned)->accesses,
      (std::vector<TableAccess>{{"test", "big", AccessType::kSelect, {"a", "b", "c"}, true}}));
  EXPECT_EQ((*planned)->tables.size(), 1u);
}

}  // namespace

}  // namespace tbl::tidb
