#include "schema/table_refs.h"

#include <gtest/gtest.h>

namespace tbl::schema {
namespace {

/// "db.t" for each, "!" before a database, "?" when the statement is not understood.
std::string refs(std::string_view sql) {
  auto found = find_table_refs(sql);
  if (!found) return "?";
  std::string out;
  for (const TableRef& ref : *found) {
    out += out.empty() ? "" : " ";
    if (ref.kind != RefKind::kTable) out += ref.kind == RefKind::kDatabase ? "!" : "!!";
    out += (ref.name.schema.empty() ? "" : ref.name.schema + ".") + ref.name.table;
  }
  return out;
}

TEST(TableRefs, Databases) {
  EXPECT_EQ(refs("CREATE DATABASE IF NOT EXISTS `d`;"), "!d");
  EXPECT_EQ(refs("drop schema if exists d"), "!!d");
  EXPECT_EQ(refs("ALTER DATABASE `d` CHARACTER SET = utf8mb4"), "!d");
  EXPECT_EQ(refs("ALTER DATABASE CHARACTER SET = utf8mb4"), "");
}

TEST(TableRefs, Tables) {
  EXPECT_EQ(refs("CREATE TABLE IF NOT EXISTS `d`.`t` (`a` INT,`rename` INT)"), "d.t");
  EXPECT_EQ(refs("create table t like d.u"), "t d.u");
  EXPECT_EQ(refs("create table t (like u)"), "t u");
  EXPECT_EQ(refs("create table t (a int, foreign key (a) references d.`p` (id))"), "t d.p");
  EXPECT_EQ(refs("DROP TABLE IF EXISTS a, `d`.`b`"), "a d.b");
  EXPECT_EQ(refs("TRUNCATE TABLE t"), "t");
  EXPECT_EQ(refs("truncate t"), "t");
  EXPECT_EQ(refs("RENAME TABLE a TO d.b, b TO c"), "a d.b b c");
}

TEST(TableRefs, Alterations) {
  EXPECT_EQ(refs("ALTER TABLE t ADD COLUMN rename INT, RENAME TO u"), "t u");
  EXPECT_EQ(refs("ALTER TABLE t RENAME INDEX a TO b, RENAME AS d.u"), "t d.u");
  EXPECT_EQ(refs("ALTER TABLE p EXCHANGE PARTITION p0 WITH TABLE d.t"), "p d.t");
  EXPECT_EQ(refs("ALTER TABLE t ADD CONSTRAINT fk FOREIGN KEY (a) REFERENCES p (id)"), "t p");
  EXPECT_EQ(refs("ALTER TABLE t COMMENT 'references x'"), "t");
}

TEST(TableRefs, Indexes) {
  EXPECT_EQ(refs("CREATE UNIQUE INDEX i USING BTREE ON d.t (a)"), "d.t");
  EXPECT_EQ(refs("DROP INDEX IF EXISTS `i` ON t"), "t");
}

TEST(TableRefs, OtherStatementsAreNotUnderstood) {
  EXPECT_EQ(refs("CREATE VIEW v AS SELECT 1"), "?");
  EXPECT_EQ(refs("CREATE SEQUENCE s"), "?");
  EXPECT_EQ(refs("CREATE TABLE"), "?");
  EXPECT_EQ(refs(""), "?");
}

}  // namespace
}  // namespace tbl::schema
