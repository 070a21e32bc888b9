#include <gtest/gtest.h>

#include <random>
#include <thread>

#include "base/test_seed.h"
#include "cluster/fake_cluster.h"
#include "cluster/tikv.h"

namespace tbl::cluster {
namespace {

using testing::FakeClients;
using testing::FakeCluster;
using testing::FakeMvcc;
using testing::Fault;

Txn begin(FakeCluster& cluster, FakeClients& clients) {
  return Txn(*clients.tikv, cluster.next_ts());
}

TEST(Txn, CommitsOverRegionsAndStores) {
  FakeCluster cluster({.stores = 3, .split_keys = {"g", "p"}});
  FakeClients clients(cluster);
  cluster.move_leader("h", 2);
  cluster.move_leader("x", 3);
  Txn txn = begin(cluster, clients);
  for (char c = 'z'; c >= 'a'; --c) txn.put(std::string(1, c), std::string(2, c));
  EXPECT_EQ(txn.primary(), "z");
  const auto commit_ts = txn.commit();
  ASSERT_TRUE(commit_ts.ok()) << commit_ts.status().message();
  const auto all = clients.tikv->scan({}, *commit_ts);
  ASSERT_TRUE(all.ok());
  EXPECT_EQ(all->size(), 26U);
  EXPECT_EQ(clients.tikv->scan({}, *commit_ts - 1)->size(), 0U);
  cluster.with_data([](FakeMvcc& data) {
    for (const auto& [key, row] : data.rows()) {
      EXPECT_FALSE(row.lock) << key;
      EXPECT_EQ(row.writes.size(), 1U) << key;
    }
  });
}

TEST(Txn, NothingBufferedIsNothingDone) {
  FakeCluster cluster;
  FakeClients clients(cluster);
  EXPECT_EQ(begin(cluster, clients).commit().value(), 0U);
}

TEST(Txn, TheLastMutationOfAKeyCounts) {
  FakeCluster cluster;
  FakeClients clients(cluster);
  Txn txn = begin(cluster, clients);
  txn.put("a", "1");
  txn.put("b", "1");
  txn.put("a", "2");
  txn.remove("b");
  const auto commit_ts = txn.commit();
  ASSERT_TRUE(commit_ts.ok());
  EXPECT_EQ(*clients.tikv->get("a", *commit_ts), "2");
  EXPECT_EQ(*clients.tikv->get("b", *commit_ts), std::nullopt);
}

TEST(Txn, LargeOnesGoInSeveralRequests) {
  FakeCluster cluster;
  FakeClients clients(cluster);
  Txn txn = begin(cluster, clients);
  for (int i = 0; i < 40; ++i) txn.put("k" + std::to_string(i), std::string(50000, 'v'));
  const auto commit_ts = txn.commit();
  ASSERT_TRUE(commit_ts.ok()) << commit_ts.status().message();
  EXPECT_GT(cluster.calls("KvPrewrite"), 5);
  EXPECT_EQ(clients.tikv->scan({}, *commit_ts)->size(), 40U);
}

TEST(Txn, TheSlowerOfTwoLosesAndLeavesNothing) {
  FakeCluster cluster({.split_keys = {"m"}});
  FakeClients clients(cluster);
  Txn slow = begin(cluster, clients);
  slow.put("a", "slow");
  slow.put("x", "slow");
  Txn fast = begin(cluster, clients);
  fast.put("x", "fast");
  ASSERT_TRUE(fast.commit().ok());
  const auto lost = slow.commit();
  EXPECT_EQ(lost.status().code(), StatusCode::kAborted);
  EXPECT_NE(lost.status().message().find("write conflict"), std::string::npos);
  EXPECT_EQ(*clients.tikv->get("x", cluster.next_ts()), "fast");
  EXPECT_EQ(*clients.tikv->get("a", cluster.next_ts()), std::nullopt);
  cluster.with_data([](FakeMvcc& data) { EXPECT_FALSE(data.row("a").lock); });
}

TEST(Txn, InsertMeetsAnExistingKey) {
  FakeCluster cluster;
  FakeClients clients(cluster);
  Txn first = begin(cluster, clients);
  first.insert("a", "1");
  ASSERT_TRUE(first.commit().ok());
  Txn second = begin(cluster, clients);
  second.insert("a", "2");
  EXPECT_EQ(second.commit().status().code(), StatusCode::kAlreadyExists);
}

TEST(Txn, ADeadLockInTheWayIsResolved) {
  FakeCluster cluster;
  FakeClients clients(cluster);
  Txn dead = begin(cluster, clients);
  dead.put("a", "dead");
  ASSERT_TRUE(dead.prewrite().ok());
  cluster.advance_ms(60000);
  Txn alive = begin(cluster, clients);
  alive.put("a", "alive");
  ASSERT_TRUE(alive.commit().ok());
  EXPECT_EQ(dead.commit_at(cluster.next_ts()).code(), StatusCode::kAborted);
  EXPECT_EQ(*clients.tikv->get("a", cluster.next_ts()), "alive");
}

TEST(Txn, APessimisticLockOfTheDeadIsReleased) {
  FakeCluster cluster;
  FakeClients clients(cluster);
  const uint64_t start = cluster.next_ts();
  cluster.with_data([&](FakeMvcc& data) {
    FakeMvcc::Lock lock{.type = kvrpcpb::PessimisticLock,
                        .start_ts = start,
                        .primary = "z",
                        .value = "",
                        .ttl_ms = 3000,
                        .txn_size = 1};
    data.row("a").lock = lock;
  });
  cluster.advance_ms(60000);
  EXPECT_EQ(*clients.tikv->get("a", cluster.next_ts()), std::nullopt);
  Txn txn = begin(cluster, clients);
  txn.put("a", "1");
  EXPECT_TRUE(txn.commit().ok());
  EXPECT_EQ(cluster.calls("KVPessimisticRollback"), 1);
}

TEST(Txn, PushedByAReaderItCommitsLater) {
  FakeCluster cluster;
  FakeClients clients(cluster);
  Txn txn = begin(cluster, clients);
  txn.put("a", "1");
  ASSERT_TRUE(txn.prewrite().ok());
  const uint64_t too_early = cluster.next_ts();
  cluster.with_data([&](FakeMvcc& data) { data.row("a").lock->min_commit_ts = too_early + 1; });
  EXPECT_EQ(txn.commit_at(too_early).code(), StatusCode::kFailedPrecondition);
  EXPECT_TRUE(txn.commit_at(cluster.next_ts()).ok());
}

Fault lost_answer() { return {.status = unavailable("connection reset"), .execute_first = true}; }

TEST(Txn, ALostAnswerOfTheCommitIsAskedAgain) {
  FakeCluster cluster;
  FakeClients clients(cluster);
  cluster.inject("KvCommit", lost_answer());
  Txn txn = begin(cluster, clients);
  txn.put("a", "1");
  const auto commit_ts = txn.commit();
  ASSERT_TRUE(commit_ts.ok()) << commit_ts.status().message();
  EXPECT_EQ(*clients.tikv->get("a", *commit_ts), "1");
}

TEST(Txn, ACommitNobodyAnswersForIsUndetermined) {
  FakeCluster cluster;
  FakeClients clients(cluster, std::chrono::milliseconds(300));
  for (int i = 0; i < 100; ++i) cluster.inject("KvCommit", lost_answer());
  Txn txn = begin(cluster, clients);
  txn.put("a", "1");
  const auto commit_ts = txn.commit();
  EXPECT_EQ(commit_ts.status().code(), StatusCode::kUnknown);
  EXPECT_NE(commit_ts.status().message().find("undetermined"), std::string::npos);
  // It did commit, and nothing was rolled back behind its back.
  EXPECT_EQ(*clients.tikv->get("a", cluster.next_ts()), "1");
}

TEST(Txn, SecondariesLeftLockedAreCommittedByTheNextReader) {
  FakeCluster cluster({.split_keys = {"m"}});
  FakeClients clients(cluster, std::chrono::milliseconds(300));
  Txn txn = begin(cluster, clients);
  txn.put("a", "1");
  txn.put("x", "1");
  ASSERT_TRUE(txn.prewrite().ok());
  const uint64_t commit_ts = cluster.next_ts();
  cluster.with_data([&](FakeMvcc& data) {
    kvrpcpb::CommitRequest request;
    request.set_start_version(txn.start_ts());
    request.set_commit_version(commit_ts);
    request.add_keys("a");
    kvrpcpb::CommitResponse response;
    data.handle(request, &response);
  });
  EXPECT_EQ(*clients.tikv->get("x", cluster.next_ts()), "1");
}

/// Moves money between accounts while regions split and move and answers get lost.
class Bank {
 public:
  Bank(FakeCluster& cluster, FakeClients& clients) : cluster_(cluster), clients_(clients) {}

