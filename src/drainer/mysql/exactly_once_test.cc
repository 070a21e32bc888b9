#include <random>

#include "base/test_seed.h"
#include "drainer/mysql/cut_harness.h"

namespace tbl::mysql {
namespace {

using schema::ActionType;

/// The same short stream under every cut: rows without a key, so that nothing but exactness can
/// give the right count; keyed rows; an index without a name.
class ExactlyOnce : public CutTest {
 protected:
  void reset_database() {
    run("DROP DATABASE IF EXISTS tidb_binlog;DROP DATABASE IF EXISTS test;CREATE DATABASE test;"
        "CREATE TABLE test.t(id BIGINT PRIMARY KEY, u BIGINT UNIQUE, v BIGINT);"
        "CREATE TABLE test.n(a BIGINT, b VARCHAR(20))");
  }
  /// Each has another number of workers than the one before.
  MySqlApplierOptions options_of_start() override {
    auto out = CutTest::options_of_start();
    out.scheduler.workers = 1 + starts_++ % 3;
    return out;
  }
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

  size_t starts_ = 0;
  decode::TablePtr t_ = schedule::keyed_table();
  decode::TablePtr n_ = schedule::keyless_table();
};

// The connections die at every packet, before and after the server has executed it; the process
// lives on and tries again.
TEST_F(ExactlyOnce, WhenConnectionsAreCutAtEveryStatement) {
  cut_everywhere(
      false, [&] { reset_database(); }, [&](uint64_t ts) { return play(ts); },
      [&] { expect_result(); });
}

// The same, and the process dies with them.
TEST_F(ExactlyOnce, WhenTheProcessDiesAtEveryStatement) {
  cut_everywhere(
      true, [&] { reset_database(); }, [&](uint64_t ts) { return play(ts); },
      [&] { expect_result(); });
}

// SIGKILL while the server executes a statement, of which every third or so is a COMMIT; drainer
// lives on.
TEST_F(ExactlyOnce, WhenTheServerIsKilledInsideAStatement) {
  std::mt19937_64 random(test_seed());
  reset_database();
  ASSERT_TRUE(start_through_proxy().ok());
  const uint64_t before = proxy_->packets();
  ASSERT_TRUE(play(100).ok());
  const uint64_t packets = proxy_->packets() - before;
  int kills = 0;
  for (int i = 0; i < 5; ++i) {
    const uint64_t n = 1 + random() % packets;
    SCOPED_TRACE("packet " + std::to_string(n) + " of " + std::to_string(packets));
    applier_.reset();
    reset_database();
    auto point = start_through_proxy();
    ASSERT_TRUE(point.ok());
    proxy_->cut_after(n, CuttingProxy::Cut::kNothing);
    Status all;
    std::atomic<bool> played = false;
    std::thread player([&] {
      all = play(point->commit_ts);
      played = true;
    });
    // With other batches than the first time there may be fewer packets.
    while (!proxy_->has_cut() && !played) std::this_thread::yield();
    if (proxy_->has_cut()) {
      PrivateServer::instance().stop();
      PrivateServer::instance().start();
      ++kills;
    }
    player.join();
    sql_ = PrivateServer::instance().connect();
    ASSERT_TRUE(all.ok()) << all.to_string();
    expect_result();
  }
  EXPECT_GT(kills, 0);
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
