// Which account a client gets and what it may do.
#include "tidb/privilege/privileges.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tidb/privilege/password.h"
#include "tidb/privilege/privilege_manager.h"

namespace tbl::tidb {
namespace {

using testing::ElementsAre;

TEST(Pattern, HostsAndDatabases) {
  EXPECT_TRUE(matches_pattern("%", ""));
  EXPECT_TRUE(matches_pattern("10.0.%", "10.0.3.4"));
  EXPECT_FALSE(matches_pattern("10.0.%", "10.1.3.4"));
  EXPECT_TRUE(matches_pattern("A_C", "abc"));
  EXPECT_FALSE(matches_pattern("a\\_c", "abc"));
  EXPECT_TRUE(matches_pattern("a\\_c", "a_c"));
  EXPECT_TRUE(matches_pattern("%x%y", "axbxcy"));
  EXPECT_FALSE(matches_pattern("%x%y", "axbxc"));
  EXPECT_FALSE(matches_pattern("", "a"));
}

TEST(HostTest, Matches) {
  EXPECT_TRUE(matches_host("%", "10.1.2.3"));
  EXPECT_TRUE(matches_host("10.1.%", "10.1.2.3"));
  EXPECT_FALSE(matches_host("10.1.%", "10.2.2.3"));
  EXPECT_TRUE(matches_host("localhost", "127.0.0.1"));
  EXPECT_TRUE(matches_host("10.1.0.0/255.255.0.0", "10.1.2.3"));
  EXPECT_FALSE(matches_host("10.1.0.0/255.255.0.0", "10.2.2.3"));
  EXPECT_TRUE(matches_host("10.1.2.0/24", "10.1.2.255"));
  EXPECT_FALSE(matches_host("10.1.2.0/24", "10.1.3.0"));
  EXPECT_TRUE(matches_host("0.0.0.0/0", "10.1.3.0"));
  EXPECT_FALSE(matches_host("10.1.2.0/33", "10.1.2.0"));
  EXPECT_FALSE(matches_host("10.1.2.0/x", "10.1.2.0"));
  EXPECT_FALSE(matches_host("/", "10.1.2.0"));
  EXPECT_FALSE(matches_host("10.0.0.0/8", "::1"));
}

/// Rows of the four tables by the text of the query.
QueryRunner tables(std::map<std::string, TextResult> results) {
  return [results](const std::string& sql) -> Result<TextResult> {
    for (const auto& [table, result] : results) {
      if (sql.ends_with("mysql." + table)) return result;
    }
    return TextResult();
  };
}

class ManagerTest : public testing::Test {
 protected:
  ManagerTest() : manager_(false) {
    TextResult users;
    users.columns = {"Host", "User", "Password", "Select_priv", "Super_priv", "Grant_priv"};
    users.rows = {{"%", "root", "", "Y", "Y", "Y"},
                  {"%", "ann", native_hash("a"), "N", "N", "N"},
                  {"10.0.%", "ann", native_hash("b"), "N", "N", "N"},
                  {"10.0.0.1", "ann", native_hash("c"), "N", "N", "N"},
                  {"localhost", "loc", "", "N", "N", "N"},
                  {"172.16.0.0/255.240.0.0", "ann", native_hash("d"), "N", "N", "N"},
                  {"172.16.0.1", "", "", "N", "N", "N"},
                  {"%", "new", sha2_hash("s"), "N", "N", "N"}};
    TextResult dbs;
    dbs.columns = {"Host", "DB", "User", "Select_priv", "Insert_priv", "Grant_priv"};
    dbs.rows = {{"%", "shop%", "ann", "Y", "Y", "Y"}};
    TextResult grants;
    grants.columns = {"Host", "DB", "User", "Table_name", "Table_priv", "Column_priv"};
    grants.rows = {{"%", "other", "ann", "t", "Select,Create View", "Update"}};
    TextResult columns;
    columns.columns = {"Host", "DB", "User", "Table_name", "Column_name", "Column_priv"};
    columns.rows = {{"%", "other", "ann", "t", "c", "Update"}};
    EXPECT_TRUE(
        manager_
            .reload(tables(
                {{"user", users}, {"db", dbs}, {"tables_priv", grants}, {"columns_priv", columns}}))
            .ok());
  }