  static std::string account(unsigned i) { return "account" + std::to_string(10 + i); }

  /// True: it committed, or may have.
  bool transfer(unsigned from, unsigned to) {
    Txn txn = begin(cluster_, clients_);
    const auto a = clients_.tikv->get(account(from), txn.start_ts());
    const auto b = clients_.tikv->get(account(to), txn.start_ts());
    if (!a.ok() || !b.ok()) return false;
    txn.put(account(from), std::to_string(std::stoi(**a) - 1));
    txn.put(account(to), std::to_string(std::stoi(**b) + 1));
    return txn.commit().ok();
  }

  int total() {
    int sum = 0;
    const auto all = clients_.tikv->scan({}, cluster_.next_ts());
    EXPECT_TRUE(all.ok()) << all.status().message();
    for (const auto& pair : *all) sum += std::stoi(pair.value);
    return sum;
  }

 private:
  FakeCluster& cluster_;
  FakeClients& clients_;
};

TEST(Txn, MoneyIsNeitherMadeNorLost) {
  const auto seed = test_seed();
  constexpr unsigned kAccounts = 20;
  FakeCluster cluster({.stores = 3});
  FakeClients clients(cluster);
  Txn setup = begin(cluster, clients);
  for (unsigned i = 0; i < kAccounts; ++i) setup.put(Bank::account(i), "100");
  ASSERT_TRUE(setup.commit().ok());
  Bank bank(cluster, clients);
  std::atomic<int> committed = 0;
  std::vector<std::thread> threads;
  for (unsigned t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      std::mt19937 random(seed + t);
      for (int i = 0; i < 25; ++i) {
        const unsigned from = random() % kAccounts;
        if (bank.transfer(from, (from + 1 + random() % (kAccounts - 1)) % kAccounts)) ++committed;
      }
    });
  }
  std::mt19937 random(seed + 100);
  for (int i = 0; i < 15; ++i) {
    const std::string border = Bank::account(random() % kAccounts);
    if (cluster.region_of(border).start_key != border) cluster.split(border);
    cluster.move_leader(border, 1 + random() % 3);
    cluster.inject(random() % 2 != 0 ? "KvCommit" : "KvPrewrite", lost_answer());
    EXPECT_EQ(bank.total(), 2000);
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(bank.total(), 2000);
  EXPECT_GT(committed, 0);
}

}  // namespace
}  // namespace tbl::cluster
