#include "drainer/schedule/concurrency.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <vector>

namespace tbl::schedule {
namespace {

using namespace std::chrono_literals;

/// Lets a server write batches of 1,000 rows for so long; gives the limit at the end of most
/// trials: one trial in ten or so is elsewhere.
size_t usual_limit(Concurrency& concurrency, std::chrono::seconds time,
                   const std::function<double(size_t)>& rows_per_second) {
  static Concurrency::Time now{};
  const auto middle = now + time / 2;
  std::vector<size_t> counts(100);
  for (const auto end = now + time; now < end;) {
    now += std::chrono::nanoseconds(
        static_cast<int64_t>(1000 / rows_per_second(concurrency.limit()) * 1e9));
    concurrency.on_finished(1000, true, now);
    if (now > middle) ++counts[concurrency.limit()];
  }
  return static_cast<size_t>(std::max_element(counts.begin(), counts.end()) - counts.begin());
}

TEST(ConcurrencyTest, AFarServerNeedsAll) {
  Concurrency concurrency(16);
  EXPECT_EQ(usual_limit(concurrency, 60s, [](size_t n) { return 5000.0 * static_cast<double>(n); }),
            16U);
}

TEST(ConcurrencyTest, FewWillDoWhereMoreAreNoFaster) {
  Concurrency concurrency(16);
  EXPECT_EQ(usual_limit(concurrency, 60s, [](size_t) { return 100000.0; }), 4U);
}

TEST(ConcurrencyTest, TheBestMayBeInBetween) {
  Concurrency concurrency(16);
  EXPECT_EQ(usual_limit(concurrency, 60s, [](size_t n) { return n == 8 ? 100000.0 : 80000.0; }),
            8U);
}

TEST(ConcurrencyTest, FollowsAServerThatChanges) {
  Concurrency concurrency(64);
  EXPECT_EQ(usual_limit(concurrency, 60s, [](size_t) { return 100000.0; }), 4U);
  EXPECT_EQ(
      usual_limit(concurrency, 200s, [](size_t n) { return 5000.0 * static_cast<double>(n); }),
      64U);
}

TEST(ConcurrencyTest, AFewWorkersAllWork) {
  for (size_t workers : {1U, 2U, 4U, 7U}) {
    Concurrency concurrency(workers);
    EXPECT_EQ(usual_limit(concurrency, 10s, [](size_t) { return 100000.0; }), workers);
  }
}

TEST(ConcurrencyTest, WhatWasNotSaturatedTellsNothing) {
  Concurrency concurrency(16);
  Concurrency::Time now{};
  for (int i = 0; i < 10000; ++i) {
    now += 10ms;
    concurrency.on_finished(1000, i % 10 != 0, now);
    ASSERT_EQ(concurrency.limit(), 8U);
  }
}

}  // namespace
}  // namespace tbl::schedule
