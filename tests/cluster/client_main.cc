// Tests of the cluster clients against the servers at TBL_PD; TBL_TIKV_PID is the store's process,
// which is stopped and continued here.
#include <gtest/gtest.h>
#include <signal.h>

#include <atomic>
#include <cstdlib>
#include <random>
#include <set>
#include <thread>

#include "cluster/cluster.h"

namespace tbl::cluster {
namespace {

class Servers : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    ClusterOptions options;
    options.pd_urls = {std::string("http://") + std::getenv("TBL_PD")};
    options.connect_tries = 1;
    auto connected = Cluster::connect(options);
    ASSERT_TRUE(connected.ok()) << connected.status().message();
    cluster_ = std::move(connected).value();
  }
  static void TearDownTestSuite() { cluster_.reset(); }

  static uint64_t ts() { return cluster_->pd().get_ts().value(); }
  static TikvClient& tikv() { return cluster_->tikv(); }
  static Txn begin() { return Txn(tikv(), ts()); }

  static std::unique_ptr<Cluster> cluster_;
};

std::unique_ptr<Cluster> Servers::cluster_;

TEST_F(Servers, TimestampsOfManyThreadsAreUnique) {
  std::mutex mutex;
  std::set<uint64_t> all;
  std::vector<std::thread> threads;
  for (int t = 0; t < 8; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 500; ++i) {
        const uint64_t mine = ts();
        std::lock_guard lock(mutex);
        all.insert(mine);
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(all.size(), 4000U);
}

TEST_F(Servers, TheOneRegionAndItsStore) {
  const auto region = cluster_->pd().get_region("t");
  ASSERT_TRUE(region.ok()) << region.status().message();
  EXPECT_TRUE(region->contains("t"));
  const auto store = cluster_->pd().get_store(region->leader.store_id);
  ASSERT_TRUE(store.ok()) << store.status().message();
  EXPECT_FALSE(store->address.empty());
  EXPECT_EQ(cluster_->pd().get_all_stores()->size(), 1U);
  EXPECT_EQ(cluster_->pd().scan_regions("", "", 10)->size(), 1U);
  EXPECT_EQ(cluster_->pd().get_region_by_id(region->id)->start_key, region->start_key);
}

TEST_F(Servers, SafePoints) {
  EXPECT_EQ(cluster_->gc_safe_point().value(), 0U);
  const auto mine = cluster_->pd().update_service_gc_safe_point("drainer_1", 300, 5);
  ASSERT_TRUE(mine.ok()) << mine.status().message();
  EXPECT_EQ(mine->service_id, "gc_worker");
  EXPECT_EQ(mine->min_safe_point, 0U);
}

TEST_F(Servers, WriteReadScan) {
  Txn txn = begin();
  for (int i = 0; i < 1000; ++i) txn.put("scan" + std::to_string(1000 + i), std::to_string(i));
  txn.put("scan-long", std::string(300000, 'x'));
  const auto commit_ts = txn.commit();
  ASSERT_TRUE(commit_ts.ok()) << commit_ts.status().message();
  EXPECT_EQ(*tikv().get("scan1500", *commit_ts), "500");
  EXPECT_EQ(*tikv().get("scan1500", *commit_ts - 1), std::nullopt);
  const Snapshot snapshot(tikv(), *commit_ts);
  const auto up = snapshot.scan({.start = "scan1", .end = "scan2"});
  ASSERT_TRUE(up.ok()) << up.status().message();
  ASSERT_EQ(up->size(), 1000U);
  auto down = snapshot.scan({.start = "scan1", .end = "scan2", .reverse = true});
  ASSERT_TRUE(down.ok()) << down.status().message();
  std::reverse(down->begin(), down->end());
  EXPECT_EQ(*up, *down);
  EXPECT_EQ(snapshot.scan({.start = "", .end = "", .reverse = true, .key_only = true})->size(),
            snapshot.scan({.start = "", .end = "", .key_only = true})->size());
  const auto some = tikv().batch_get({"scan1999", "nothing", "scan1000"}, *commit_ts);
  ASSERT_TRUE(some.ok());
  EXPECT_EQ(*some, (std::vector<KvPair>{{"scan1000", "0"}, {"scan1999", "999"}}));
}

TEST_F(Servers, ConflictInsertAndRollback) {
  Txn slow = begin();
  Txn fast = begin();
  fast.insert("conflict", "fast");
  ASSERT_TRUE(fast.commit().ok());
  slow.put("conflict", "slow");
  EXPECT_EQ(slow.commit().status().code(), StatusCode::kAborted);
  Txn again = begin();
  again.insert("conflict", "again");
  EXPECT_EQ(again.commit().status().code(), StatusCode::kAlreadyExists);
  EXPECT_EQ(*tikv().get("conflict", ts()), "fast");
}

TEST_F(Servers, OrphansOfACrash) {
  Txn dead = begin();
  dead.put("orphan-a", "1");
  dead.put("orphan-b", "1");
  ASSERT_TRUE(dead.prewrite().ok());
  const auto alive = tikv().resolve_txn_status(dead.primary(), dead.start_ts());
  ASSERT_TRUE(alive.ok()) << alive.status().message();
  EXPECT_GT(alive->ttl_ms, 0U);
  EXPECT_EQ(tikv().mvcc_get_by_key("orphan-a")->lock->start_ts, dead.start_ts());
  // The reader waits until the lock's time to live is over, then clears it away.
  EXPECT_EQ(*tikv().get("orphan-b", ts()), std::nullopt);
  EXPECT_TRUE(tikv().resolve_txn_status(dead.primary(), dead.start_ts())->rolled_back());
  EXPECT_EQ(dead.commit_at(ts()).code(), StatusCode::kAborted);
  const auto info = tikv().mvcc_get_by_key("orphan-a");
  ASSERT_TRUE(info.ok());
  ASSERT_EQ(info->writes.size(), 1U);
  EXPECT_EQ(info->writes[0].type, KvOp::kRollback);
  EXPECT_EQ(info->writes[0].start_ts, dead.start_ts());
  EXPECT_TRUE(tikv().resolve_txn_status("never-there", ts())->rolled_back());
}

TEST_F(Servers, MoneyIsNeitherMadeNorLost) {
  const auto seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  auto account = [](unsigned i) { return "account" + std::to_string(10 + i); };
  Txn setup = begin();
  for (unsigned i = 0; i < 10; ++i) setup.put(account(i), "100");
  ASSERT_TRUE(setup.commit().ok());
  std::atomic<int> committed = 0;
  std::vector<std::thread> threads;
  for (unsigned t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      std::mt19937 random(seed + t);
      for (int i = 0; i < 50; ++i) {
        const unsigned from = random() % 10;
        const unsigned to = (from + 1 + random() % 9) % 10;
        Txn txn = begin();
        const auto a = tikv().get(account(from), txn.start_ts());
        const auto b = tikv().get(account(to), txn.start_ts());
        ASSERT_TRUE(a.ok() && b.ok());
        txn.put(account(from), std::to_string(std::stoi(**a) - 1));
        txn.put(account(to), std::to_string(std::stoi(**b) + 1));
        if (txn.commit().ok()) ++committed;
      }
    });
  }
  auto total = [&] {
    int sum = 0;
    for (const auto& pair : *tikv().scan({.start = "account", .end = "accounu"}, ts())) {
      sum += std::stoi(pair.value);
    }
    return sum;
  };
  for (int i = 0; i < 20; ++i) EXPECT_EQ(total(), 1000);
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(total(), 1000);
  EXPECT_GT(committed, 0);
}

TEST_F(Servers, AStoreThatHangsIsWaitedFor) {
  const int pid = std::atoi(std::getenv("TBL_TIKV_PID"));
  ASSERT_GT(pid, 0);
  const uint64_t read_ts = ts();
  ASSERT_EQ(kill(pid, SIGSTOP), 0);
  std::thread waker([pid] {
    std::this_thread::sleep_for(std::chrono::milliseconds(500));
    kill(pid, SIGCONT);
  });
  const auto value = tikv().get("conflict", read_ts);
  waker.join();
  ASSERT_TRUE(value.ok()) << value.status().message();
}

}  // namespace
}  // namespace tbl::cluster
