#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <thread>

#include "base/clock.h"
#include "base/test_seed.h"
#include "cluster/fake_cluster.h"
#include "cluster/tikv.h"

namespace tbl::cluster {
namespace {

using std::chrono::milliseconds;
using testing::FakeClients;
using testing::FakeCluster;
using testing::FakeMvcc;
using testing::Fault;

void put(FakeCluster& cluster, const std::string& key, const std::string& value) {
  const uint64_t start = cluster.next_ts();
  const uint64_t commit = cluster.next_ts();
  cluster.with_data([&](FakeMvcc& data) { data.set(key, value, start, commit); });
}

/// A lock that a transaction left behind at `start_ts`.
FakeMvcc::Lock lock_of(const std::string& primary, uint64_t start_ts, const std::string& value) {
  return {.start_ts = start_ts, .primary = primary, .value = value, .ttl_ms = 3000, .txn_size = 2};
}

std::vector<std::string> keys_of(const std::vector<KvPair>& pairs) {
  std::vector<std::string> keys;
  for (const auto& pair : pairs) keys.push_back(pair.key);
  return keys;
}

TEST(TikvRead, ValueAtATimestamp) {
  FakeCluster cluster({.stores = 2, .split_keys = {"m"}});
  FakeClients clients(cluster);
  put(cluster, "a", "1");
  const uint64_t between = cluster.next_ts();
  put(cluster, "a", "2");
  put(cluster, "x", "3");
  cluster.move_leader("x", 2);
  EXPECT_EQ(*clients.tikv->get("a", between), "1");
  EXPECT_EQ(*clients.tikv->get("a", cluster.next_ts()), "2");
  EXPECT_EQ(*clients.tikv->get("x", cluster.next_ts()), "3");
  EXPECT_EQ(*clients.tikv->get("x", between), std::nullopt);
  EXPECT_EQ(*clients.tikv->get("nothing", cluster.next_ts()), std::nullopt);
}

TEST(TikvRead, RegionsAreAskedFromPdOnce) {
  FakeCluster cluster;
  FakeClients clients(cluster);
  for (int i = 0; i < 10; ++i) ASSERT_TRUE(clients.tikv->get("a", cluster.next_ts()).ok());
  EXPECT_EQ(cluster.calls("GetRegion"), 1);
  EXPECT_EQ(cluster.calls("GetStore"), 1);
}

TEST(TikvRead, FollowsSplitsAndLeaders) {
  FakeCluster cluster({.stores = 3});
  FakeClients clients(cluster);
  put(cluster, "a", "1");
  put(cluster, "x", "2");
  ASSERT_TRUE(clients.tikv->get("a", cluster.next_ts()).ok());
  cluster.split("m");
  EXPECT_EQ(*clients.tikv->get("x", cluster.next_ts()), "2");
  cluster.move_leader("x", 3);
  EXPECT_EQ(*clients.tikv->get("x", cluster.next_ts()), "2");
  // The stores have said it all: PD was asked for the first region only.
  EXPECT_EQ(cluster.calls("GetRegion"), 1);
}

TEST(TikvRead, AStoreThatIsDownIsLeftForItsSuccessor) {
  FakeCluster cluster({.stores = 2});
  FakeClients clients(cluster);
  put(cluster, "a", "1");
  ASSERT_TRUE(clients.tikv->get("a", cluster.next_ts()).ok());
  cluster.move_leader("a", 2);
  cluster.stop_store(1);
  EXPECT_EQ(*clients.tikv->get("a", cluster.next_ts()), "1");
}

Fault region_fault(const std::function<void(errorpb::Error&)>& fill) {
  Fault fault;
  fault.is_region_error = true;
  fill(fault.region_error);
  return fault;
}

TEST(TikvRead, EveryRegionErrorIsCured) {
  const std::vector<std::function<void(errorpb::Error&)>> kErrors = {
      [](auto& e) { e.mutable_not_leader(); },
      [](auto& e) { e.mutable_not_leader()->mutable_leader()->set_store_id(99); },
      [](auto& e) { e.mutable_region_not_found(); },
      [](auto& e) { e.mutable_key_not_in_region(); },
      [](auto& e) { e.mutable_epoch_not_match(); },
      // An old description, and one that cannot be decoded.
      [](auto& e) { e.mutable_epoch_not_match()->add_current_regions()->set_id(2); },
      [](auto& e) { e.mutable_epoch_not_match()->add_current_regions()->set_start_key("x"); },
      [](auto& e) { e.mutable_server_is_busy()->set_backoff_ms(5); },
      [](auto& e) { e.mutable_stale_command(); },
      [](auto& e) { e.mutable_store_not_match(); },
      [](auto& e) { e.set_message("mismatch peer id 999 != 11"); },
  };
  FakeCluster cluster({.stores = 2});
  FakeClients clients(cluster);
  put(cluster, "a", "1");
  for (size_t i = 0; i < kErrors.size(); ++i) {
    cluster.inject("KvGet", region_fault(kErrors[i]));
    const auto value = clients.tikv->get("a", cluster.next_ts());
    ASSERT_TRUE(value.ok()) << i << ": " << value.status().message();
    EXPECT_EQ(*value, "1") << i;
    EXPECT_EQ(cluster.calls("KvGet"), static_cast<int>(2 * (i + 1))) << i;
  }
}

TEST(TikvRead, TooLargeForRaftIsFinal) {
  FakeCluster cluster;
  FakeClients clients(cluster);
  cluster.inject("KvGet", region_fault([](auto& e) { e.mutable_raft_entry_too_large(); }));
  EXPECT_EQ(clients.tikv->get("a", 1).status().code(), StatusCode::kResourceExhausted);
}

TEST(TikvRead, ErrorsThatStayEndWithTheLastOne) {
  FakeCluster cluster;
  FakeClients clients(cluster, milliseconds(300));
  for (int i = 0; i < 100; ++i) {
    cluster.inject("KvGet", region_fault([](auto& e) {
                     e.set_message("server is busy");
                     e.mutable_server_is_busy();
                   }));
  }
  const auto value = clients.tikv->get("a", 1);
  ASSERT_FALSE(value.ok());
  EXPECT_NE(value.status().message().find("server is busy"), std::string::npos);
  EXPECT_NE(value.status().message().find("gave up after"), std::string::npos);
}

TEST(TikvRead, WaitingEndsWithStop) {
  FakeCluster cluster;
  FakeClients clients(cluster);
  for (int i = 0; i < 1000; ++i) {
    cluster.inject("KvGet", region_fault([](auto& e) { e.mutable_server_is_busy(); }));
  }
  std::thread stopper([&] {
    while (cluster.calls("KvGet") == 0) std::this_thread::yield();
    clients.stop.request_stop();
  });
  EXPECT_EQ(clients.tikv->get("a", 1).status().code(), StatusCode::kCancelled);
  stopper.join();
}

TEST(TikvRead, LockOfADeadTransactionIsRolledBack) {
  FakeCluster cluster({.split_keys = {"m"}});
  FakeClients clients(cluster);
  put(cluster, "a", "old");
  const uint64_t start = cluster.next_ts();
  cluster.with_data([&](FakeMvcc& data) {
    data.row("a").lock = lock_of("z", start, "new");
    data.row("z").lock = lock_of("z", start, "new");
  });
  cluster.advance_ms(60000);
  EXPECT_EQ(*clients.tikv->get("a", cluster.next_ts()), "old");
  cluster.with_data([&](FakeMvcc& data) {
    EXPECT_FALSE(data.row("a").lock);
    EXPECT_FALSE(data.row("z").lock);
  });
}

TEST(TikvRead, LockOfACommittedTransactionIsCommitted) {
  FakeCluster cluster({.split_keys = {"m"}});
  FakeClients clients(cluster);
  const uint64_t start = cluster.next_ts();
  const uint64_t commit = cluster.next_ts();
  cluster.with_data([&](FakeMvcc& data) {
    data.row("a").lock = lock_of("z", start, "new");
    data.set("z", "new", start, commit);
  });
  EXPECT_EQ(*clients.tikv->get("a", cluster.next_ts()), "new");
}

TEST(TikvRead, LockWhosePrimaryNeverCameIsRolledBackOnceItsTimeIsUp) {
  FakeCluster cluster;
  FakeClients clients(cluster, milliseconds(300));
  const uint64_t start = cluster.next_ts();
  cluster.with_data([&](FakeMvcc& data) { data.row("a").lock = lock_of("z", start, "new"); });
  const auto waiting = clients.tikv->get("a", cluster.next_ts());
  EXPECT_EQ(waiting.status().code(), StatusCode::kUnavailable);
  EXPECT_NE(waiting.status().message().find("key 61 is locked by transaction"), std::string::npos);
  cluster.advance_ms(4000);
  EXPECT_EQ(*clients.tikv->get("a", cluster.next_ts()), std::nullopt);
  cluster.with_data([&](FakeMvcc& data) {
    ASSERT_EQ(data.row("z").writes.size(), 1U);
    EXPECT_EQ(data.row("z").writes[0].type, kvrpcpb::Rollback);
  });
}

TEST(TikvRead, ALiveTransactionIsWaitedFor) {
  FakeCluster cluster;
  FakeClients clients(cluster);
  const uint64_t start = cluster.next_ts();
  cluster.with_data([&](FakeMvcc& data) { data.row("a").lock = lock_of("a", start, "new"); });
  std::thread committer([&] {
    while (cluster.calls("KvCheckTxnStatus") == 0) std::this_thread::yield();
    const uint64_t commit = cluster.next_ts();
    cluster.with_data([&](FakeMvcc& data) {
      data.row("a").lock.reset();
      data.set("a", "new", start, commit);
    });
  });
  const uint64_t read_ts = cluster.next_ts();
  // Committed after the read's ts: not visible, but no longer in the way.
  EXPECT_EQ(*clients.tikv->get("a", read_ts), std::nullopt);
  committer.join();
  EXPECT_EQ(*clients.tikv->get("a", cluster.next_ts()), "new");
}

TEST(TikvRead, ALargeTransactionIsPushedInsteadOfWaitedFor) {
  FakeCluster cluster;
  FakeClients clients(cluster, milliseconds(500));
  put(cluster, "a", "old");
  const uint64_t start = cluster.next_ts();
  cluster.with_data([&](FakeMvcc& data) {
    auto lock = lock_of("z", start, "new");
    lock.min_commit_ts = start + 1;
    data.row("a").lock = lock;
    data.row("z").lock = lock;
  });
  const uint64_t read_ts = cluster.next_ts();
  EXPECT_EQ(*clients.tikv->get("a", read_ts), "old");
  cluster.with_data([&](FakeMvcc& data) {
    ASSERT_TRUE(data.row("z").lock);
    EXPECT_GT(data.row("z").lock->min_commit_ts, read_ts);
  });
}

TEST(TikvRead, AnAsyncCommitIsDecidedByItsSecondaries) {
  FakeCluster cluster({.split_keys = {"m"}});
  FakeClients clients(cluster);
  const uint64_t start = cluster.next_ts();
  cluster.with_data([&](FakeMvcc& data) {
    auto lock = lock_of("a", start, "new");
    lock.async_commit = true;
    lock.min_commit_ts = start + 5;
    lock.secondaries = {"b", "x"};
    data.row("a").lock = lock;
    lock.secondaries.clear();
    lock.min_commit_ts = start + 9;
    data.row("b").lock = lock;
    data.row("x").lock = lock;
  });
  cluster.advance_ms(60000);
  EXPECT_EQ(*clients.tikv->get("b", cluster.next_ts()), "new");
  EXPECT_EQ(*clients.tikv->get("a", cluster.next_ts()), "new");
  cluster.with_data([&](FakeMvcc& data) {
    EXPECT_EQ(data.row("b").writes.at(0).commit_ts, start + 9);
    EXPECT_EQ(data.row("a").writes.at(0).commit_ts, start + 9);
  });
}

TEST(TikvRead, AnAsyncCommitWithAMissingSecondaryIsRolledBack) {
  FakeCluster cluster({.split_keys = {"m"}});
  FakeClients clients(cluster);
  const uint64_t start = cluster.next_ts();
  cluster.with_data([&](FakeMvcc& data) {
    auto lock = lock_of("a", start, "new");
    lock.async_commit = true;
    lock.min_commit_ts = start + 5;
    lock.secondaries = {"x"};
    data.row("a").lock = lock;
  });
  cluster.advance_ms(60000);
  EXPECT_EQ(*clients.tikv->get("a", cluster.next_ts()), std::nullopt);
  cluster.with_data([&](FakeMvcc& data) {
    EXPECT_EQ(data.row("x").writes.at(0).type, kvrpcpb::Rollback);
    EXPECT_FALSE(data.row("a").lock);
  });
}

TEST(TikvRead, OldTikvIsAskedByCleanupOnlyWhenTheLockIsDead) {
  FakeCluster cluster;
  FakeClients clients(cluster, milliseconds(300));
  cluster.set_unimplemented("KvCheckTxnStatus");
  put(cluster, "a", "old");
  const uint64_t start = cluster.next_ts();
  cluster.with_data([&](FakeMvcc& data) { data.row("a").lock = lock_of("a", start, "new"); });
  EXPECT_FALSE(clients.tikv->get("a", cluster.next_ts()).ok());
  EXPECT_EQ(cluster.calls("KvCleanup"), 0);
  cluster.advance_ms(60000);
  EXPECT_EQ(*clients.tikv->get("a", cluster.next_ts()), "old");
  EXPECT_EQ(cluster.calls("KvCleanup"), 1);
}

TEST(TikvRead, BatchOverRegionsInKeyOrder) {
  FakeCluster cluster({.stores = 2, .split_keys = {"c", "f"}});
  FakeClients clients(cluster);
  cluster.move_leader("d", 2);
  std::vector<std::string> keys;
  for (char c = 'h'; c >= 'a'; --c) {
    keys.emplace_back(1, c);
    if (c != 'd') put(cluster, keys.back(), "v" + keys.back());
  }
  const uint64_t start = cluster.next_ts();
  cluster.with_data([&](FakeMvcc& data) { data.row("g").lock = lock_of("g", start, "new"); });
  cluster.advance_ms(60000);
  const auto found = clients.tikv->batch_get(keys, cluster.next_ts());
  ASSERT_TRUE(found.ok()) << found.status().message();
  EXPECT_EQ(keys_of(*found), (std::vector<std::string>{"a", "b", "c", "e", "f", "g", "h"}));
  EXPECT_EQ(found->back().value, "vh");
}

/// What a scan must give, from the model's own rows.
std::vector<std::string> expected(FakeCluster& cluster, const ScanOptions& options) {
  std::vector<std::string> keys = cluster.with_data([&](FakeMvcc& data) {
    std::vector<std::string> in_range;
    for (const auto& [key, row] : data.rows()) {
      const bool below = options.end.empty() || key < options.end;
      if (!row.writes.empty() && key >= options.start && below) in_range.push_back(key);
    }
    return in_range;
  });
  if (options.reverse) std::reverse(keys.begin(), keys.end());
  if (keys.size() > options.limit) keys.resize(options.limit);
  return keys;
}

TEST(TikvRead, ScansOfRandomRangesOverRegionsThatSplitAndMove) {
  const auto seed = test_seed();
  std::mt19937 random(seed);
  auto some_key = [&] { return std::to_string(1000 + random() % 1000); };
  FakeCluster cluster({.stores = 3});
  FakeClients clients(cluster);
  for (int i = 0; i < 900; ++i) put(cluster, some_key(), "v");
  for (int round = 0; round < 60; ++round) {
    const std::string border = some_key();
    if (cluster.region_of(border).start_key != border) cluster.split(border);
    cluster.move_leader(some_key(), 1 + random() % 3);
    ScanOptions options;
    if (random() % 4 != 0) options.start = some_key();
    if (random() % 4 != 0) options.end = some_key();
    if (random() % 2 != 0) options.limit = random() % 700;
    options.reverse = random() % 2 != 0;
    options.key_only = random() % 2 != 0;
    const auto found = clients.tikv->scan(options, cluster.next_ts());
    ASSERT_TRUE(found.ok()) << found.status().message();
    ASSERT_EQ(keys_of(*found), expected(cluster, options))
        << "[" << options.start << ", " << options.end << ") limit " << options.limit
        << (options.reverse ? " reverse" : "");
  }
}

TEST(TikvRead, ScanGoesOnBehindALock) {
  for (const bool reverse : {false, true}) {
    FakeCluster cluster({.split_keys = {"d"}});
    FakeClients clients(cluster);
    for (char c = 'a'; c <= 'g'; ++c) put(cluster, std::string(1, c), "old");
    const uint64_t start = cluster.next_ts();
    cluster.with_data([&](FakeMvcc& data) {
      for (const char* key : {"b", "c", "e"}) data.row(key).lock = lock_of("e", start, "new");
    });
    cluster.advance_ms(60000);
    const auto found =
        clients.tikv->scan({.start = "", .end = "", .reverse = reverse}, cluster.next_ts());
    ASSERT_TRUE(found.ok()) << found.status().message();
    EXPECT_EQ(found->size(), 7U);
    EXPECT_TRUE(
        std::all_of(found->begin(), found->end(), [](auto& p) { return p.value == "old"; }));
  }
}

TEST(TikvRead, ScanBehindALiveLockGivesUp) {
  FakeCluster cluster;
  FakeClients clients(cluster, milliseconds(300));
  const uint64_t start = cluster.next_ts();
  cluster.with_data([&](FakeMvcc& data) { data.row("b").lock = lock_of("b", start, "new"); });
  EXPECT_EQ(clients.tikv->scan({}, cluster.next_ts()).status().code(), StatusCode::kUnavailable);
}

TEST(TikvRead, VersionsAndLockOfAKey) {
  FakeCluster cluster;
  FakeClients clients(cluster);
  EXPECT_TRUE(clients.tikv->mvcc_get_by_key("a")->writes.empty());
  EXPECT_EQ(clients.tikv->mvcc_get_by_key_raw("a").value(), std::string("\x1a\0", 2));
  put(cluster, "a", "1");
  const uint64_t start = cluster.next_ts();
  cluster.with_data([&](FakeMvcc& data) {
    data.row("a").writes.insert(data.row("a").writes.begin(), {kvrpcpb::Rollback, 7, 7});
    data.row("a").lock = lock_of("z", start, "new");
  });
  const auto info = clients.tikv->mvcc_get_by_key("a");
  ASSERT_TRUE(info.ok());
  ASSERT_EQ(info->writes.size(), 2U);
  EXPECT_EQ(info->writes[0].type, KvOp::kRollback);
  EXPECT_EQ(info->writes[0].start_ts, 7U);
  EXPECT_EQ(info->lock->primary, "z");
}

TEST(TikvRead, FateOfAnOrphan) {
  FakeCluster cluster;
  FakeClients clients(cluster);
  const uint64_t start = cluster.next_ts();
  const uint64_t commit = cluster.next_ts();
  cluster.with_data([&](FakeMvcc& data) {
    data.set("committed", "v", start, commit);
    data.row("alive").lock = lock_of("alive", start, "v");
  });
  EXPECT_EQ(clients.tikv->resolve_txn_status("committed", start)->commit_ts, commit);
  const auto other = start + 1000;
  cluster.with_data([&](FakeMvcc& data) { data.row("alive").lock = lock_of("alive", other, "v"); });
  EXPECT_EQ(clients.tikv->resolve_txn_status("alive", other)->ttl_ms, 3000U);
  EXPECT_TRUE(clients.tikv->resolve_txn_status("never", start + 2000)->rolled_back());
  cluster.with_data(
      [&](FakeMvcc& data) { EXPECT_EQ(data.row("never").writes.at(0).type, kvrpcpb::Rollback); });
}

}  // namespace
}  // namespace tbl::cluster
