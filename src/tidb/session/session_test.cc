// Statements through a whole session, over a store in memory.
#include "tidb/session/session.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "tidb/session/test_server.h"

namespace tbl::tidb {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

class SessionTest : public TestServerSuite {};

TEST_F(SessionTest, TheTutorial) {
  TestConnection c(*server_);
  EXPECT_EQ(c.run("create database tidbtest"), "ok 0");
  EXPECT_EQ(c.run("use tidbtest"), "ok 0");
  EXPECT_EQ(c.run("create table t1 (id int unsigned not null auto_increment primary key)"), "ok 0");
  EXPECT_EQ(c.run("insert into t1 () values (),(),(),(),()"), "ok 5");
  EXPECT_EQ(c.run("select * from t1"), "1;2;3;4;5");
  EXPECT_EQ(c.run("select last_insert_id(), row_count()"), "1,-1");
  EXPECT_EQ(c.run("show tables"), "t1");
  EXPECT_EQ(c.run("drop database tidbtest"), "ok 0");
  EXPECT_EQ(c.run("select database()"), "NULL");
  EXPECT_THAT(c.run("show tables"), StartsWith("error 1046"));
}

TEST_F(SessionTest, TransactionsAndSavepoints) {
  TestConnection c(*server_);
  c.run("create table tx (a int primary key)");
  EXPECT_EQ(c.run("begin; insert into tx values (1); rollback; select count(*) from tx"),
            "ok 0 | ok 1 | ok 0 | 0");
  c.run("begin; insert into tx values (1); savepoint s; insert into tx values (2)");
  EXPECT_EQ(c.session().server_status(), 3);
  EXPECT_EQ(c.run("rollback to s; select * from tx"), "ok 0 | 1");
  EXPECT_EQ(c.run("release savepoint s; rollback to s"),
            "ok 0 | error 1305 SAVEPOINT s does not exist");
  c.run("commit");
  EXPECT_EQ(c.session().server_status(), 2);
  EXPECT_EQ(c.run("select * from tx"), "1");
}

TEST_F(SessionTest, AutocommitOffAndImplicitCommit) {
  TestConnection a(*server_);
  TestConnection b(*server_);
  a.run("create table ac (a int primary key)");
  a.run("set autocommit = 0; insert into ac values (1)");
  EXPECT_EQ(b.run("select count(*) from ac"), "0");
  a.run("create table ac2 (a int)");
  EXPECT_EQ(b.run("select count(*) from ac"), "1") << "DDL commits";
  a.run("insert into ac values (2); set autocommit = 1");
  EXPECT_EQ(b.run("select count(*) from ac"), "2") << "so does autocommit";
}

TEST_F(SessionTest, ErrorsUndoTheStatementOnly) {
  TestConnection c(*server_);
  c.run("create table er (a int primary key)");
  c.run("begin; insert into er values (1)");
  EXPECT_EQ(c.run("insert into er values (2), (1)"),
            "error 1062 Duplicate entry '1' for key 'PRIMARY'");
  EXPECT_EQ(c.run("select * from er"), "1");
  c.run("commit");
  EXPECT_EQ(c.run("select * from er"), "1");
}

TEST_F(SessionTest, AutocommitStatementsAreRepeatedAfterConflicts) {
  TestConnection setup(*server_);
  setup.run("create table cf (a int primary key, n int); insert into cf values (1, 0)");
  constexpr int kThreads = 4;
  constexpr int kTimes = 25;
  std::vector<Thread> threads;
  std::atomic<int> done{0};
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back("adder", [&] {
      TestConnection c(*server_);
      c.run("set tidb_retry_limit = 1000");
      for (int n = 0; n < kTimes; ++n) {
        if (c.run("update cf set n = n + 1 where a = 1") == "ok 1") ++done;
      }
    });
  }
  threads.clear();
  EXPECT_EQ(done, kThreads * kTimes);
  EXPECT_EQ(setup.run("select n from cf"), std::to_string(kThreads * kTimes));
}

