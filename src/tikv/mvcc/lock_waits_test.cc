#include "tikv/mvcc/lock_waits.h"

#include <condition_variable>
#include <random>
#include <set>

#include "base/test_seed.h"
#include "tikv/mvcc/test_store.h"

namespace tbl::tikv {
namespace {

using Steady = std::chrono::steady_clock;
constexpr auto kLong = std::chrono::hours(1);

/// Counts resumptions and waits for them.
class Counter {
 public:
  std::function<void()> one() {
    return [this] {
      std::lock_guard lock(mutex_);
      ++count_;
      changed_.notify_all();
    };
  }
  void wait_for(int count) {
    std::unique_lock lock(mutex_);
    ASSERT_TRUE(changed_.wait_for(lock, std::chrono::seconds(30), [&] { return count_ >= count; }));
  }
  int count() {
    std::lock_guard lock(mutex_);
    return count_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  int count_ = 0;
};

LockWaits::Entry enter(LockWaits& waits, uint64_t waiter, uint64_t holder, const std::string& key) {
  return waits.enter({key, waiter, holder, Steady::now() + kLong});
}

TEST(LockWaitsTest, ReleaseResumesAllWhoWaitForTheKey) {
  LockWaits waits;
  Counter a;
  Counter b;
  waits.park(enter(waits, 2, 1, "a").ticket, a.one());
  waits.park(enter(waits, 3, 1, "a").ticket, a.one());
  waits.park(enter(waits, 4, 1, "b").ticket, b.one());
  waits.released({"c"});
  EXPECT_EQ(a.count(), 0);
  waits.released({"a"});
  a.wait_for(2);
  EXPECT_EQ(b.count(), 0);
}

TEST(LockWaitsTest, AReleaseBeforeParkingIsNotLost) {
  LockWaits waits;
  Counter counter;
  const auto entry = enter(waits, 2, 1, "a");
  waits.released({"a"});
  waits.park(entry.ticket, counter.one());
  counter.wait_for(1);
}

TEST(LockWaitsTest, DeadlineResumes) {
  LockWaits waits;
  Counter counter;
  waits.park(waits.enter({"a", 2, 1, Steady::now() + kLong}).ticket, counter.one());
  waits.park(waits.enter({"a", 3, 1, Steady::now() + std::chrono::milliseconds(5)}).ticket,
             counter.one());
  counter.wait_for(1);
  EXPECT_EQ(counter.count(), 1);
}

TEST(LockWaitsTest, WhoLeavesWaitsForNobody) {
  LockWaits waits;
  waits.leave(enter(waits, 2, 1, "a").ticket);
  EXPECT_FALSE(enter(waits, 1, 2, "b").deadlock_key);
}

TEST(LockWaitsTest, StopResumesNobody) {
  Counter counter;
  {
    LockWaits waits;
    waits.park(enter(waits, 2, 1, "a").ticket, counter.one());
    waits.stop();
    waits.released({"a"});
  }
  EXPECT_EQ(counter.count(), 0);
}

/// Oracle: the transitive closure of who waits for whom.
TEST(LockWaitsTest, DeadlocksAreCirclesAndNothingElse) {
  const uint64_t seed = test_seed();
  RecordProperty("seed", std::to_string(seed));
  std::mt19937_64 random(seed);
  for (int round = 0; round < 200; ++round) {
    LockWaits waits;
    constexpr size_t kTxns = 8;
    bool reaches[kTxns][kTxns] = {};
    for (int i = 0; i < 12; ++i) {
      const size_t waiter = random() % kTxns;
      const size_t holder = random() % kTxns;
      if (waiter == holder) continue;
      const bool circle = reaches[holder][waiter];
      ASSERT_EQ(enter(waits, waiter, holder, "k" + std::to_string(holder)).deadlock_key.has_value(),
                circle);
      if (circle) continue;
      for (size_t from = 0; from < kTxns; ++from) {
        for (size_t to = 0; to < kTxns; ++to) {
          reaches[from][to] |=
              (from == waiter || reaches[from][waiter]) && (to == holder || reaches[holder][to]);
        }
      }
    }
  }
}

class LockOrWait : public MvccTest {
 protected:
  kvrpcpb::PessimisticLockResponse lock(uint64_t start_ts, const std::string& key, LockWait* wait,
                                        int64_t timeout = 0) {
    kvrpcpb::PessimisticLockRequest request;
    request.set_start_version(start_ts);
    request.set_for_update_ts(start_ts);
    request.set_lock_ttl(3000);
    request.set_primary_lock(key);
    request.set_wait_timeout(timeout);
    auto* mutation = request.add_mutations();
    mutation->set_op(kvrpcpb::PessimisticLock);
    mutation->set_key(key);
    kvrpcpb::PessimisticLockResponse response;
    EXPECT_TRUE(lock_or_wait(db.store(), request, &response, wait).ok());
    return response;
  }
  LockWait wait;
};

TEST_F(LockOrWait, WaitsForTheOwnersEnd) {
  LockWait owner;
  EXPECT_EQ(lock(10, "a", &owner).errors_size(), 0);
  EXPECT_FALSE(owner.ticket);
  lock(20, "a", &wait);
  ASSERT_TRUE(wait.ticket);
  Counter counter;
  db.store().lock_waits.park(*wait.ticket, counter.one());
  ASSERT_EQ(db.prewrite(10, {put("a", "1")}).errors_size(), 0);
  EXPECT_EQ(counter.count(), 0);
  EXPECT_FALSE(db.commit(10, 15, {"a"}).has_error());
  counter.wait_for(1);
  EXPECT_EQ(lock(20, "a", &wait).errors_size(), 0);
  EXPECT_FALSE(wait.ticket);
}

TEST_F(LockOrWait, NegativeTimeoutDoesNotWait) {
  LockWait owner;
  lock(10, "a", &owner);
  EXPECT_TRUE(lock(20, "a", &wait, -1).errors(0).has_locked());
  EXPECT_FALSE(wait.ticket);
}

TEST_F(LockOrWait, PastTheDeadlineTheLockIsTheAnswer) {
  LockWait owner;
  lock(10, "a", &owner);
  wait.deadline = Steady::now() - std::chrono::milliseconds(1);
  EXPECT_EQ(lock(20, "a", &wait).errors(0).locked().lock_version(), 10u);
  EXPECT_FALSE(wait.ticket);
}

TEST_F(LockOrWait, TheOneWhoClosesTheCircleIsTold) {
  LockWait first;
  LockWait second;
  lock(10, "a", &first);
  lock(20, "b", &second);
  lock(10, "b", &first);
  ASSERT_TRUE(first.ticket);
  const auto response = lock(20, "a", &second);
  ASSERT_EQ(response.errors_size(), 1);
  EXPECT_FALSE(response.errors(0).has_locked());
  EXPECT_EQ(response.errors(0).deadlock().lock_ts(), 10u);
  EXPECT_EQ(response.errors(0).deadlock().lock_key(), "a");
  EXPECT_EQ(response.errors(0).deadlock().deadlock_key(), "b");
  EXPECT_FALSE(second.ticket);
}

}  // namespace
}  // namespace tbl::tikv
