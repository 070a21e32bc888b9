#include "tidb/ast/account.h"

#include <gtest/gtest.h>

#include "tidb/parser/parser_testing.h"

namespace tbl::tidb {
namespace {

using namespace ast;

TEST(User, Create) {
  auto node = parse_as<CreateUserStatement>(
      "create user if not exists 'a'@'%' identified by 'p', b@localhost identified with "
      "mysql_native_password as '*0A', `c`@127.0.0.1 identified by password '*0B', d require ssl "
      "with "
      "max_queries_per_hour 1 password expire never account lock");
  ASSERT_NE(node, nullptr);
  EXPECT_TRUE(node->if_not_exists);
  ASSERT_EQ(node->users.size(), 4U);
  EXPECT_EQ(node->users[0].user.user, "a");
  EXPECT_EQ(node->users[0].user.host, "%");
  EXPECT_EQ(node->users[0].password, "p");
  EXPECT_EQ(node->users[1].user.host, "localhost");
  EXPECT_EQ(node->users[1].plugin, "mysql_native_password");
  EXPECT_EQ(node->users[1].auth_string, "*0A");
  EXPECT_EQ(node->users[2].user.host, "127.0.0.1");
  EXPECT_EQ(node->users[2].auth_string, "*0B");
  EXPECT_EQ(node->users[3].user.host, "%");
  EXPECT_FALSE(node->users[3].password.has_value());
  EXPECT_EQ(node->locked, true);
  EXPECT_TRUE(parse_as<CreateUserStatement>("create role r")->is_role);
}

TEST(User, AlterDropRename) {
  auto alter =
      parse_as<AlterUserStatement>("alter user if exists u identified by 'x' account unlock");
  EXPECT_TRUE(alter->if_exists);
  EXPECT_EQ(alter->locked, false);
  EXPECT_TRUE(
      parse_as<AlterUserStatement>("alter user user() identified by 'x'")->users[0].user.current);
  EXPECT_EQ(parse_as<DropUserStatement>("drop user if exists a, 'b'@'c'")->users.size(), 2U);
  EXPECT_EQ(parse_as<RenameUserStatement>("rename user a to b, c to d")->pairs.size(), 2U);
}

TEST(Grant, Levels) {
  const auto level = [](const char* on) {
    auto node = parse_as<GrantStatement>(std::string("grant select on ") + on + " to u");
    return std::to_string(static_cast<int>(node->level.kind)) + " " + node->level.database + "." +
           node->level.table;
  };
  EXPECT_EQ(level("*.*"), "0 .");
  EXPECT_EQ(level("*"), "1 .");
  EXPECT_EQ(level("d.*"), "1 d.");
  EXPECT_EQ(level("`d`.t"), "2 d.t");
  EXPECT_EQ(level("table t"), "2 .t");
}

TEST(Grant, PrivilegesAndOptions) {
  auto node = parse_as<GrantStatement>(
      "grant select (a, b), create temporary tables, all privileges on d.* to 'u'@'%' identified "
      "by "
      "'p' with grant option max_user_connections 2");
  ASSERT_NE(node, nullptr);
  ASSERT_EQ(node->privileges.size(), 3U);
  EXPECT_EQ(node->privileges[0].columns.size(), 2U);
  EXPECT_EQ(node->privileges[1].name, "CREATE TEMPORARY TABLES");
  EXPECT_EQ(node->privileges[2].name, "ALL");
  EXPECT_EQ(node->users[0].password, "p");
  EXPECT_TRUE(node->with_grant_option);
}

TEST(Revoke, Forms) {
  auto node = parse_as<RevokeStatement>("revoke insert, update on *.* from a, b");
  EXPECT_EQ(node->users.size(), 2U);
  node = parse_as<RevokeStatement>("revoke all privileges, grant option from u");
  EXPECT_TRUE(node->everywhere);
  EXPECT_FALSE(parse_as<RevokeStatement>("revoke all, grant option on *.* from u")->everywhere);
}

TEST(Roles, GrantAndRevoke) {
  EXPECT_EQ(parse_as<GrantRoleStatement>("grant r, 's'@'%' to u")->roles.size(), 2U);
  EXPECT_EQ(parse_as<RevokeRoleStatement>("revoke r from u, v")->users.size(), 2U);
}

class NoAccount : public testing::TestWithParam<const char*> {};

TEST_P(NoAccount, IsRefused) { EXPECT_NE(parse_error(GetParam()), ""); }

INSTANTIATE_TEST_SUITE_P(Account, NoAccount,
                         testing::Values("create user", "create user a identified",
                                         "create user a identified by p", "drop user", "grant",
                                         "grant select on to u", "grant select on t",
                                         "grant on t to u", "revoke select on t",
                                         "revoke select from u", "revoke all from u",
                                         "rename user a", "create user a foo",
                                         "grant select on d.t.u to v"));

}  // namespace
}  // namespace tbl::tidb
