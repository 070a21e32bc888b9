#include "drainer/schedule/hold_ups.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>

namespace tbl::schedule {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class HandClock final : public Clock {
 public:
  std::chrono::system_clock::time_point now() override { return {}; }
  std::chrono::steady_clock::time_point steady_now() override { return steady; }
  std::chrono::steady_clock::time_point steady;
};

TEST(HoldUpsTest, OnlyWhatLastsIsTold) {
  HandClock clock;
  HoldUps hold_ups(clock);
  EXPECT_THAT(hold_ups.sentences(), IsEmpty());
  std::optional<HoldUps::Call> rows(std::in_place, hold_ups, 5, "rows");
  EXPECT_THAT(hold_ups.sentences(), IsEmpty());
  clock.steady += std::chrono::seconds(4);
  EXPECT_THAT(hold_ups.sentences(),
              ElementsAre("the downstream has not answered for 4 s (rows, commit ts 5)"));
  HoldUps::Call later(hold_ups, 6, "rows");
  EXPECT_EQ(hold_ups.sentences().size(), 1U);
  clock.steady += std::chrono::seconds(4);
  EXPECT_THAT(hold_ups.sentences(),
              ElementsAre("the downstream has not answered for 8 s (rows, commit ts 5; 1 more "
                          "wait as well)"));
  rows.reset();
  EXPECT_THAT(hold_ups.sentences(),
              ElementsAre("the downstream has not answered for 4 s (rows, commit ts 6)"));
}

TEST(HoldUpsTest, AFailureIsToldAtOnceAndBeforeTheSlowOnes) {
  HandClock clock;
  HoldUps hold_ups(clock);
  HoldUps::Call slow(hold_ups, 5, "DDL \"drop table t\"");
  clock.steady += std::chrono::seconds(4);
  HoldUps::Call failing(hold_ups, 7, "the checkpoint");
  failing.failed(unavailable("connect to h:3306 as u: refused"));
  EXPECT_THAT(hold_ups.sentences(),
              ElementsAre("the downstream fails for 0 s, and is tried again: connect to h:3306 as "
                          "u: refused (the checkpoint, commit ts 7)",
                          "the downstream has not answered for 4 s (DDL \"drop table t\", commit "
                          "ts 5)"));
}

}  // namespace
}  // namespace tbl::schedule
