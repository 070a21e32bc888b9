#include "cluster/pd.h"

#include <gtest/gtest.h>

#include <mutex>
#include <set>
#include <thread>

#include "base/clock.h"
#include "cluster/fake_cluster.h"

namespace tbl::cluster {
namespace {

using std::chrono::milliseconds;
using testing::FakeClients;
using testing::FakeCluster;

TEST(Pd, LearnsClusterAndLeader) {
  FakeCluster cluster({.pd_members = 3});
  cluster.set_pd_leader(2);
  FakeClients clients(cluster);
  EXPECT_EQ(clients.pd->cluster_id(), 7711187787601809396U);
  EXPECT_EQ("http://" + clients.pd->leader_address(), cluster.pd_urls()[2]);
}

TEST(Pd, OneLivingUrlIsEnough) {
  FakeCluster cluster;
  rpc::ClientRuntime runtime;
  PdOptions options;
  options.urls = {"http://127.0.0.1:1", cluster.pd_urls()[0]};
  options.connect_tries = 1;
  auto pd = PdClient::connect(runtime, options);
  ASSERT_TRUE(pd.ok()) << pd.status().message();
  EXPECT_TRUE((*pd)->get_ts().ok());
}

TEST(Pd, NobodyThereIsAnErrorWithTheAddress) {
  rpc::ClientRuntime runtime;
  PdOptions options;
  options.urls = {"http://127.0.0.1:1"};
  options.connect_tries = 1;
  const auto pd = PdClient::connect(runtime, options);
  ASSERT_FALSE(pd.ok());
  EXPECT_NE(pd.status().message().find("connect to PD: PD 127.0.0.1:1: "), std::string::npos)
      << pd.status().message();
}

TEST(Pd, APdOfAnotherClusterIsRefused) {
  FakeCluster mine;
  FakeCluster other({.cluster_id = 5});
  rpc::ClientRuntime runtime;
  PdOptions options;
  options.urls = {mine.pd_urls()[0], other.pd_urls()[0]};
  options.total_timeout = milliseconds(300);
  auto pd = PdClient::connect(runtime, options);
  ASSERT_TRUE(pd.ok()) << pd.status().message();
  ASSERT_TRUE((*pd)->get_region("a").ok());
  mine.stop_pd(0);
  const Status unreachable = (*pd)->get_region("a").status();
  EXPECT_EQ(unreachable.code(), StatusCode::kUnavailable) << unreachable.message();
  EXPECT_EQ((*pd)->get_ts().status().code(), StatusCode::kUnavailable);
  EXPECT_EQ(other.calls("GetRegion") + other.calls("Tso"), 0);
  EXPECT_GT(other.calls("GetMembers"), 0);
}

TEST(Pd, WaitingForPdEndsWithStop) {
  rpc::ClientRuntime runtime;
  StopSource stop;
  PdOptions options;
  options.urls = {"http://127.0.0.1:1"};
  options.stop = stop.get_token();
  std::thread stopper([&] { stop.request_stop(); });
  const auto pd = PdClient::connect(runtime, options);
  stopper.join();
  EXPECT_EQ(pd.status().code(), StatusCode::kCancelled);
}

TEST(Pd, TimestampsOfManyThreadsAreUniqueGrowAndShareMessages) {
  FakeCluster cluster;
  FakeClients clients(cluster);
  constexpr int kThreads = 16, kEach = 200;
  std::mutex mutex;
  std::set<uint64_t> all;
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&] {
      uint64_t last = 0;
      for (int i = 0; i < kEach; ++i) {
        const auto ts = clients.pd->get_ts();
        ASSERT_TRUE(ts.ok()) << ts.status().message();
        ASSERT_GT(*ts, last);
        last = *ts;
        std::lock_guard lock(mutex);
        all.insert(*ts);
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(all.size(), size_t{kThreads} * kEach);
  EXPECT_LT(cluster.calls("Tso"), kThreads * kEach);
}

TEST(Pd, TimestampsGoOnWithTheNextLeader) {
  FakeCluster cluster({.pd_members = 3});
  FakeClients clients(cluster);
  const auto before = clients.pd->get_ts();
  ASSERT_TRUE(before.ok());
  cluster.set_pd_leader(1);
  const auto moved = clients.pd->get_ts();
  ASSERT_TRUE(moved.ok()) << moved.status().message();
  cluster.set_pd_leader(2);
  cluster.stop_pd(1);
  const auto after = clients.pd->get_ts();
  ASSERT_TRUE(after.ok()) << after.status().message();
  EXPECT_LT(*before, *moved);
  EXPECT_LT(*moved, *after);
}

TEST(Pd, ATimestampThatFallsBackIsNotGivenOut) {
  FakeCluster cluster;
  FakeClients clients(cluster, milliseconds(300));
  ASSERT_TRUE(clients.pd->get_ts().ok());
  cluster.advance_ms(-5000);
  const auto ts = clients.pd->get_ts();
  ASSERT_FALSE(ts.ok());
  EXPECT_NE(ts.status().message().find("timestamp fell back"), std::string::npos);
  cluster.advance_ms(6000);
  EXPECT_TRUE(clients.pd->get_ts().ok());
}

TEST(Pd, TimestampWaitEndsAtItsDeadlineAndWithStop) {
  FakeCluster cluster;
  FakeClients clients(cluster, milliseconds(200));
  cluster.stop_pd(0);
  EXPECT_EQ(clients.pd->get_ts().status().code(), StatusCode::kUnavailable);
  clients.stop.request_stop();
  EXPECT_EQ(clients.pd->get_ts().status().code(), StatusCode::kCancelled);
}

TEST(Pd, CallsFollowTheLeader) {
  FakeCluster cluster({.pd_members = 2, .split_keys = {"m"}});
  FakeClients clients(cluster);
  cluster.set_pd_leader(1);
  cluster.stop_pd(0);
  const auto region = clients.pd->get_region("t");
  ASSERT_TRUE(region.ok()) << region.status().message();
  EXPECT_EQ(region->start_key, "m");
  EXPECT_EQ(region->end_key, "");
  EXPECT_EQ(region->leader.store_id, 1U);
}

TEST(Pd, RegionsBeforeAndAfter) {
  FakeCluster cluster({.split_keys = {"g", "p"}});
  FakeClients clients(cluster);
  EXPECT_EQ(clients.pd->get_prev_region("p")->end_key, "p");
  EXPECT_EQ(clients.pd->get_prev_region("a").status().code(), StatusCode::kNotFound);
  const auto regions = clients.pd->scan_regions("h", "", 10);
  ASSERT_TRUE(regions.ok()) << regions.status().message();
  ASSERT_EQ(regions->size(), 2U);
  EXPECT_EQ((*regions)[0].start_key, "g");
  EXPECT_EQ((*regions)[1].start_key, "p");
}

TEST(Pd, WhatPdRefusesIsReturnedAsItSaysIt) {
  FakeCluster cluster;
  FakeClients clients(cluster);
  EXPECT_EQ(clients.pd->get_store(77).status().to_string(),
            "Unknown: invalid store ID 77, not found");
  EXPECT_EQ(cluster.calls("GetStore"), 1);
  EXPECT_EQ(clients.pd->get_gc_safe_point().status().message(), "cluster is not bootstrapped");
}

TEST(Pd, SafePointNeverGoesBack) {
  FakeCluster cluster;
  FakeClients clients(cluster);
  EXPECT_EQ(clients.pd->update_gc_safe_point(100).value(), 100U);
  EXPECT_EQ(clients.pd->update_gc_safe_point(50).value(), 100U);
}

}  // namespace
}  // namespace tbl::cluster
