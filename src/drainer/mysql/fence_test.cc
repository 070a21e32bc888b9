#include "base/crc32c.h"
#include "drainer/mysql/applier_harness.h"

namespace tbl::mysql {
namespace {

class FenceTest : public ApplierTest {
 protected:
  void SetUp() override {
    ApplierTest::SetUp();
    run("CREATE TABLE test.n(a BIGINT, b VARCHAR(20))");
  }
  decode::TablePtr n_ = schedule::keyless_table();
};

TEST_F(FenceTest, ASecondDrainerIsRefusedWhileTheFirstLives) {
  ASSERT_TRUE(start().ok());
  auto opt = options();
  opt.run = 5000;
  std::string asked;
  opt.is_alive = [&](const std::string& node, const std::string& address) {
    asked = node + "@" + address;
    return true;
  };
  MySqlApplier second(opt, {});
  auto refused = second.start();
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.status().code(), StatusCode::kFailedPrecondition);
  EXPECT_NE(refused.status().message().find("node at 127.0.0.1:8249"), std::string::npos)
      << refused.status().to_string();
  EXPECT_EQ(asked, "node@127.0.0.1:8249");
  // The first one has not noticed anything.
  ASSERT_TRUE(submit(TransactionBuilder(110).insert(n_, {integer(1), null()})).ok());
  EXPECT_TRUE(applier_->stop().ok());
}

// What a dead drainer left behind: a connection with an open transaction and the lock.
TEST_F(FenceTest, AZombieConnectionIsKilled) {
  ASSERT_TRUE(start().ok());
  std::string ids = rows("SELECT conn_ids FROM tidb_binlog.checkpoint_run");
  std::string control = ids.substr(0, ids.find(','));
  auto opt = options();
  opt.run = 5000;
  MySqlApplier second(opt, {});  // is_alive: says no
  auto point = second.start();
  ASSERT_TRUE(point.ok()) << point.status().to_string();
  EXPECT_EQ(rows("SELECT COUNT(*) FROM information_schema.processlist WHERE id = " + control), "0");
  EXPECT_EQ(rows("SELECT run FROM tidb_binlog.checkpoint_run"), "5000");
  // The first one finds out as soon as it wants to write, and writes nothing.
  ASSERT_TRUE(submit(TransactionBuilder(110).insert(n_, {integer(1), null()})).ok());
  Status stopped = applier_->stop();
  EXPECT_FALSE(stopped.ok());
  EXPECT_NE(stopped.message().find("another drainer has taken over"), std::string::npos)
      << stopped.to_string();
  EXPECT_EQ(rows("SELECT COUNT(*) FROM test.n"), "0");
  EXPECT_TRUE(second.stop().ok());
}

// What a dead run left behind may take the server long to roll back: that is waited for, beyond any
// number of tries.
TEST_F(FenceTest, ALongRollbackIsWaitedFor) {
  ASSERT_TRUE(start().ok());
  crash();
  const std::string place = "tidb_binlog.checkpoint";
  std::string hash;
  put_be32(hash, crc32c(place));
  put_be32(hash, crc32c(place, 1));
  auto zombie = PrivateServer::instance().connect();
  ASSERT_TRUE(zombie->query("SELECT GET_LOCK('tidb_binlog/42/" + to_hex(hash) + "/0',0)").ok());
  ASSERT_TRUE(
      zombie->exec("BEGIN; INSERT INTO test.n SELECT seq, 'x' FROM test.seq_1_to_300000").ok());
  run("UPDATE tidb_binlog.checkpoint_run SET conn_ids='" + std::to_string(zombie->id()) + "'");
  auto opt = options();
  opt.lock_wait_s = 0;
  auto point = start(opt);
  ASSERT_TRUE(point.ok()) << point.status().to_string();
  EXPECT_EQ(rows("SELECT COUNT(*) FROM test.n"), "0");
}

TEST_F(FenceTest, AStrangersLockIsNotBroken) {
  ASSERT_TRUE(start().ok());
  run("UPDATE tidb_binlog.checkpoint_run SET conn_ids='1,2,3'");
  auto opt = options();
  opt.run = 5000;
  MySqlApplier second(opt, {});
  auto refused = second.start();
  ASSERT_FALSE(refused.ok());
  EXPECT_NE(refused.status().message().find("of no drainer that is recorded"), std::string::npos)
      << refused.status().to_string();
}

TEST_F(FenceTest, AnotherClusterOrTableIsAnotherFence) {
  ASSERT_TRUE(start().ok());
  auto opt = options();
  opt.run = 5000;
  opt.cluster_id = 43;
  MySqlApplier other(opt, {});
  EXPECT_TRUE(other.start().ok());
  opt = options();
  opt.checkpoint_table = "checkpoint2";
  MySqlApplier third(opt, {});
  EXPECT_TRUE(third.start().ok());
}

// A failover to a server that lost the last second.
TEST_F(FenceTest, AServerThatLostDurableMarksIsNoticed) {
  auto opt = options();
  opt.save_interval_ms = 1000000;
  ASSERT_TRUE(start(opt).ok());
  ASSERT_TRUE(submit(TransactionBuilder(110).insert(n_, {integer(1), null()})).ok());
  while (marks() != "1") std::this_thread::yield();
  std::string ids = rows("SELECT conn_ids FROM tidb_binlog.checkpoint_run");
  run("DELETE FROM tidb_binlog.checkpoint_mark; DELETE FROM test.n");
  run("KILL " + ids.substr(ids.rfind(',') + 1));
  ASSERT_TRUE(submit(TransactionBuilder(120).insert(n_, {integer(2), null()})).ok());
  Status stopped = applier_->stop();
  EXPECT_EQ(stopped.code(), StatusCode::kDataLoss) << stopped.to_string();
  EXPECT_EQ(rows("SELECT COUNT(*) FROM test.n"), "0");
  // The next run begins at what that server has.
  crash();
  auto point = start(opt);
  ASSERT_TRUE(point.ok()) << point.status().to_string();
  EXPECT_EQ(point->commit_ts, 100u);
  EXPECT_EQ(point->unknown_until_ts, 0u);
  ASSERT_TRUE(submit(TransactionBuilder(110).insert(n_, {integer(1), null()})).ok());
  ASSERT_TRUE(submit(TransactionBuilder(120).insert(n_, {integer(2), null()})).ok());
  ASSERT_TRUE(applier_->stop().ok());
  EXPECT_EQ(rows("SELECT a FROM test.n ORDER BY a"), "1;2");
}

TEST_F(FenceTest, AKilledWorkerConnectionIsReplaced) {
  ASSERT_TRUE(start().ok());
  std::string ids = rows("SELECT conn_ids FROM tidb_binlog.checkpoint_run");
  run("KILL " + ids.substr(ids.rfind(',') + 1));
  ASSERT_TRUE(submit(TransactionBuilder(120).insert(n_, {integer(2), null()})).ok());
  EXPECT_TRUE(applier_->stop().ok());
  EXPECT_EQ(rows("SELECT COUNT(*) FROM test.n"), "1");
  EXPECT_NE(rows("SELECT conn_ids FROM tidb_binlog.checkpoint_run"), ids);
}

}  // namespace
}  // namespace tbl::mysql
