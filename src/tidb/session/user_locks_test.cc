// GET_LOCK: waiting, giving up, kills, deadlocks.
#include "tidb/session/user_locks.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "base/stop.h"

namespace tbl::tidb {
namespace {

const auto kNobody = [] { return false; };

TEST(UserLocks, OneHolderAtATime) {
  UserLocks locks;
  EXPECT_TRUE(*locks.lock(1, "a", 0, kNobody));
  EXPECT_FALSE(*locks.lock(2, "A", 0, kNobody)) << "names are without case";
  EXPECT_TRUE(*locks.lock(2, "b", 0, kNobody));
  EXPECT_EQ(locks.holder("a"), 1u);
  EXPECT_EQ(locks.holder("c"), std::nullopt);
  EXPECT_EQ(locks.release(2, "a"), false);
  EXPECT_EQ(locks.release(2, "c"), std::nullopt);
  EXPECT_EQ(locks.release(1, "a"), true);
  EXPECT_TRUE(*locks.lock(2, "a", 0, kNobody));
}

TEST(UserLocks, CountsItsHolders) {
  UserLocks locks;
  EXPECT_TRUE(*locks.lock(1, "a", 0, kNobody));
  EXPECT_TRUE(*locks.lock(1, "a", 0, kNobody));
  EXPECT_TRUE(*locks.lock(1, "b", 0, kNobody));
  EXPECT_EQ(locks.release(1, "a"), true);
  EXPECT_FALSE(*locks.lock(2, "a", 0, kNobody)) << "held once more";
  EXPECT_EQ(locks.release_all(1), 2u);
  EXPECT_TRUE(*locks.lock(2, "a", 0, kNobody));
}

TEST(UserLocks, WaitsForTheRelease) {
  UserLocks locks;
  EXPECT_TRUE(*locks.lock(1, "a", 0, kNobody));
  std::atomic<bool> got{false};
  Thread waiter("waiter", [&] { got = *locks.lock(2, "a", -1, kNobody); });
  std::atomic<int> asked{0};
  // Its look for a kill shows that the third one waits.
  Thread killed("killed", [&] {
    const auto result = locks.lock(3, "a", 1000, [&] { return ++asked > 1; });
    EXPECT_EQ(result.status().detail(), 1317);
  });
  killed.join();
  EXPECT_FALSE(got);
  EXPECT_EQ(locks.release(1, "a"), true);
  waiter.join();
  EXPECT_TRUE(got);
  EXPECT_EQ(locks.holder("a"), 2u);
}

TEST(UserLocks, FindsDeadlocks) {
  UserLocks locks;
  EXPECT_TRUE(*locks.lock(1, "a", 0, kNobody));
  EXPECT_TRUE(*locks.lock(2, "b", 0, kNobody));
  std::atomic<bool> waits{false};
  Thread waiter("waiter", [&] {
    EXPECT_TRUE(*locks.lock(1, "b", -1, [&] {
      waits = true;
      return false;
    }));
  });
  while (!waits) std::this_thread::yield();
  EXPECT_EQ(locks.lock(2, "a", -1, kNobody).status().detail(), 3058);
  locks.release_all(2);
  waiter.join();
}

}  // namespace
}  // namespace tbl::tidb
