// INSERT, REPLACE, UPDATE, DELETE, LOAD DATA.
#include "tidb/ast/dml.h"

#include <gtest/gtest.h>

#include "tidb/parser/parser_testing.h"

namespace tbl::tidb {
namespace {

using namespace ast;

TEST(Insert, RowsAndColumns) {
  auto node = parse_as<InsertStatement>(
      "insert into d.t (a, t.b) values (1, default), (default(a), ?), ()");
  ASSERT_NE(node, nullptr);
  EXPECT_EQ(node->table.schema, "d");
  EXPECT_EQ(node->table.name, "t");
  EXPECT_TRUE(node->has_columns);
  ASSERT_EQ(node->columns.size(), 2U);
  EXPECT_EQ(node->columns[1]->table, "t");
  ASSERT_EQ(node->rows.size(), 3U);
  EXPECT_EQ(as<Default>(*node->rows[0][1]).column, nullptr);
  EXPECT_EQ(as<Default>(*node->rows[1][0]).column->name, "a");
  EXPECT_EQ(node->rows[1][1]->kind, ExprKind::kParam);
  EXPECT_TRUE(node->rows[2].empty());
  EXPECT_EQ(node->param_count, 1U);
}

TEST(Insert, Words) {
  auto node = parse_as<InsertStatement>("insert low_priority ignore t partition (p) value (1)");
  EXPECT_TRUE(node->ignore);
  EXPECT_EQ(node->priority, Priority::kLow);
  EXPECT_EQ(node->partitions, std::vector<std::string>{"p"});
  EXPECT_FALSE(node->has_columns);
  EXPECT_TRUE(parse_as<InsertStatement>("replace into t values (1)")->replace);
  EXPECT_EQ(parse_as<InsertStatement>("replace delayed t () values ()")->has_columns, true);
}

TEST(Insert, SetForm) {
  auto node = parse_as<InsertStatement>(
      "insert t set a = 1, b := b + 1 on duplicate key update a = values(a) + 1, c = default");
  EXPECT_TRUE(node->set_form);
  ASSERT_EQ(node->columns.size(), 2U);
  ASSERT_EQ(node->rows.size(), 1U);
  EXPECT_EQ(node->rows[0][1]->kind, ExprKind::kBinary);
  ASSERT_EQ(node->on_duplicate.size(), 2U);
  EXPECT_EQ(node->on_duplicate[1].column->name, "c");
  EXPECT_EQ(node->on_duplicate[1].value->kind, ExprKind::kDefault);
}

TEST(Insert, Queries) {
  for (const char* sql :
       {"insert into t select * from u", "insert into t (a) select 1 union select 2",
        "insert into t (select 1)", "insert into t (a) (select 1)", "insert into t ((select 1))",
        "insert into t with c as (select 1) select * from c",
        "insert into t (a) select 1 on duplicate key update a = 2",
        "insert into t select * from a join b on duplicate key update a = 2"}) {
    auto node = parse_as<InsertStatement>(sql);
    ASSERT_NE(node, nullptr) << sql;
    EXPECT_NE(node->query, nullptr) << sql;
    EXPECT_TRUE(node->rows.empty()) << sql;
  }
}

TEST(Update, OneTable) {
  auto node = parse_as<UpdateStatement>(
      "update low_priority ignore t set a = a + 1, t.b = default where c order by d limit 3");
  EXPECT_TRUE(node->ignore);
  EXPECT_FALSE(node->multi_table);
  EXPECT_EQ(node->assignments.size(), 2U);
  EXPECT_NE(node->where, nullptr);
  EXPECT_EQ(node->order_by.size(), 1U);
  EXPECT_TRUE(node->limit.has_value());
}

TEST(Update, ManyTables) {
  EXPECT_TRUE(parse_as<UpdateStatement>("update a, b set a.x = b.x where a.i = b.i")->multi_table);
  EXPECT_TRUE(parse_as<UpdateStatement>("update a join b using (i) set x = 1")->multi_table);
  auto node = parse_as<UpdateStatement>("with c as (select 1) update t join c set a = 1");
  EXPECT_EQ(node->with.tables.size(), 1U);
}

TEST(Delete, OneTable) {
  auto node = parse_as<DeleteStatement>(
      "delete low_priority quick ignore from d.t partition (p) where a = 1 order by b limit 2");
  EXPECT_TRUE(node->quick);
  EXPECT_TRUE(node->ignore);
  EXPECT_FALSE(node->multi_table);
  EXPECT_EQ(as<TableSource>(*node->tables).table.schema, "d");
  EXPECT_TRUE(node->limit.has_value());
}

TEST(Delete, ManyTables) {
  auto node = parse_as<DeleteStatement>("delete a, d.b.* from a join d.b on x where y");
  EXPECT_TRUE(node->multi_table);
  ASSERT_EQ(node->targets.size(), 2U);
  EXPECT_EQ(node->targets[1].schema, "d");
  EXPECT_EQ(node->targets[1].name, "b");
  node = parse_as<DeleteStatement>("delete from a.*, b using a join b on x");
  EXPECT_TRUE(node->multi_table);
  EXPECT_EQ(node->targets[0].name, "a");
  node = parse_as<DeleteStatement>("with c as (select 1) delete t from t join c");
  EXPECT_EQ(node->with.tables[0].name, "c");
}

TEST(LoadData, EverySpecification) {
  auto node = parse_as<LoadDataStatement>(
      "load data low_priority local infile '/f' ignore into table d.t character set utf8 fields "
      "terminated by ',' optionally enclosed by '\"' escaped by '' lines starting by 'x' "
      "terminated "
      "by '\\r\\n' ignore 1 lines (a, @B, c) set d = @b + 1");
  EXPECT_TRUE(node->local);
  EXPECT_EQ(node->path, "/f");
  EXPECT_EQ(node->on_duplicate, LoadDataStatement::OnDuplicate::kIgnore);
  EXPECT_EQ(node->charset, "utf8");
  EXPECT_EQ(node->fields_terminated, ",");
  EXPECT_EQ(node->fields_enclosed, "\"");
  EXPECT_TRUE(node->fields_optionally_enclosed);
  EXPECT_EQ(node->fields_escaped, "");
  EXPECT_EQ(node->lines_starting, "x");
  EXPECT_EQ(node->lines_terminated, "\r\n");
  EXPECT_EQ(node->ignore_lines, 1U);
  ASSERT_EQ(node->targets.size(), 3U);
  EXPECT_EQ(node->targets[1].variable, "b");
  EXPECT_EQ(node->assignments.size(), 1U);
}

TEST(LoadData, Defaults) {
  auto node = parse_as<LoadDataStatement>("load data infile 'f' into table t");
  EXPECT_FALSE(node->local);
  EXPECT_EQ(node->fields_terminated, "\t");
  EXPECT_EQ(node->fields_escaped, "\\");
  EXPECT_EQ(node->lines_terminated, "\n");
  EXPECT_TRUE(node->targets.empty());
}

TEST(Do, Expressions) { EXPECT_EQ(parse_as<DoStatement>("do 1, sleep(1)")->exprs.size(), 2U); }

class NoChange : public testing::TestWithParam<const char*> {};

TEST_P(NoChange, IsRefused) { EXPECT_NE(parse_error(GetParam()), ""); }

INSTANTIATE_TEST_SUITE_P(
    Dml, NoChange,
    testing::Values("insert", "insert into t", "insert into t (a", "insert into t values",
                    "insert into t values 1", "insert into t values (1", "insert into t set",
                    "insert into t (1) values (1)", "insert into t (a) set a = 1",
                    "replace into t values (1) on duplicate key update a = 1", "update t",
                    "update t set", "update t set a", "update t set a = 1 limit 1, 2",
                    "update a, b set x = 1 limit 1", "delete t", "delete from t where",
                    "delete from t limit 1 offset 1", "delete a, b", "load data infile f into t",
                    "load data infile 'f' into table t fields", "do"));

}  // namespace
}  // namespace tbl::tidb