TEST_F(SessionTest, WhatUsersWriteIsNoCriticalError) {
  TestConnection c(*server_);
  int told = 0;
  server_->domain().on_critical_error = [&] { ++told; };
  c.run("create table words (w varchar(40) unique); insert into words values ('critical error')");
  EXPECT_THAT(c.run("insert into words values ('critical error')"), StartsWith("error 1062"));
  server_->domain().on_critical_error = nullptr;
  EXPECT_EQ(told, 0) << "the server would take no more clients";
  EXPECT_FALSE(c.session().must_close);
}

TEST_F(SessionTest, OptimisticConflictIsTold) {
  TestConnection a(*server_);
  TestConnection b(*server_);
  a.run("create table oc (a int primary key, n int); insert into oc values (1, 0)");
  a.run("begin optimistic; update oc set n = 1");
  EXPECT_EQ(b.run("update oc set n = 2"), "ok 1");
  EXPECT_THAT(a.run("commit"), StartsWith("error 9007 Write conflict"));
  EXPECT_EQ(a.run("select n from oc"), "2");
}

TEST_F(SessionTest, PessimisticLocksAreWaitedFor) {
  TestConnection a(*server_);
  TestConnection b(*server_);
  a.run("create table pe (a int primary key, n int); insert into pe values (1, 0)");
  a.run("begin pessimistic; update pe set n = n + 1");
  b.run("set innodb_lock_wait_timeout = 1; begin pessimistic");
  EXPECT_THAT(b.run("update pe set n = n + 10"), StartsWith("error 1205"));
  a.run("commit");
  EXPECT_EQ(b.run("update pe set n = n + 10; commit; select n from pe"), "ok 1 | ok 0 | 11");
}

TEST_F(SessionTest, Variables) {
  TestConnection c(*server_);
  EXPECT_EQ(c.run("select @@autocommit, @@tx_isolation, @@max_allowed_packet"),
            "1,REPEATABLE-READ,67108864");
  EXPECT_EQ(c.run("set @a = 3, @b := @a + 1; select @b, @none"), "ok 0 | 4,NULL");
  EXPECT_THAT(c.run("set no_such_thing = 1"), StartsWith("error 1193"));
  EXPECT_THAT(c.run("select @@no_such_thing"), StartsWith("error 1193"));
  EXPECT_THAT(c.run("set version = 1"), StartsWith("error 1238"));
  EXPECT_THAT(c.run("set sql_mode = 'x'"), StartsWith("error 1231"));
  EXPECT_THAT(c.run("set max_connections = 5"), StartsWith("error 1229"));
  EXPECT_EQ(c.run("set sql_mode = ''; select @@sql_mode, @@global.sql_mode = ''"), "ok 0 | ,0");
  EXPECT_EQ(c.run("set sql_mode = default; select @@sql_mode = ''"), "ok 0 | 0");
  EXPECT_EQ(c.run("set names latin1; select @@character_set_client, @@collation_connection"),
            "ok 0 | latin1,latin1_bin");
  EXPECT_EQ(c.run("show variables like 'autocommit'"), "autocommit,ON");
  EXPECT_EQ(c.run("show variables where variable_name = 'tx_isolation'"),
            "tx_isolation,REPEATABLE-READ");
  EXPECT_EQ(c.run("set last_insert_id = 9; select last_insert_id()"), "ok 0 | 9");
}

TEST_F(SessionTest, PreparedStatements) {
  TestConnection c(*server_);
  c.run(
      "create table ps (a int primary key, b varchar(10)); insert into ps values (1,'x'),(2,'y')");
  EXPECT_EQ(c.run("prepare s from 'select b from ps where a = ?'"), "ok 0");
  EXPECT_EQ(c.run("set @i = 2; execute s using @i"), "ok 0 | y");
  EXPECT_THAT(c.run("execute s"), StartsWith("error 1210"));
  EXPECT_EQ(c.run("deallocate prepare s"), "ok 0");
  EXPECT_THAT(c.run("execute s using @i"), StartsWith("error 1243"));
  EXPECT_THAT(c.run("prepare s from 'select nothing from ps'"), StartsWith("error 1054"));
  const auto id = c.session().prepare("insert into ps values (?, ?)");
  ASSERT_TRUE(id.ok());
  EXPECT_EQ(c.execute(*id, {Value::of_int(3), Value::of_string("z")}), "ok 1");
  EXPECT_EQ(c.run("select * from ps where a = 3"), "3,z");
  EXPECT_THAT(c.execute(*id, {Value::of_int(4)}), StartsWith("error 1210"));
}

