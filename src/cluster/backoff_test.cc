#include "cluster/backoff.h"

#include <gtest/gtest.h>

namespace tbl::cluster {
namespace {

using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

TEST(Backoff, EndsAtItsDeadlineWithTheLastReason) {
  Backoff backoff(milliseconds(500), {}, milliseconds(4), milliseconds(16));
  Status status;
  int tries = 0;
  while (status.ok()) {
    ++tries;
    status = backoff.wait(unavailable("try " + std::to_string(tries)));
  }
  EXPECT_GE(tries, 4);
  EXPECT_EQ(status.code(), StatusCode::kUnavailable);
  EXPECT_EQ(status.message(),
            "gave up after " + std::to_string(tries) + " tries: try " + std::to_string(tries));
}

TEST(Backoff, StepsGrowAndAreAtLeastHalf) {
  Backoff backoff(std::chrono::hours(1), {}, milliseconds(4), milliseconds(16));
  for (const int least_ms : {2, 4, 8, 8}) {
    const auto start = Clock::now();
    ASSERT_TRUE(backoff.wait(unavailable("x")).ok());
    EXPECT_GE(Clock::now() - start, milliseconds(least_ms));
  }
}

TEST(Backoff, APauseThatWasAskedForIsKept) {
  Backoff backoff(std::chrono::hours(1), {}, milliseconds(1));
  const auto start = Clock::now();
  ASSERT_TRUE(backoff.wait_at_least(unavailable("busy"), milliseconds(30)).ok());
  EXPECT_GE(Clock::now() - start, milliseconds(30));
}

TEST(Backoff, AFewHintsAreFollowedAtOnceButNotForEver) {
  Backoff backoff(milliseconds(500), {}, milliseconds(40));
  int followed = 0;
  while (backoff.wait_a_little(unavailable("over there")).ok()) ASSERT_LT(++followed, 100);
  EXPECT_GE(followed, 5);
}

TEST(Backoff, StopEndsIt) {
  StopSource stop;
  stop.request_stop();
  Backoff backoff(std::chrono::hours(1), stop.get_token(), std::chrono::hours(1));
  EXPECT_EQ(backoff.wait(unavailable("x")).code(), StatusCode::kCancelled);
  EXPECT_EQ(backoff.wait_a_little(unavailable("x")).code(), StatusCode::kCancelled);
}

TEST(Backoff, EvenTheLastTryHasSomeTime) {
  EXPECT_EQ(Backoff(std::chrono::hours(1), {}).left(milliseconds(5)), milliseconds(5));
  EXPECT_EQ(Backoff(milliseconds(0), {}).left(milliseconds(5)), milliseconds(5));
  EXPECT_EQ(Backoff(milliseconds(0), {}).left(milliseconds(3000)), milliseconds(500));
  EXPECT_LE(Backoff(milliseconds(1000), {}).left(milliseconds(3000)), milliseconds(1000));
}

}  // namespace
}  // namespace tbl::cluster