  PrivilegeManager manager_;
  const AccountName ann_{"ann", "%"};
  const AccountName root_{"root", "%"};
};

TEST_F(ManagerTest, TheMostSpecificHostIsTheAccount) {
  EXPECT_EQ(manager_.match("ann", "10.0.0.1")->name.host, "10.0.0.1");
  EXPECT_EQ(manager_.match("ann", "10.0.0.2")->name.host, "10.0.%");
  EXPECT_EQ(manager_.match("ann", "192.168.0.1")->name.host, "%");
  EXPECT_EQ(manager_.match("loc", "127.0.0.1")->name.host, "localhost");
  EXPECT_FALSE(manager_.match("loc", "10.0.0.1"));
  EXPECT_FALSE(manager_.match("nobody", "10.0.0.1"));
  EXPECT_EQ(manager_.match("ann", "172.31.0.1")->name.host, "172.16.0.0/255.240.0.0");
  EXPECT_EQ(manager_.match("ann", "172.32.0.1")->name.host, "%");
  EXPECT_EQ(manager_.match("nobody", "172.16.0.1")->name.user, "") << "anybody from there";
  EXPECT_EQ(manager_.match("ann", "172.16.0.1")->name.user, "") << "the host counts more";
}

TEST_F(ManagerTest, RightsByLevel) {
  EXPECT_TRUE(manager_.has_global(root_, kPrivSelect | kPrivSuper));
  EXPECT_FALSE(manager_.has_global(ann_, kPrivSelect));
  EXPECT_TRUE(manager_.has_on_database(ann_, "SHOP1", kPrivInsert));
  EXPECT_FALSE(manager_.has_on_database(ann_, "shop1", kPrivDelete));
  EXPECT_TRUE(manager_.has_on_table(ann_, "shop1", "any", kPrivSelect));
  EXPECT_TRUE(manager_.has_on_table(ann_, "other", "T", kPrivSelect | kPrivCreateView));
  EXPECT_FALSE(manager_.has_on_table(ann_, "other", "t", kPrivUpdate)) << "only on a column";
  EXPECT_FALSE(manager_.has_on_table(ann_, "other", "u", kPrivSelect));
}

TEST_F(ManagerTest, WhatIsSeen) {
  EXPECT_TRUE(manager_.sees_database(ann_, "other"));
  EXPECT_FALSE(manager_.sees_database(ann_, "mysql"));
  EXPECT_TRUE(manager_.sees_database(root_, "mysql"));
  EXPECT_TRUE(manager_.sees_table(ann_, "other", "t"));
  EXPECT_FALSE(manager_.sees_table(ann_, "other", "u"));
  EXPECT_TRUE(manager_.sees_column(ann_, "other", "t", "d")) << "by the right on the table";
  EXPECT_FALSE(manager_.sees_column(ann_, "other", "u", "d"));
}

TEST_F(ManagerTest, RightsOnColumns) {
  const auto text = [](const Status& s) { return std::to_string(s.detail()) + " " + s.message(); };
  const PrivilegeManager::TableCheck update{"other", "t", kPrivUpdate, "UPDATE"};
  const std::vector<std::string> c = {"C"};
  const std::vector<std::string> cd = {"c", "d"};
  EXPECT_TRUE(manager_.check_columns(ann_, update, {{}, false}).ok()) << "some column is enough";
  EXPECT_TRUE(manager_.check_columns(ann_, update, {c, false}).ok());
  EXPECT_EQ(text(manager_.check_columns(ann_, update, {cd, false})),
            "1143 UPDATE command denied to user 'ann'@'%' for column 'd' in table 't'");
  EXPECT_EQ(text(manager_.check_columns(ann_, update, {cd, true})),
            "1142 UPDATE command denied to user 'ann'@'%' for table 't'");
  EXPECT_EQ(text(manager_.check_columns(ann_, {"other", "t", kPrivInsert, "INSERT"}, {c, false})),
            "1142 INSERT command denied to user 'ann'@'%' for table 't'");
  EXPECT_TRUE(manager_.check_columns(ann_, {"other", "t", kPrivSelect, "SELECT"}, {cd, true}).ok());
}

TEST_F(ManagerTest, ErrorsAreMysqls) {
  const auto text = [](const Status& s) { return std::to_string(s.detail()) + " " + s.message(); };
  EXPECT_EQ(text(manager_.check_database(ann_, "mysql", kPrivCreate)),
            "1044 Access denied for user 'ann'@'%' to database 'mysql'");
  EXPECT_EQ(text(manager_.check_table(ann_, {"mysql", "user", kPrivSelect, "SELECT"})),
            "1142 SELECT command denied to user 'ann'@'%' for table 'user'");
  EXPECT_EQ(text(manager_.check_global(ann_, kPrivSuper, "SUPER")),
            "1227 Access denied; you need (at least one of) the SUPER privilege(s) for this "
            "operation");
}

TEST_F(ManagerTest, ShowGrants) {
  const auto tables = manager_.tables();
  EXPECT_THAT(tables->show_grants(*tables->find(ann_)),
              ElementsAre("GRANT USAGE ON *.* TO 'ann'@'%'",
                          "GRANT SELECT,INSERT ON `shop%`.* TO 'ann'@'%' WITH GRANT OPTION",
                          "GRANT SELECT,CREATE VIEW ON `other`.`t` TO 'ann'@'%'",
                          "GRANT UPDATE(c) ON `other`.`t` TO 'ann'@'%'"));
  UserRecord all = *tables->find(root_);
  all.privileges = all_of(kLevelGlobal) | kPrivGrant;
  EXPECT_EQ(tables->show_grants(all)[0],
            "GRANT ALL PRIVILEGES ON *.* TO 'root'@'%' WITH GRANT OPTION");
}

TEST_F(ManagerTest, Sha2PasswordsAreAskedForOnce) {
  using Check = PrivilegeManager::Check;
  const UserRecord user = *manager_.match("new", "10.0.0.1");
  EXPECT_EQ(user.plugin, "caching_sha2_password");
  const std::string wrong_answer(32, 'x');
  EXPECT_EQ(manager_.check_response(user, "salt", wrong_answer), Check::kWantsClearText);
  EXPECT_EQ(manager_.check_clear_text(user, "wrong"), Check::kWrong);
  EXPECT_EQ(manager_.check_clear_text(user, "s"), Check::kRight);
  EXPECT_EQ(manager_.check_response(user, "salt", ""), Check::kWrong);
}

TEST(Skip, EverythingIsAllowed) {
  PrivilegeManager manager(true);
  EXPECT_TRUE(manager.match("who", "1.2.3.4"));
  EXPECT_TRUE(manager.has_global({"who", "%"}, kPrivSuper));
  EXPECT_TRUE(manager.check_table({"who", "%"}, {"a", "b", kPrivDrop, "DROP"}).ok());
}

}  // namespace
}  // namespace tbl::tidb
