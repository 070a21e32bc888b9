#include "drainer/mysql/ddl_text.h"

#include <gtest/gtest.h>

namespace tbl::mysql {
namespace {

std::string adapt(std::string_view sql) { return adapt_ddl(ServerKind::kMySql, sql); }

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
    EXPECT_EQ(adapt(sql), sql);
  }
}

TEST(DdlText, TiDbsVersionIsNoneOfMySql) {
  std::string_view sql =
      "create table t (a int) /*!90000 shard_row_id_bits = 4 */ /*!40101 charset=utf8 */";
  EXPECT_EQ(adapt(sql),
            "create table t (a int) /* shard_row_id_bits = 4 */ /*!40101 charset=utf8 */");
  EXPECT_EQ(adapt_ddl(ServerKind::kTiDb, sql), sql);
}

TEST(DdlText, PlacementIsTakenOut) {
  EXPECT_EQ(adapt("CREATE TABLE `t` (`a` INT) /*T![placement] PLACEMENT POLICY = `p1` */;"),
            "CREATE TABLE `t` (`a` INT) ;");
  EXPECT_EQ(adapt("create table t (a int) placement policy p1"), "create table t (a int) ");
  EXPECT_EQ(adapt("create table t (a int) placement policy = `p1` comment 'x'"),
            "create table t (a int)  comment 'x'");
  EXPECT_EQ(adapt("/*T![placement] CREATE PLACEMENT POLICY `pp1` FOLLOWERS = 1 */;"), "");
  EXPECT_EQ(adapt("create placement policy p followers=1"), "");
}

TEST(DdlText, TtlIsSwitchedOff) {
  EXPECT_EQ(adapt("CREATE TABLE `t` (`c` DATETIME) /*T![ttl] TTL = `c` + INTERVAL 1 DAY */;"),
            "CREATE TABLE `t` (`c` DATETIME) /*T![ttl] TTL = `c` + INTERVAL 1 DAY */ /*T![ttl] "
            "TTL_ENABLE = 'OFF' */;");
  EXPECT_EQ(adapt("ALTER TABLE `t` /*T![ttl] TTL_ENABLE = 'ON' */"),
            "ALTER TABLE `t` /*T![ttl] TTL_ENABLE = 'OFF' */");
  std::string off = "ALTER TABLE `t` /*T![ttl] TTL_ENABLE = 'OFF' */";
  EXPECT_EQ(adapt(off), off);
}

TEST(DdlText, MariaDbHasOtherWords) {
  auto in_mariadb = [](std::string_view sql) { return adapt_ddl(ServerKind::kMariaDb, sql); };
  EXPECT_EQ(in_mariadb("ALTER TABLE `d`.`t` ALTER INDEX `k` INVISIBLE;"),
            "ALTER TABLE `d`.`t` ALTER INDEX `k` IGNORED;");
  EXPECT_EQ(in_mariadb("alter table t add a int, alter index k visible, drop check c"),
            "alter table t add a int, alter index k NOT IGNORED, drop CONSTRAINT c");
  EXPECT_EQ(in_mariadb("ALTER TABLE t ADD `drop` INT, DROP a"),
            "ALTER TABLE t ADD `drop` INT, DROP a");
  EXPECT_EQ(in_mariadb("ALTER TABLE t"), "ALTER TABLE t");
  EXPECT_EQ(in_mariadb("CREATE TABLE t (enforced INT,CHECK(a>0) ENFORCED, CHECK(b) not enforced);"),
            "CREATE TABLE t (enforced INT,CHECK(a>0) , CHECK(b)  );");
  EXPECT_EQ(adapt("ALTER TABLE t DROP CHECK c"), "ALTER TABLE t DROP CHECK c");
}

TEST(DdlText, WhatOnlyTiDbHasIsForeignToOthers) {
  const std::string temporary = "CREATE GLOBAL TEMPORARY TABLE g (a INT) ON COMMIT DELETE ROWS";
  EXPECT_TRUE(is_foreign_to(ServerKind::kMySql, temporary));
  EXPECT_TRUE(is_foreign_to(ServerKind::kMariaDb, "admin repair table t create table t (a int)"));
  EXPECT_FALSE(is_foreign_to(ServerKind::kTiDb, temporary));
  EXPECT_TRUE(is_foreign_to(ServerKind::kMySql, "CREATE SEQUENCE s"));
  EXPECT_TRUE(is_foreign_to(ServerKind::kMariaDb, "ALTER TABLE `t` ALTER CHECK `c` ENFORCED"));
  EXPECT_FALSE(is_foreign_to(ServerKind::kMariaDb, "DROP SEQUENCE s"));
  EXPECT_FALSE(is_foreign_to(ServerKind::kMySql, "ALTER TABLE t ADD sequence INT"));
}

}  // namespace
}  // namespace tbl::mysql
