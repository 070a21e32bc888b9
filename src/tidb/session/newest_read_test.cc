// A SELECT of one row by its key, outside of a transaction, reads the newest without a timestamp.
#include <gtest/gtest.h>

#include <algorithm>

#include "tidb/session/test_server.h"

namespace tbl::tidb {
namespace {

class NewestReadTest : public ::testing::Test {
 protected:
  NewestReadTest() {
    EXPECT_EQ(one_.run("create table t (id int primary key, v int)"), "ok 0");
    EXPECT_EQ(one_.run("insert into t values (1, 10), (2, 20)"), "ok 2");
  }
  /// Timestamps that PD gives out while `sql` runs: the least of some runs, since the server's own
  /// threads ask for some, too.
  uint64_t timestamps_of(TestConnection& connection, const std::string& sql) {
    uint64_t least = UINT64_MAX;
    for (int i = 0; i < 10; ++i) {
      const uint64_t before = server_.storage().get_ts().value();
      connection.run(sql);
      least = std::min(least, server_.storage().get_ts().value() - before);
    }
    return least;
  }

  TestServer server_;
  TestConnection one_{server_};
  TestConnection two_{server_};
};

TEST_F(NewestReadTest, OnlyASingleReadGoesWithoutATimestamp) {
  const uint64_t step = timestamps_of(one_, "do 1");
  EXPECT_EQ(timestamps_of(one_, "select v from t where id = 1"), step);
  EXPECT_EQ(timestamps_of(one_, "select v + 1 from t where id = 3"), step);
  EXPECT_GT(timestamps_of(one_, "select v from t where id in (1, 2)"), step);
  EXPECT_GT(timestamps_of(one_, "select v from t where v = 10"), step);
  EXPECT_GT(timestamps_of(one_, "select (select max(v) from t) from t where id = 1"), step);
  EXPECT_GT(timestamps_of(one_, "select v from t where id = 1 for update"), step);
}

TEST_F(NewestReadTest, ItSeesWhatWasCommittedBeforeIt) {
  for (int i = 0; i < 20; ++i) {
    const std::string v = std::to_string(i);
    EXPECT_EQ(two_.run("update t set v = " + v + " where id = 1"), "ok 1");
    EXPECT_EQ(one_.run("select v from t where id = 1"), v);
  }
  EXPECT_EQ(two_.run("delete from t where id = 1"), "ok 1");
  EXPECT_EQ(one_.run("select v from t where id = 1"), "");
}

TEST_F(NewestReadTest, ATransactionKeepsItsSnapshot) {
  one_.run("begin");
  EXPECT_EQ(one_.run("select v from t where id = 1"), "10");
  two_.run("update t set v = 11 where id = 1");
  EXPECT_EQ(one_.run("select v from t where id = 1"), "10");
  one_.run("commit");
  EXPECT_EQ(one_.run("select v from t where id = 1"), "11");
}

TEST_F(NewestReadTest, ASchemaThatComesMeanwhileIsSeen) {
  bool changed = false;
  server_.storage().on_call([&](const std::string& phase) {
    if (phase == "get" && !changed) {
      changed = true;
      EXPECT_EQ(two_.run("alter table t add column w int not null default 7"), "ok 0");
      EXPECT_EQ(two_.run("update t set w = 8 where id = 1"), "ok 1");
    }
    return ok_status();
  });
  EXPECT_EQ(one_.run("select * from t where id = 1"), "1,10,8");
  EXPECT_TRUE(changed);
  server_.storage().on_call(nullptr);
}

}  // namespace
}  // namespace tbl::tidb