TEST_F(SessionTest, IntoVariablesSendsNoRows) {
  TestConnection c(*server_);
  c.run("create table iv (a int primary key, b int); insert into iv values (1, 10), (2, 20)");
  EXPECT_EQ(c.run("select b into @b from iv where a = 2"), "ok 1");
  EXPECT_EQ(c.run("select row_count(), found_rows(), @b"), "1,1,20");
  EXPECT_EQ(c.run("select b from iv where a = 7 into @b"), "ok 0");
  EXPECT_EQ(c.run("show warnings"),
            "Warning,1329,No data - zero rows fetched, selected, or processed");
  EXPECT_EQ(c.run("set @d = date '2020-01-31'; select @d, @d + 1"), "ok 0 | 2020-01-31,2021");
  EXPECT_EQ(c.run("select a from iv into @a"), "error 1172 Result consisted of more than one row");
  EXPECT_EQ(c.run("select @a, @b"), "1,20");
  EXPECT_EQ(c.run("prepare s from 'select b into @c from iv where a = ?'"), "ok 0");
  EXPECT_EQ(c.run("set @one = 1; execute s using @one; select @c"), "ok 0 | ok 1 | 10");
  const auto id = c.session().prepare("select a, b from iv where a = ? into @x, @y");
  ASSERT_TRUE(id.ok());
  EXPECT_EQ(c.execute(*id, {Value::of_int(2)}), "ok 1");
  EXPECT_EQ(c.run("select @x, @y"), "2,20");
}

TEST_F(SessionTest, WarningsAreShown) {
  TestConnection c(*server_);
  EXPECT_EQ(c.run("select 1/0"), "NULL");
  c.run("create table if not exists wa (a int)");
  c.run("create table if not exists wa (a int)");
  EXPECT_THAT(c.run("show warnings"), HasSubstr("Note,1050,"));
  c.run("select nope");
  EXPECT_EQ(c.run("show errors"), "Error,1054,Unknown column 'nope' in 'field list'");
  EXPECT_EQ(c.run("select 1; show count(*) warnings"), "1 | 0");
}

TEST_F(SessionTest, KillEndsASleep) {
  TestConnection sleeper(*server_);
  TestConnection killer(*server_);
  std::string result;
  Thread thread("sleeper", [&] { result = sleeper.run("select sleep(100)"); });
  while (killer.run("select count(*) from information_schema.processlist") == "") {
  }
  const std::string id = std::to_string(sleeper.session().options().connection_id);
  while (sleeper.session().process().info().info.empty()) std::this_thread::yield();
  EXPECT_EQ(killer.run("kill query " + id), "ok 0");
  thread.join();
  EXPECT_THAT(result, testing::AnyOf("1", StartsWith("error 1317")));
  EXPECT_EQ(sleeper.run("select 2"), "2") << "only the statement was killed";
  EXPECT_THAT(killer.run("kill 99999"), StartsWith("error 1094"));
  EXPECT_EQ(killer.run("kill query " + id), "ok 0") << "too late";
  EXPECT_EQ(sleeper.run("select count(*) from mysql.user where user = 'root'"), "1");
}

TEST_F(SessionTest, TheProcessListShowsNoPasswords) {
  TestConnection c(*server_);
  std::string shown;
  server_->storage().on_call([&](const std::string&) {
    shown += c.session().process().info().info;
    return tbl::ok_status();
  });
  EXPECT_EQ(c.run("create user shown identified by 'secret'"), "ok 0");
  server_->storage().on_call(nullptr);
  EXPECT_THAT(shown, HasSubstr("CREATE USER"));
  EXPECT_THAT(shown, testing::Not(HasSubstr("secret")));
}

