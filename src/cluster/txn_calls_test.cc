#include "cluster/txn_calls.h"

#include <gtest/gtest.h>

#include "cluster/fake_cluster.h"
#include "cluster/gc_calls.h"

namespace tbl::cluster {
namespace {

using testing::FakeClients;
using testing::FakeCluster;
using testing::FakeMvcc;
using testing::Fault;
using Kind = KeyFailure::Kind;

class TxnCallsTest : public ::testing::Test {
 protected:
  TxnHead head(const std::string& primary, bool pessimistic = true) {
    TxnHead head{.primary = primary, .start_ts = cluster_.next_ts()};
    if (pessimistic) head.for_update_ts = cluster_.next_ts();
    return head;
  }
  std::string now(const std::string& key) {
    return clients_.tikv->get(key, cluster_.next_ts()).value().value_or("-");
  }
  size_t locks() {
    return cluster_.with_data([](FakeMvcc& data) {
      size_t count = 0;
      for (const auto& [_, row] : data.rows()) count += row.lock.has_value();
      return count;
    });
  }

  FakeCluster cluster_{{.stores = 2, .split_keys = {"m"}}};
  FakeClients clients_{cluster_, std::chrono::milliseconds(500)};
  TxnCalls calls_{*clients_.tikv};
  KeyFailure failure_;
};

TEST_F(TxnCallsTest, LockedThenPrewrittenThenCommitted) {
  const TxnHead txn = head("z");
  ASSERT_TRUE(calls_.lock(txn, {{"a"}, {"z"}}, &failure_).ok());
  EXPECT_EQ(locks(), 2U);
  ASSERT_TRUE(calls_
                  .prewrite(txn,
                            {{KvOp::kPut, "a", "1", true},
                             {KvOp::kPut, "b", "1", false},
                             {KvOp::kLock, "z", "", true}},
                            &failure_)
                  .ok());
  ASSERT_TRUE(calls_.commit_primary(txn, cluster_.next_ts()).ok());
  ASSERT_TRUE(calls_.commit_others(txn, {"b", "a"}, cluster_.next_ts()).ok());
  EXPECT_EQ(now("a") + now("b") + now("z"), "11-");
  EXPECT_EQ(locks(), 0U);
}

TEST_F(TxnCallsTest, TheKeysOfThePrimarysRegionGoAlong) {
  const TxnHead txn = head("b", false);
  ASSERT_TRUE(
      calls_
          .prewrite(txn, {{KvOp::kPut, "a", "1"}, {KvOp::kPut, "b", "1"}, {KvOp::kPut, "z", "1"}},
                    &failure_)
          .ok());
  const int before = cluster_.calls("KvCommit");
  std::vector<std::string> others{"a", "z"};
  const uint64_t commit_ts = cluster_.next_ts();
  ASSERT_TRUE(calls_.commit_primary(txn, commit_ts, &others).ok());
  EXPECT_EQ(cluster_.calls("KvCommit"), before + 1);
  EXPECT_EQ(others, std::vector<std::string>{"z"});
  EXPECT_EQ(locks(), 1U);
  ASSERT_TRUE(calls_.commit_others(txn, others, commit_ts).ok());
  EXPECT_EQ(now("a") + now("b") + now("z"), "111");
}

TEST_F(TxnCallsTest, FailuresAreTold) {
  const TxnHead holder = head("a");
  ASSERT_TRUE(calls_.lock(holder, {{"a"}}, &failure_).ok());
  const TxnHead other = head("a");
  EXPECT_FALSE(calls_.lock(other, {{"a"}}, &failure_).ok());
  EXPECT_EQ(failure_.kind, Kind::kLocked);
  EXPECT_EQ(failure_.key, "a");
  EXPECT_EQ(failure_.other_start_ts, holder.start_ts);
}

TEST_F(TxnCallsTest, ANewerVersionIsAConflict) {
  const TxnHead txn = head("b");
  const uint64_t start = cluster_.next_ts(), commit = cluster_.next_ts();
  cluster_.with_data([&](FakeMvcc& data) {
    data.set("b", "new", start, commit);
    return 0;
  });
  EXPECT_FALSE(calls_.lock(txn, {{"b"}}, &failure_).ok());
  EXPECT_EQ(failure_.kind, Kind::kConflict);
  EXPECT_EQ(failure_.other_commit_ts, commit);
  EXPECT_FALSE(calls_.prewrite(head("b", false), {{KvOp::kInsert, "b", "x"}}, &failure_).ok());
  EXPECT_EQ(failure_.kind, Kind::kAlreadyExists);
  EXPECT_FALSE(calls_.lock(head("b"), {{"b", true}}, &failure_).ok());
  EXPECT_EQ(failure_.kind, Kind::kAlreadyExists);
}

TEST_F(TxnCallsTest, WhatExistsIsLockedAndReadInOneCall) {
  const uint64_t start = cluster_.next_ts(), commit = cluster_.next_ts();
  cluster_.with_data([&](FakeMvcc& data) {
    data.set("b", "old", start, commit);
    return 0;
  });
  const TxnHead txn = head("b");
  const int calls = cluster_.calls("KvPessimisticLock") + cluster_.calls("KvGet");
  auto found = calls_.lock_existing(txn, "b", &failure_);
  ASSERT_TRUE(found.ok()) << found.status().to_string();
  EXPECT_TRUE(found->locked);
  EXPECT_EQ(found->value, "old");
  found = calls_.lock_existing(txn, "z", &failure_);
  ASSERT_TRUE(found.ok()) << found.status().to_string();
  EXPECT_FALSE(found->locked);
  EXPECT_FALSE(found->value.has_value());
  EXPECT_EQ(cluster_.calls("KvPessimisticLock") + cluster_.calls("KvGet"), calls + 2);
  EXPECT_EQ(locks(), 1U);
  EXPECT_FALSE(calls_.lock_existing(head("b"), "b", &failure_).ok());
  EXPECT_EQ(failure_.kind, Kind::kLocked);
}

TEST_F(TxnCallsTest, ALostLockFailsThePrewrite) {
  const TxnHead txn = head("a");
  EXPECT_FALSE(calls_.prewrite(txn, {{KvOp::kPut, "a", "1", true}}, &failure_).ok());
  EXPECT_EQ(failure_.kind, Kind::kLockNotFound);
}

TEST_F(TxnCallsTest, ADeadHoldersLockIsTaken) {
  const TxnHead dead = head("a");
  ASSERT_TRUE(calls_.lock(dead, {{"a"}}, &failure_).ok());
  cluster_.advance_ms(60000);
  ASSERT_TRUE(calls_.lock(head("a"), {{"a"}}, &failure_).ok()) << failure_.key;
}

TEST_F(TxnCallsTest, ALockWithAnAbandonedPrimarySaysNothingOfTheTransaction) {
  // The first statement failed before its primary was locked, and one lock was left behind.
  TxnHead txn = head("a");
  txn.primary = "abandoned";
  ASSERT_TRUE(calls_.lock(txn, {{"left"}}, &failure_).ok());
  cluster_.advance_ms(60000);
  ASSERT_TRUE(calls_.lock(head("left"), {{"left"}}, &failure_).ok()) << "cleared as dead";
  txn.primary = "a";
  txn.ttl_ms = 100000;
  txn.for_update_ts = cluster_.next_ts();
  ASSERT_TRUE(calls_.lock(txn, {{"a"}, {"z"}}, &failure_).ok());
  ASSERT_TRUE(
      calls_.prewrite(txn, {{KvOp::kPut, "a", "1", true}, {KvOp::kPut, "z", "1", true}}, &failure_)
          .ok());
  ASSERT_TRUE(calls_.commit_primary(txn, cluster_.next_ts()).ok());
  EXPECT_EQ(now("a") + now("z"), "11") << "z is not rolled back by who meets its lock";
}

TEST_F(TxnCallsTest, AHeartBeatKeepsALockAlive) {
  TxnHead txn = head("a");
  ASSERT_TRUE(calls_.lock(txn, {{"a"}}, &failure_).ok());
  txn.ttl_ms = 100000;
  EXPECT_EQ(calls_.heart_beat(txn).value(), 100000U);
  cluster_.advance_ms(60000);
  EXPECT_FALSE(calls_.lock(head("a"), {{"a"}}, &failure_).ok());
  ASSERT_TRUE(calls_.unlock(txn, {"a"}).ok());
  EXPECT_EQ(locks(), 0U);
  EXPECT_FALSE(calls_.heart_beat(txn).ok());
}

TEST_F(TxnCallsTest, RegionErrorsAreFollowed) {
  const TxnHead txn = head("a");
  cluster_.split("c");
  cluster_.move_leader("z", 2);
  ASSERT_TRUE(calls_.lock(txn, {{"a"}, {"d"}, {"z"}}, &failure_).ok());
  EXPECT_EQ(locks(), 3U);
}

TEST_F(TxnCallsTest, TheCollectorClearsOldLocksInAllRegions) {
  const TxnHead old = head("a", false);
  ASSERT_TRUE(
      calls_.prewrite(old, {{KvOp::kPut, "a", "1"}, {KvOp::kPut, "z", "1"}}, &failure_).ok());
  cluster_.advance_ms(3600000);
  const TxnHead young = head("b", false);
  ASSERT_TRUE(calls_.prewrite(young, {{KvOp::kPut, "b", "1"}}, &failure_).ok());
  GcCalls gc(*clients_.pd, *clients_.tikv);
  ASSERT_TRUE(gc.resolve_locks(young.start_ts - 1).ok());
  EXPECT_EQ(locks(), 1U);
  // One that lives stands in the way.
  EXPECT_FALSE(gc.resolve_locks(young.start_ts).ok());
}

}  // namespace
}  // namespace tbl::cluster
