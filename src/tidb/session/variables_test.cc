// System variables: what may be assigned, what goes together, what is kept.
#include <gtest/gtest.h>

#include "tidb/session/global_variables.h"
#include "tidb/session/session_variables.h"
#include "tidb/session/system_variables.h"

namespace tbl::tidb {
namespace {

std::string normalized(const char* name, Value value) {
  const SystemVariable* variable = find_system_variable(name);
  if (variable == nullptr) return "no variable";
  bool clipped = false;
  const auto text = normalize_variable(*variable, value, &clipped);
  if (!text.ok()) return "error " + std::to_string(text.status().detail());
  return *text + (clipped ? " clipped" : "");
}

TEST(SystemVariables, StandardsAreTidbs) {
  const auto standard = [](const char* name) { return find_system_variable(name)->standard; };
  EXPECT_EQ(standard("tx_isolation"), "REPEATABLE-READ");
  EXPECT_EQ(standard("max_allowed_packet"), "67108864");
  EXPECT_EQ(standard("lower_case_table_names"), "2");
  EXPECT_EQ(standard("tidb_txn_mode"), "pessimistic");
  EXPECT_EQ(standard("version_comment"), "MySQL Community Server (Apache License 2.0)");
  EXPECT_EQ(find_system_variable("no_such"), nullptr);
}

TEST(SystemVariables, EveryStandardIsAValidValue) {
  for (const SystemVariable& variable : all_system_variables()) {
    bool clipped = false;
    const auto text =
        normalize_variable(variable, Value::of_string(std::string(variable.standard)), &clipped);
    ASSERT_TRUE(text.ok()) << variable.name << ": " << text.status().to_string();
    EXPECT_EQ(*text, variable.standard) << variable.name;
    EXPECT_FALSE(clipped) << variable.name;
  }
}

TEST(SystemVariables, Normalizes) {
  EXPECT_EQ(normalized("autocommit", Value::of_int(1)), "ON");
  EXPECT_EQ(normalized("autocommit", Value::of_string("off")), "OFF");
  EXPECT_EQ(normalized("autocommit", Value::of_string("maybe")), "error 1231");
  EXPECT_EQ(normalized("wait_timeout", Value::of_int(-5)), "0 clipped");
  EXPECT_EQ(normalized("wait_timeout", Value::of_string("x")), "error 1232");
  EXPECT_EQ(normalized("tx_isolation", Value::of_string("read-committed")), "READ-COMMITTED");
  EXPECT_EQ(normalized("binlog_format", Value::of_int(2)), "ROW");
  EXPECT_EQ(normalized("max_join_size", Value::of_uint(UINT64_MAX)), "18446744073709551615");
  EXPECT_EQ(normalized("tidb_snapshot", Value::null()), "");
}

TEST(SessionVariables, ThatGoTogether) {
  GlobalVariables globals;
  SessionVariables variables(globals);
  ASSERT_TRUE(variables.set("character_set_connection", "latin1").ok());
  EXPECT_EQ(variables.get("collation_connection"), "latin1_bin");
  ASSERT_TRUE(variables.set("collation_connection", "utf8mb4_general_ci").ok());
  EXPECT_EQ(variables.get("character_set_connection"), "utf8mb4");
  ASSERT_TRUE(variables.set("tx_isolation", "READ-COMMITTED").ok());
  EXPECT_EQ(variables.get("transaction_isolation"), "READ-COMMITTED");
}

TEST(SessionVariables, ParsedOnes) {
  GlobalVariables globals;
  SessionVariables variables(globals);
  EXPECT_EQ(variables.sql_mode(), kDefaultSqlMode);
  ASSERT_TRUE(variables.set("sql_mode", "ansi_quotes").ok());
  EXPECT_EQ(variables.get("sql_mode"), "ANSI_QUOTES");
  EXPECT_EQ(variables.sql_mode(), kModeAnsiQuotes);
  ASSERT_TRUE(variables.set("time_zone", "+08:00").ok());
  EXPECT_EQ(variables.time_zone().offset_at(0), 8 * 3600);
  ASSERT_TRUE(variables.set("autocommit", "OFF").ok());
  EXPECT_FALSE(variables.autocommit());
}

TEST(SessionVariables, RefusesWithMysqlsErrors) {
  GlobalVariables globals;
  SessionVariables variables(globals);
  EXPECT_EQ(variables.set("sql_mode", "nonsense").detail(), 1231);
  EXPECT_EQ(variables.set("time_zone", "Nowhere/Land").detail(), 1298);
  EXPECT_EQ(variables.set("character_set_client", "klingon").detail(), 1115);
  EXPECT_EQ(variables.set("collation_server", "klingon_ci").detail(), 1273);
  EXPECT_EQ(variables.set("tx_isolation", "SERIALIZABLE").detail(), 8048);
  EXPECT_EQ(variables.get("time_zone"), "SYSTEM") << "a refused value changes nothing";
}

TEST(GlobalVariables, AreSavedBeforeTheyCount) {
  GlobalVariables globals;
  std::string saved;
  bool broken = false;
  globals.set_save([&](const std::string& name, const std::string& value) {
    if (broken) return internal_error("disk");
    saved = name + "=" + value;
    return ok_status();
  });
  ASSERT_TRUE(globals.set("wait_timeout", "7").ok());
  EXPECT_EQ(saved, "wait_timeout=7");
  EXPECT_EQ(SessionVariables(globals).get_int("wait_timeout"), 7);
  broken = true;
  EXPECT_FALSE(globals.set("wait_timeout", "8").ok());
  EXPECT_EQ(globals.get("wait_timeout"), "7");
}

TEST(GlobalVariables, StoredOnesOfUnknownNamesAreLeftOut) {
  GlobalVariables globals;
  globals.load({{"wait_timeout", "9"}, {"from_the_future", "1"}, {"version", "lie"}});
  EXPECT_EQ(globals.get("wait_timeout"), "9");
  EXPECT_EQ(globals.get("from_the_future"), "");
  EXPECT_NE(globals.get("version"), "lie");
}

}  // namespace
}  // namespace tbl::tidb