TEST_F(SessionTest, NamedLocksAreTheServers) {
  TestConnection a(*server_);
  {
    TestConnection b(*server_);
    EXPECT_EQ(b.run("select get_lock('n', 0)"), "1");
    EXPECT_EQ(a.run("select get_lock('n', 0), is_free_lock('n')"), "0,0");
  }
  EXPECT_EQ(a.run("select get_lock('n', 0), release_lock('n')"), "1,1")
      << "a session that ends frees its locks";
}

TEST_F(SessionTest, SnapshotReadsThePast) {
  TestConnection c(*server_);
  c.run("create table sn (a int)");
  c.run("insert into sn values (1)");
  const auto ts = server_->domain().store->storage().get_ts();
  c.run("insert into sn values (2); alter table sn add column b int");
  EXPECT_EQ(c.run("set tidb_snapshot = '" + std::to_string(*ts) + "'; select * from sn"),
            "ok 0 | 1");
  EXPECT_EQ(c.run("insert into sn values (3)"),
            "error 1105 can not execute write statement when 'tidb_snapshot' is set");
  EXPECT_EQ(c.run("set tidb_snapshot = ''; select count(*) from sn"), "ok 0 | 2");
}

TEST_F(SessionTest, SnapshotsThatWereCollectedAreRefused) {
  TestConnection c(*server_);
  c.run("insert into mysql.tidb values ('tikv_gc_safe_point', '20200102-03:04:05 +0000', '')");
  c.run("set time_zone = '+00:00'");
  EXPECT_EQ(c.run("set tidb_snapshot = '2020-01-02 03:04:05'"), "ok 0");
  EXPECT_EQ(c.run("set tidb_snapshot = '2020-01-02 03:04:04'")
                .find("error 1105 snapshot is older than GC safe point 2020-01-02 "),
            0U);
  TestConnection collector(*server_);
  EXPECT_EQ(c.run("select count(*) from mysql.user where user = 'root'"), "1");
  collector.run(
      "update mysql.tidb set variable_value = '20200102-03:04:06 +0000' "
      "where variable_name = 'tikv_gc_safe_point'");
  EXPECT_THAT(c.run("select count(*) from mysql.user"), StartsWith("error 1105 snapshot is older"))
      << "what was there when it was set may have gone";
  // The fake PD's clock of the other tests is before it.
  c.run("set tidb_snapshot = ''");
  EXPECT_EQ(c.run("delete from mysql.tidb where variable_name = 'tikv_gc_safe_point'"), "ok 1");
}

