#include "base/queue.h"

#include <gtest/gtest.h>

#include <atomic>
#include <numeric>

#include "base/byte_budget.h"
#include "base/stop.h"

namespace tbl {
namespace {

using namespace std::chrono_literals;

TEST(QueueTest, FirstInFirstOutAndWeights) {
  Queue<int> queue(10);
  EXPECT_TRUE(queue.push(1, 4));
  EXPECT_TRUE(queue.push(2, 6));
  EXPECT_EQ(queue.bytes(), 10U);
  EXPECT_EQ(queue.pop(), 1);
  EXPECT_EQ(queue.try_pop(), 2);
  EXPECT_EQ(queue.try_pop(), std::nullopt);
  EXPECT_TRUE(queue.push(3, 1000)) << "a huge item enters an empty queue";
}

TEST(QueueTest, CloseDrainsThenEnds) {
  Queue<int> queue(10);
  EXPECT_TRUE(queue.push(1, 1));
  queue.close();
  EXPECT_FALSE(queue.push(2, 1));
  EXPECT_EQ(queue.pop(), 1);
  EXPECT_EQ(queue.pop(), std::nullopt);
}

TEST(QueueTest, FullQueueBlocksUntilRoom) {
  Queue<int> queue(1);
  ASSERT_TRUE(queue.push(0, 1));
  constexpr int kCount = 1000;
  std::vector<int> got;
  {
    Thread producer("producer", [&] {
      for (int i = 1; i < kCount; ++i) ASSERT_TRUE(queue.push(i, 1));
      queue.close();
    });
    while (auto item = queue.pop()) {
      EXPECT_LE(queue.size(), 1U);
      got.push_back(*item);
    }
  }
  std::vector<int> expected(kCount);
  std::iota(expected.begin(), expected.end(), 0);
  EXPECT_EQ(got, expected);
}

TEST(QueueTest, StopWakesBothSides) {
  Queue<int> full(1), empty(1);
  ASSERT_TRUE(full.push(0, 1));
  StopSource stop;
  std::atomic<int> woken{0};
  {
    Thread push("push", [&] { woken += full.push(1, 1, stop.get_token()) ? 0 : 1; });
    Thread pop("pop", [&] { woken += empty.pop(stop.get_token()) ? 0 : 1; });
    stop.request_stop();
  }
  EXPECT_EQ(woken, 2);
}

TEST(ByteBudgetTest, LimitsAndLetsOneHugeThrough) {
  ByteBudget budget(10);
  StopSource stop;
  EXPECT_TRUE(budget.acquire(100, stop.get_token()));
  EXPECT_FALSE(budget.try_acquire(1));
  budget.release(100);
  EXPECT_TRUE(budget.try_acquire(6));
  EXPECT_FALSE(budget.try_acquire(5));
  bool granted = false;
  {
    Thread waiter("waiter", [&] { granted = budget.acquire(5, stop.get_token()); });
    budget.release(6);
  }
  EXPECT_TRUE(granted);
  EXPECT_EQ(budget.used(), 5U);
  stop.request_stop();
  EXPECT_FALSE(budget.acquire(100, stop.get_token()));
}

TEST(StopTest, WaitForEndsEarly) {
  StopSource stop;
  EXPECT_TRUE(wait_for(stop.get_token(), 1ms));
  auto begin = std::chrono::steady_clock::now();
  bool whole = true;
  {
    Thread waiter("waiter", [&] { whole = wait_for(stop.get_token(), 1h); });
    stop.request_stop();
  }
  EXPECT_FALSE(whole);
  EXPECT_LT(std::chrono::steady_clock::now() - begin, 1min);
}

}  // namespace
}  // namespace tbl
