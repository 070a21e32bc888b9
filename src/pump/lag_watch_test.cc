#include "pump/lag_watch.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/clock.h"
#include "pump/metrics.h"

namespace tbl::pump {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr int64_t kHourMs = 3600 * 1000;
constexpr int64_t kGcMs = 1700000000000;
constexpr uint64_t kGcTs = make_tso(kGcMs, 0);

cluster::NodeStatus drainer(const std::string& id, std::string_view state, int64_t checkpoint_ms) {
  cluster::NodeStatus node;
  node.node_id = id;
  node.state = state;
  node.max_commit_ts = static_cast<int64_t>(make_tso(checkpoint_ms, 0));
  return node;
}

constexpr int64_t kDayMs = 24 * kHourMs;
/// GC ran an hour ago, with a retention of seven days.
constexpr LagLimits kLimits{kGcTs, kGcMs + 7 * kDayMs + kHourMs, 7 * kDayMs};

double left(const char* id) { return PumpMetrics::drainer_time_left(id).value(); }

TEST(LagWatchTest, DrainersThatHaveLostBinlogsOrSoonWillAreReported) {
  const std::vector<cluster::NodeStatus> drainers = {
      drainer("behind", cluster::kStateOnline, kGcMs - 1),
      drainer("due", cluster::kStateOnline, kGcMs + kHourMs / 2),
      drainer("soon", cluster::kStatePaused, kGcMs + 20 * kHourMs),
      drainer("level", cluster::kStateOnline, kGcMs + 22 * kHourMs),
      drainer("ahead", cluster::kStateOnline, kLimits.now_ms),
      drainer("gone", cluster::kStateOffline, 0),
  };
  EXPECT_THAT(report_lagging_drainers(drainers, kLimits, true),
              ElementsAre("behind", "due", "soon"));
  EXPECT_EQ(PumpMetrics::purged_from_drainer("behind").value(), 1);
  EXPECT_EQ(PumpMetrics::purged_from_drainer("soon").value(), 0) << "nothing is lost yet";
  EXPECT_EQ(left("behind"), 0);
  EXPECT_EQ(left("due"), 0) << "the next GC takes it";
  EXPECT_EQ(left("soon"), 19 * 3600);
  EXPECT_EQ(left("ahead"), 7 * 24 * 3600);
  report_lagging_drainers(drainers, kLimits, false);
  EXPECT_EQ(PumpMetrics::purged_from_drainer("behind").value(), 1) << "not told";
}

TEST(LagWatchTest, AShortRetentionWarnsLater) {
  const LagLimits limits{0, kGcMs, 8 * kHourMs};
  EXPECT_FALSE(
      drainer_lag(drainer("a", cluster::kStateOnline, kGcMs - 7 * kHourMs), limits).in_danger);
  EXPECT_TRUE(
      drainer_lag(drainer("a", cluster::kStateOnline, kGcMs - 7 * kHourMs - 1), limits).in_danger);
}

TEST(LagWatchTest, ADrainerThatHasNoCheckpointYetIsBehind) {
  EXPECT_THAT(report_lagging_drainers({drainer("new", cluster::kStateOnline, 0)}, kLimits, true),
              ElementsAre("new"));
}

TEST(LagWatchTest, NobodyIsNobody) {
  EXPECT_THAT(report_lagging_drainers({}, kLimits, true), IsEmpty());
}

}  // namespace
}  // namespace tbl::pump
