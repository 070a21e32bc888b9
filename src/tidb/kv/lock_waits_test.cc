#include "tidb/kv/lock_waits.h"

#include <gtest/gtest.h>

#include <thread>

namespace tbl::tidb {
namespace {

using Outcome = LockWaits::Outcome;
using std::chrono::milliseconds;

TEST(LockWaits, TheEndOfTheHolderWakesTheWaiter) {
  LockWaits waits;
  waits.begun(1);
  const auto begin = std::chrono::steady_clock::now();
  std::thread waiter(
      [&] { EXPECT_EQ(waits.wait(2, 1, std::chrono::minutes(5)), Outcome::kTryAgain); });
  while (waits.size() == 0) std::this_thread::yield();
  waits.ended(1);
  waiter.join();
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::minutes(1));
  EXPECT_EQ(waits.size(), 0U);
}

TEST(LockWaits, AForeignHolderIsAskedAgainSoon) {
  LockWaits waits;
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_EQ(waits.wait(2, 1, std::chrono::minutes(5)), Outcome::kTryAgain);
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::minutes(1));
}

TEST(LockWaits, ACycleOfThreeIsFoundByTheLast) {
  LockWaits waits;
  for (uint64_t ts : {1, 2, 3}) waits.begun(ts);
  std::thread one([&] { waits.wait(1, 2, std::chrono::minutes(5)); });
  std::thread two([&] { waits.wait(2, 3, std::chrono::minutes(5)); });
  while (waits.size() < 2) std::this_thread::yield();
  EXPECT_EQ(waits.wait(3, 1, milliseconds(1)), Outcome::kDeadlock);
  EXPECT_EQ(waits.wait(4, 1, milliseconds(1)), Outcome::kTryAgain) << "no cycle";
  waits.ended(3);
  two.join();
  waits.ended(2);
  one.join();
}

}  // namespace
}  // namespace tbl::tidb
