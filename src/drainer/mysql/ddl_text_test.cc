#include "drainer/mysql/ddl_text.h"

#include <gtest/gtest.h>

namespace tbl::mysql {
namespace {

TEST(DdlText, FindsCreateDatabase) {
  EXPECT_TRUE(is_create_database("/* x */ create  Database if not exists d"));
  EXPECT_TRUE(is_create_database("CREATE SCHEMA d"));
  EXPECT_FALSE(is_create_database("CREATE TABLE `database` (a INT)"));
  EXPECT_FALSE(is_create_database("DROP DATABASE d"));
}

TEST(DdlText, FindsTiFlashReplica) {
  EXPECT_TRUE(is_tiflash_replica("ALTER TABLE `a`.`b` SET TIFLASH REPLICA 1;"));
  EXPECT_TRUE(is_tiflash_replica("alter table b set tiflash replica 2"));
  EXPECT_FALSE(is_tiflash_replica("ALTER TABLE b ADD c INT"));
}

TEST(DdlText, OtherStatementsAreUnchanged) {
  for (std::string_view sql :
       {"CREATE TABLE `t` (`id` BIGINT /*T![auto_rand] AUTO_RANDOM(5) */ PRIMARY KEY);",
        "create table t (a varchar(20) comment 'placement policy p1')",
        "alter table ttl add a int"}) {
    EXPECT_EQ(adapt_ddl(sql), sql);
  }
}

TEST(DdlText, PlacementIsTakenOut) {
  EXPECT_EQ(adapt_ddl("CREATE TABLE `t` (`a` INT) /*T![placement] PLACEMENT POLICY = `p1` */;"),
            "CREATE TABLE `t` (`a` INT) ;");
  EXPECT_EQ(adapt_ddl("create table t (a int) placement policy p1"), "create table t (a int) ");
  EXPECT_EQ(adapt_ddl("create table t (a int) placement policy = `p1` comment 'x'"),
            "create table t (a int)  comment 'x'");
  EXPECT_EQ(adapt_ddl("/*T![placement] CREATE PLACEMENT POLICY `pp1` FOLLOWERS = 1 */;"), "");
  EXPECT_EQ(adapt_ddl("create placement policy p followers=1"), "");
}

TEST(DdlText, TtlIsSwitchedOff) {
  EXPECT_EQ(adapt_ddl("CREATE TABLE `t` (`c` DATETIME) /*T![ttl] TTL = `c` + INTERVAL 1 DAY */;"),
            "CREATE TABLE `t` (`c` DATETIME) /*T![ttl] TTL = `c` + INTERVAL 1 DAY */ /*T![ttl] "
            "TTL_ENABLE = 'OFF' */;");
  EXPECT_EQ(adapt_ddl("ALTER TABLE `t` /*T![ttl] TTL_ENABLE = 'ON' */"),
            "ALTER TABLE `t` /*T![ttl] TTL_ENABLE = 'OFF' */");
  std::string off = "ALTER TABLE `t` /*T![ttl] TTL_ENABLE = 'OFF' */";
  EXPECT_EQ(adapt_ddl(off), off);
}

}  // namespace
}  // namespace tbl::mysql
