#include "drainer/event_filter.h"

#include <gtest/gtest.h>

namespace tbl::drainer {
namespace {

using schema::ActionType;

constexpr RowKinds kInserts = 1;
constexpr RowKinds kUpdates = 2;
constexpr RowKinds kDeletes = 4;

/// One event rule on one pattern.
EventFilter make(EventRuleConfig rule, const std::string& schema, const std::string& table) {
  EventFilterConfig config;
  config.rules["r"] = std::move(rule);
  config.migrate = {{{"r"}, schema, table}};
  auto filter = EventFilter::make(config);
  EXPECT_TRUE(filter.ok()) << filter.status().to_string();
  return std::move(filter).value();
}

std::string error_of(const EventRuleConfig& rule, const std::string& name = "r",
                     const std::string& schema = "s") {
  EventFilterConfig config;
  config.rules["r"] = rule;
  config.migrate = {{{name}, schema, ""}};
  return EventFilter::make(config).status().message();
}

TEST(EventFilterTest, Patterns) {
  EXPECT_TRUE(matches_pattern("abc", "abc"));
  EXPECT_FALSE(matches_pattern("abc", "abcd"));
  EXPECT_FALSE(matches_pattern("abcd", "abc"));
  EXPECT_TRUE(matches_pattern("ab*", "ab"));
  EXPECT_TRUE(matches_pattern("ab*", "abxyz"));
  EXPECT_TRUE(matches_pattern("*", ""));
  EXPECT_TRUE(matches_pattern("a?c", "axc"));
  EXPECT_FALSE(matches_pattern("a?c", "ac"));
  EXPECT_TRUE(matches_pattern("t[0-3]", "t2"));
  EXPECT_FALSE(matches_pattern("t[0-3]", "t4"));
  EXPECT_TRUE(matches_pattern("t[!0-3x]*", "t4z"));
  EXPECT_FALSE(matches_pattern("t[!0-3x]*", "tx"));
  EXPECT_TRUE(matches_pattern("t[", "t["));
}

TEST(EventFilterTest, KindsOfRows) {
  auto filter = make({.ignore_events = {"Delete", "update"}}, "Test*", "t?");
  EXPECT_EQ(filter.ignored_rows("test_1", "T1"), kUpdates | kDeletes);
  EXPECT_EQ(filter.ignored_rows("test_1", "t10"), kNoRows);
  EXPECT_EQ(filter.ignored_rows("other", "t1"), kNoRows);
  EXPECT_EQ(make({.ignore_events = {"all dml"}}, "s", "").ignored_rows("s", "any"), kAllRows);
  EXPECT_EQ(make({.ignore_events = {"all"}}, "s", "t").ignored_rows("s", "t"), kAllRows);
  EXPECT_EQ(make({.ignore_events = {"none dml", "insert"}}, "s", "").ignored_rows("s", "t"),
            kNoRows);
  EXPECT_EQ(make({.ignore_events = {"insert"}}, "s", "").ignored_rows("s", "t"), kInserts);
}

TEST(EventFilterTest, CaseCountsOnRequest) {
  EventFilterConfig config;
  config.rules["r"] = {.ignore_events = {"insert"}};
  config.migrate = {{{"r"}, "S", "T"}};
  config.case_sensitive = true;
  auto filter = EventFilter::make(config);
  EXPECT_EQ(filter->ignored_rows("S", "T"), kInserts);
  EXPECT_EQ(filter->ignored_rows("s", "T"), kNoRows);
}

TEST(EventFilterTest, StatementsByKindAndByText) {
  auto by_kind = make({.ignore_events = {"truncate table", "drop schema"}}, "s", "");
  EXPECT_TRUE(by_kind.ignores_ddl("s", "t", "TRUNCATE t", ActionType::kTruncateTable));
  EXPECT_TRUE(by_kind.ignores_ddl("s", "", "drop database s", ActionType::kDropSchema));
  EXPECT_FALSE(by_kind.ignores_ddl("s", "t", "drop table t", ActionType::kDropTable));

  auto by_text = make({.ignore_sql = {"alter table .* add column aaa int", "^drop"}}, "s", "t*");
  EXPECT_TRUE(
      by_text.ignores_ddl("s", "t1", "ALTER TABLE t1 ADD COLUMN aaa INT", ActionType::kAddColumn));
  EXPECT_FALSE(
      by_text.ignores_ddl("s", "t1", "alter table t1 add column bbb int", ActionType::kAddColumn));
  EXPECT_TRUE(by_text.ignores_ddl("s", "t1", "drop nonsense", ActionType::kNone));
  EXPECT_FALSE(by_text.ignores_ddl("s", "", "drop database s", ActionType::kDropSchema))
      << "a rule for tables";
}

TEST(EventFilterTest, KindsOfStatements) {
  EXPECT_EQ(ddl_event("CREATE DATABASE IF NOT EXISTS d", ActionType::kCreateSchema),
            "create database");
  EXPECT_EQ(ddl_event("create schema d", ActionType::kCreateSchema), "create database");
  EXPECT_EQ(ddl_event("alter schema d charset utf8", ActionType::kModifySchemaCharset),
            "alter database");
  EXPECT_EQ(ddl_event("/* x */ create\n table t(a int)", ActionType::kCreateTable), "create table");
  EXPECT_EQ(ddl_event("-- x\ncreate unique index i on t(a)", ActionType::kAddIndex),
            "create index");
  EXPECT_EQ(
      ddl_event("create or replace algorithm = merge view v as select 1", ActionType::kCreateView),
      "create view");
  EXPECT_EQ(ddl_event("drop index i on t", ActionType::kDropIndex), "drop index");
  EXPECT_EQ(ddl_event("alter table t add index i(a)", ActionType::kAddIndex), "alter table");
  EXPECT_EQ(ddl_event("alter table t add partition (x)", ActionType::kAddTablePartition),
            "add table partition");
  EXPECT_EQ(ddl_event("alter table t truncate partition p", ActionType::kTruncateTablePartition),
            "truncate table partition");
  EXPECT_EQ(ddl_event("rename table a to b", ActionType::kRenameTable), "rename table");
  EXPECT_EQ(ddl_event("create sequence s", ActionType::kCreateSequence), "");
  EXPECT_EQ(ddl_event("", ActionType::kNone), "");
}

TEST(EventFilterTest, ErrorsAreTheOriginals) {
  EXPECT_EQ(error_of({.ignore_events = {"explode"}}), "event type explode not valid");
  EXPECT_EQ(error_of({}, "other"), "event filter rule name other not found");
  EXPECT_EQ(error_of({}, "r", "a*b"), "pattern a*b: * may only stand at the end");
  EXPECT_EQ(error_of({.ignore_sql = {"("}}).substr(0, 12), "ignore-sql (");
}

}  // namespace
}  // namespace tbl::drainer
