// Transactions beside changes of the schema that they began with.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "base/stop.h"
#include "tidb/session/test_server.h"

namespace tbl::tidb {
namespace {

using testing::StartsWith;

class SchemaChangeTest : public TestServerSuite {};

TEST_F(SchemaChangeTest, ATransactionFromBeforeARenameTakesNoIdsOfOthers) {
  TestConnection late(*server_), other(*server_);
  ASSERT_EQ(other.run("create database moved"), "ok 0");
  for (const std::string table :
       {"hidden (v int)", "ids (id int auto_increment, v int, key (id))"}) {
    const std::string name = table.substr(0, table.find(' '));
    const std::string columns = "insert into " + name + " (v) values ";
    ASSERT_EQ(other.run("create table test." + table), "ok 0");
    ASSERT_EQ(other.run("use test; " + columns + "(1), (2), (3)"), "ok 0 | ok 3");
    ASSERT_EQ(late.run("begin"), "ok 0");
    ASSERT_EQ(other.run("rename table test." + name + " to moved." + name), "ok 0");
    ASSERT_EQ(late.run(columns + "(99)"), "ok 1");
    EXPECT_THAT(late.run("commit"), StartsWith("error 8028"));
    EXPECT_EQ(other.run("use moved; " + columns + "(4), (5)"), "ok 0 | ok 2");
    EXPECT_EQ(other.run("select v from " + name + " order by v"), "1;2;3;4;5");
  }
  EXPECT_EQ(other.run("select count(distinct id) from ids"), "5");
}

/// A statement on another connection.
class Running {
 public:
  Running(TestServer& server, std::string sql)
      : server_(server), thread_("statement", [this, sql = std::move(sql)] {
          result_ = TestConnection(server_).run(sql);
          ended_ = true;
        }) {}
  bool has_ended() const { return ended_; }
  /// Until it waits for another transaction's lock, or has ended.
  void wait_in_line() const {
    while (server_.domain().store->lock_waits().size() == 0 && !ended_) std::this_thread::yield();
  }
  const std::string& result() {
    thread_.join();
    return result_;
  }

 private:
  TestServer& server_;
  std::string result_;
  std::atomic<bool> ended_{false};
  Thread thread_;
};

TEST_F(SchemaChangeTest, ACommitThatWaitsForALockHoldsUpNoSchemaChange) {
  TestConnection holder(*server_);
  holder.run("create table held (id int primary key, n int); insert into held values (1, 0)");
  holder.run("begin pessimistic; update held set n = n + 1");
  Running update(*server_, "update held set n = n + 10");
  update.wait_in_line();
  // Were it not for that, the change would wait for the update, and the holder's commit for it.
  Running change(*server_, "create table beside (id int)");
  EXPECT_EQ(change.result(), "ok 0");
  EXPECT_EQ(holder.run("commit"), "ok 0");
  EXPECT_EQ(update.result(), "ok 1");
  EXPECT_EQ(holder.run("select n from held"), "11");
}

TEST_F(SchemaChangeTest, AValueIsFreeWhenTheRowThatHadItIsGone) {
  TestConnection holder(*server_);
  holder.run("create table freed (id int primary key, u int unique, n int)");
  holder.run("insert into freed values (1, 5, 0), (2, 6, 0), (3, 7, 0)");
  for (const std::string change :
       {"delete from freed where id = 1", "update freed set u = 60 where u = 6"}) {
    holder.run("begin pessimistic; " + change);
    const std::string row = change[0] == 'd' ? "(10, 5, 0)" : "(11, 6, 0)";
    Running insert(*server_,
                   "begin pessimistic; update freed set n = n + 1 where id = 3; "
                   "insert into freed values " +
                       row + "; commit");
    insert.wait_in_line();
    EXPECT_EQ(holder.run("commit"), "ok 0");
    EXPECT_EQ(insert.result(), "ok 0 | ok 1 | ok 1 | ok 0");
  }
  EXPECT_EQ(holder.run("select * from freed order by id"), "2,60,0;3,7,2;10,5,0;11,6,0");
}

TEST_F(SchemaChangeTest, ARowThatAnUpdateLeavesAsItIsIsLocked) {
  TestConnection holder(*server_);
  holder.run("create table same (id int primary key, n int, key (n))");
  holder.run("insert into same values (1, 0), (2, 0)");
  for (const std::string statement :
       {"update same set n = 0 where n = 0",
        "insert into same values (1, 7), (2, 7) on duplicate key update n = 0",
        "replace into same values (2, 0)"}) {
    holder.run("begin pessimistic");
    EXPECT_THAT(holder.run(statement), StartsWith("ok ")) << statement;
    Running other(*server_, "begin pessimistic; update same set n = 1 where id = 2; rollback");
    other.wait_in_line();
    EXPECT_FALSE(other.has_ended()) << statement;
    EXPECT_EQ(holder.run("rollback"), "ok 0");
    EXPECT_EQ(other.result(), "ok 0 | ok 1 | ok 0");
  }
}

TEST_F(SchemaChangeTest, AnAutocommitStatementIsRepeatedWhenItsTableHasChanged) {
  TestConnection holder(*server_);
  holder.run("create table changed (id int primary key, n int); insert into changed values (1, 0)");
  holder.run("begin pessimistic; select * from changed for update");
  Running update(*server_, "update changed set n = n + 10");
  update.wait_in_line();
  TestConnection other(*server_);
  EXPECT_EQ(other.run("alter table changed add column m int default 5"), "ok 0");
  holder.run("rollback");
  EXPECT_EQ(update.result(), "ok 1");
  EXPECT_EQ(holder.run("select * from changed"), "1,10,5");
}

TEST_F(SchemaChangeTest, ACommitThatWaitsForALockCanBeKilledAndTimesOut) {
  TestConnection holder(*server_);
  holder.run("create table waited (id int primary key, n int); insert into waited values (1, 0)");
  holder.run("begin pessimistic; update waited set n = 1");
  Running late(*server_, "set innodb_lock_wait_timeout = 1; update waited set n = 2");
  EXPECT_EQ(late.result(),
            "ok 0 | error 1205 Lock wait timeout exceeded; try restarting transaction");
  TestConnection waiter(*server_);
  const std::string id = std::to_string(waiter.session().options().connection_id);
  std::string result;
  Thread thread("waiter", [&] { result = waiter.run("update waited set n = 3"); });
  while (server_->domain().store->lock_waits().size() == 0) std::this_thread::yield();
  EXPECT_EQ(holder.run("kill tidb query " + id), "ok 0");
  thread.join();
  EXPECT_EQ(result, "error 1317 Query execution was interrupted");
  EXPECT_EQ(holder.run("commit; select n from waited"), "ok 0 | 1");
}

}  // namespace
}  // namespace tbl::tidb
