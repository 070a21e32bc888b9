#include "drainer/filter.h"

#include <gtest/gtest.h>

#include "drainer/router.h"

namespace tbl::drainer {
namespace {

Filter make(const FilterRules& rules) {
  auto filter = Filter::make(rules);
  EXPECT_TRUE(filter.ok()) << filter.status().to_string();
  return std::move(filter).value();
}

std::string error_of(const FilterRules& rules) { return Filter::make(rules).status().message(); }

TEST(FilterTest, WithoutRulesEverythingIsForUs) { EXPECT_FALSE(make({}).skips("db", "t")); }

TEST(FilterTest, IgnoreRulesMatchWholeNamesInAnyCase) {
  Filter filter =
      make({.ignore_schemas = {"mysql", "INFORMATION_SCHEMA"}, .ignore_tables = {{"db", "log"}}});
  EXPECT_TRUE(filter.skips("MySQL", "user"));
  EXPECT_TRUE(filter.skips("information_schema", ""));
  EXPECT_FALSE(filter.skips("mysql2", "user"));
  EXPECT_TRUE(filter.skips("DB", "LOG"));
  EXPECT_FALSE(filter.skips("db", "log2"));
  EXPECT_FALSE(filter.skips("db", "")) << "a table rule says nothing about its database";
}

TEST(FilterTest, ATildeSearches) {
  Filter filter = make({.do_schemas = {"~^do_start.*", "exact"}, .do_tables = {{"d", "~part"}}});
  EXPECT_FALSE(filter.skips("do_start1", "t"));
  EXPECT_FALSE(filter.skips("DO_START1", "t"));
  EXPECT_TRUE(filter.skips("no_do_start1", "t"));
  EXPECT_FALSE(filter.skips("exact", ""));
  EXPECT_FALSE(filter.skips("d", "a_part_of"));
  EXPECT_TRUE(filter.skips("d", "whole"));
  EXPECT_TRUE(filter.skips("d", ""));
}

TEST(FilterTest, APlainNameIsARegularExpressionToo) {
  Filter filter = make({.do_schemas = {"t.st"}});
  EXPECT_FALSE(filter.skips("test", "t"));
  EXPECT_TRUE(filter.skips("a_test", "t"));
}

TEST(FilterTest, IgnoreWins) {
  Filter filter = make({.ignore_tables = {{"db", "t1"}}, .do_schemas = {"db"}});
  EXPECT_TRUE(filter.skips("db", "t1"));
  EXPECT_FALSE(filter.skips("db", "t2"));
  EXPECT_TRUE(filter.skips("other", "t2"));
}

TEST(FilterTest, ErrorsNameTheKeyOrThePattern) {
  EXPECT_EQ(error_of({.ignore_schemas = {""}}), "empty schema name in `ignore-schemas` config");
  EXPECT_EQ(error_of({.do_schemas = {""}}), "empty schema name in `replicate-do-db` config");
  EXPECT_EQ(error_of({.do_tables = {{"", "t"}}}),
            "empty schema name in `replicate-do-table` config");
  EXPECT_EQ(error_of({.do_tables = {{"d", ""}}}),
            "empty table name in `replicate-do-table` config");
  EXPECT_EQ(error_of({.ignore_tables = {{"d", ""}}}), "empty table name in `ignore-table` config");
  EXPECT_EQ(error_of({.do_schemas = {"~a("}}), "pattern ~a(: missing ): a(");
  EXPECT_TRUE(Filter::make({.do_schemas = {"~"}}).ok());
}

TEST(RouterTest, DrainersOwnTablesAreNeverReplicated) {
  Router router(make({}), {"tidb_binlog", "checkpoint"});
  for (const char* table : {"checkpoint", "checkpoint_run", "CHECKPOINT_MARK", "checkpoint_ddl"}) {
    EXPECT_TRUE(router.skips_rows("tidb_binlog", table)) << table;
    EXPECT_TRUE(router.skips_ddl("TIDB_BINLOG", table)) << table;
    EXPECT_FALSE(router.skips_rows("db", table)) << table;
  }
  EXPECT_FALSE(router.skips_rows("tidb_binlog", "checkpoint_other"));
  EXPECT_FALSE(router.skips_rows("tidb_binlog", "check"));
  EXPECT_TRUE(router.skips_ddl("tidb_binlog", "")) << "dropping it would drop ours";
}

TEST(RouterTest, LoopMarksTravelButTheirTableDoesNot) {
  Router router(make({}), {"tidb_binlog", "checkpoint"});
  EXPECT_TRUE(router.skips_ddl("retl", "_drainer_repl_mark"));
  EXPECT_FALSE(router.skips_rows("retl", "_drainer_repl_mark"));
  EXPECT_FALSE(router.skips_ddl("retl", ""));
}

TEST(RouterTest, TheUsersFilterCountsToo) {
  Router router(make({.ignore_schemas = {"mysql"}}), {"tidb_binlog", "checkpoint"});
  EXPECT_TRUE(router.skips_rows("mysql", "user"));
  EXPECT_TRUE(router.skips_ddl("mysql", ""));
}

}  // namespace
}  // namespace tbl::drainer
