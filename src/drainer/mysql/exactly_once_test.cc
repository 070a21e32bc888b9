#include "drainer/mysql/applier_harness.h"
#include "drainer/mysql/cutting_proxy.h"

namespace tbl::mysql {
namespace {

using schema::ActionType;

/// The same short stream under every cut: rows without a key, so that nothing but exactness can
/// give the right count; keyed rows; an index without a name.
class ExactlyOnce : public ApplierTest {
 protected:
  void SetUp() override {
    ApplierTest::SetUp();
    proxy_path_ = PrivateServer::instance().options().unix_socket + ".proxy";
    proxy_ = std::make_unique<CuttingProxy>(proxy_path_,
                                            PrivateServer::instance().options().unix_socket);
  }
  void TearDown() override {
    ApplierTest::TearDown();
    proxy_.reset();
  }
  void reset_database() {
    applier_.reset();
    run("DROP DATABASE IF EXISTS tidb_binlog;DROP DATABASE IF EXISTS test;CREATE DATABASE test;"
        "CREATE TABLE test.t(id BIGINT PRIMARY KEY, u BIGINT UNIQUE, v BIGINT);"
        "CREATE TABLE test.n(a BIGINT, b VARCHAR(20))");
  }
  MySqlApplierOptions proxied() const {
    auto opt = options();
    opt.to.unix_socket = proxy_path_;
    opt.scheduler.workers = workers_;
    opt.save_interval_ms = 1000000;
    return opt;
  }
  // Everything above the start point; false: the applier gave up.
  Status play(uint64_t from_ts) {
    for (uint64_t ts = 101; ts <= 106; ++ts) {
      if (ts <= from_ts) continue;
      if (ts == 104) {
        TBL_TRY(applier_->execute_ddl(
            ddl(104, ActionType::kAddIndex, "ALTER TABLE n ADD INDEX (a)", {{"test", "n"}})));
        continue;
      }
      auto id = static_cast<int64_t>(ts);
      TransactionBuilder builder(ts);
      builder.insert(n_, {integer(1), text("x")})
          .insert(t_, {integer(id), integer(id), integer(0)});
      if (ts == 103) builder.remove(n_, {integer(1), text("x")});
      if (ts == 106)
        builder.update(t_, {integer(105), integer(105), integer(0)},
                       {integer(105), integer(5), integer(0)});
      TBL_TRY(applier_->submit(builder.build()));
    }
    return applier_->stop();
  }
  void expect_result() {
    EXPECT_EQ(rows("SELECT a, b, COUNT(*) FROM test.n GROUP BY a, b"), "1,x,4");
    EXPECT_EQ(rows("SELECT id, u FROM test.t ORDER BY id"),
              "101,101;102,102;103,103;105,5;106,106");
    EXPECT_EQ(rows("SELECT COUNT(*) FROM information_schema.statistics WHERE table_schema='test' "
                   "AND table_name='n'"),
              "1");
    EXPECT_EQ(marks(), "0");
  }

  std::string proxy_path_;
  std::unique_ptr<CuttingProxy> proxy_;
  size_t workers_ = 1;
  decode::TablePtr t_ = schedule::keyed_table();
  decode::TablePtr n_ = schedule::keyless_table();
};

// The connections die at every packet, before and after the server has executed it; the process
// lives on and tries again.
TEST_F(ExactlyOnce, WhenConnectionsAreCutAtEveryStatement) {
  for (auto how : {CuttingProxy::Cut::kRequest, CuttingProxy::Cut::kReply}) {
    bool was_cut = true;
    for (uint64_t n = 1; was_cut; ++n) {
      SCOPED_TRACE("packet " + std::to_string(n) +
                   (how == CuttingProxy::Cut::kReply ? " reply" : ""));
      reset_database();
      auto point = start(proxied());
      ASSERT_TRUE(point.ok()) << point.status().to_string();
      proxy_->cut_after(n, how);
      Status played = play(point->commit_ts);
      ASSERT_TRUE(played.ok()) << played.to_string();
      was_cut = proxy_->has_cut();
      proxy_->cut_after(0, how);
      expect_result();
      if (HasFailure()) return;
      ASSERT_LT(n, 200u);
    }
  }
}

// The same, and the process dies with them. The next one has another number of workers.
TEST_F(ExactlyOnce, WhenTheProcessDiesAtEveryStatement) {
  for (auto how : {CuttingProxy::Cut::kRequest, CuttingProxy::Cut::kReply}) {
    bool was_cut = true;
    for (uint64_t n = 1; was_cut; ++n) {
      SCOPED_TRACE("packet " + std::to_string(n) +
                   (how == CuttingProxy::Cut::kReply ? " reply" : ""));
      reset_database();
      workers_ = 1 + n % 3;
      auto point = start(proxied());
      ASSERT_TRUE(point.ok()) << point.status().to_string();
      proxy_->cut_after(n, how);
      std::atomic<bool> played = false;
      std::thread killer([&] {
        while (!proxy_->has_cut() && !played) std::this_thread::yield();
        if (proxy_->has_cut()) applier_->abort();
      });
      Status first = play(point->commit_ts);
      played = true;
      killer.join();
      was_cut = proxy_->has_cut();
      crash();
      workers_ = 1 + (n + 1) % 3;
      point = start(proxied());
      ASSERT_TRUE(point.ok()) << point.status().to_string();
      EXPECT_EQ(point->unknown_until_ts, 0u);
      Status second = play(point->commit_ts);
      ASSERT_TRUE(second.ok()) << second.to_string();
      expect_result();
      if (HasFailure()) return;
      ASSERT_LT(n, 200u);
    }
  }
}

TEST_F(ExactlyOnce, WhenTheServerIsKilled) {
  reset_database();
  auto opt = options();
  opt.scheduler.workers = 2;
  auto point = start(opt);
  ASSERT_TRUE(point.ok());
  std::atomic<bool> restarted = false;
  uint64_t ts = 200;
  Status submitted;
  std::thread submitter([&] {
    for (int i = 0; submitted.ok() && (i < 300 || !restarted); ++i) {
      submitted =
          applier_->submit(TransactionBuilder(++ts).insert(n_, {integer(1), text("x")}).build());
    }
  });
  while (rows("SELECT COUNT(*) FROM test.n") == "0") std::this_thread::yield();
  PrivateServer::instance().stop();
  PrivateServer::instance().start();
  restarted = true;
  submitter.join();
  ASSERT_TRUE(submitted.ok()) << submitted.to_string();
  Status stopped = applier_->stop();
  sql_ = PrivateServer::instance().connect();
  ASSERT_TRUE(stopped.ok()) << stopped.to_string();
  EXPECT_EQ(rows("SELECT COUNT(*) FROM test.n"), std::to_string(ts - 200));
}

}  // namespace
}  // namespace tbl::mysql