TEST_F(SessionTest, AccountsAndRights) {
  TestConnection root(*server_);
  root.run(
      "create database priv; create table priv.t (a int, b int); insert into priv.t values(1,2)");
  EXPECT_EQ(root.run("create user ann identified by 'pw'"), "ok 0");
  EXPECT_THAT(root.run("create user ann"),
              StartsWith("error 1396 Operation CREATE USER failed for 'ann'@'%'"));
  TestConnection ann(*server_, "ann");
  EXPECT_THAT(ann.run("select * from priv.t"),
              StartsWith("error 1142 SELECT command denied to user 'ann'@'%' for table 't'"));
  EXPECT_THAT(ann.run("use priv"), StartsWith("error 1044"));
  EXPECT_EQ(root.run("grant select on priv.* to ann"), "ok 0");
  EXPECT_EQ(ann.run("select * from priv.t"), "1,2");
  EXPECT_THAT(ann.run("insert into priv.t values (3,4)"), StartsWith("error 1142 INSERT"));
  EXPECT_THAT(ann.run("create user bob"), StartsWith("error 1227"));
  EXPECT_THAT(ann.run("set global wait_timeout = 5"), StartsWith("error 1227"));
  EXPECT_EQ(ann.run("show grants"),
            "GRANT USAGE ON *.* TO 'ann'@'%';GRANT SELECT ON `priv`.* TO 'ann'@'%'");
  EXPECT_EQ(root.run("grant insert on priv.t to ann with grant option"), "ok 0");
  EXPECT_EQ(ann.run("insert into priv.t values (3,4)"), "ok 1");
  EXPECT_EQ(root.run("revoke select on priv.* from ann"), "ok 0");
  EXPECT_THAT(ann.run("select * from priv.t"), StartsWith("error 1142"));
  EXPECT_THAT(root.run("revoke select on priv.* from ann"), StartsWith("error 1141"));
  EXPECT_EQ(root.run("grant process on *.* to ann"), "ok 0");
  EXPECT_EQ(root.run("grant select (a) on priv.t to ann"), "ok 0");
  EXPECT_EQ(ann.run("select column_name, privilege_type, is_grantable from "
                    "information_schema.column_privileges"),
            "a,SELECT,YES");
  EXPECT_THAT(ann.run("revoke all privileges, grant option from root"), StartsWith("error 1227"));
  EXPECT_EQ(root.run("revoke all privileges, grant option from ann"), "ok 0");
  EXPECT_EQ(ann.run("show grants"), "GRANT USAGE ON *.* TO 'ann'@'%'");
  EXPECT_EQ(ann.run("select * from information_schema.table_privileges"), "");
  EXPECT_THAT(ann.run("insert into priv.t values (5,6)"), StartsWith("error 1142"));
  EXPECT_THAT(root.run("revoke all privileges, grant option from nobody"), StartsWith("error"));
  EXPECT_EQ(root.run("drop user ann"), "ok 0");
  EXPECT_THAT(root.run("show grants for ann"), StartsWith("error 1141"));
}

TEST_F(SessionTest, WhatClientsAskFirst) {
  TestConnection c(*server_);
  EXPECT_EQ(c.run("select @@version_comment limit 1"),
            "MySQL Community Server (Apache License 2.0)");
  EXPECT_THAT(c.run("show databases"), HasSubstr("INFORMATION_SCHEMA"));
  EXPECT_EQ(
      c.run("show engines"),
      "InnoDB,DEFAULT,Supports transactions, row-level locking, and foreign keys,YES,YES,YES");
  EXPECT_EQ(c.run("/*!40101 SET NAMES utf8 */"), "ok 0");
  EXPECT_THAT(c.run("flush tables with read lock"), StartsWith("error 1105 FLUSH TABLES WITH"));
  EXPECT_THAT(c.run("show master status"), StartsWith("tidb-binlog,"));
  EXPECT_EQ(c.run("show slave status"), "");
  EXPECT_EQ(c.run(";"), "ok 0");
  EXPECT_THAT(c.run("selec 1"), StartsWith("error 1064"));
}

TEST_F(SessionTest, ShowOfTables) {
  TestConnection c(*server_);
  c.run("create table sh (id int primary key auto_increment, v varchar(5) default 'x', key k(v))");
  EXPECT_EQ(c.run("show columns from sh"),
            "id,int(11),NO,PRI,NULL,auto_increment;v,varchar(5),YES,MUL,x,");
  EXPECT_EQ(c.run("desc sh v"), "v,varchar(5),YES,MUL,x,");
  EXPECT_THAT(c.run("show create table sh"), HasSubstr("CREATE TABLE `sh` ("));
  EXPECT_THAT(c.run("show index from sh"), HasSubstr("sh,1,k,1,v,A,0,NULL,NULL,YES,BTREE,,"));
  EXPECT_THAT(c.run("show full tables like 'sh'"), HasSubstr("sh,BASE TABLE"));
  EXPECT_THAT(c.run("show create table nothing"),
              StartsWith("error 1146 Table 'test.nothing' doesn't exist"));
  EXPECT_EQ(c.run("admin check table sh"), "ok 0");
  EXPECT_THAT(c.run("admin show ddl jobs 1"), HasSubstr("create table"));
}

}  // namespace
}  // namespace tbl::tidb
