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

TEST(LagWatchTest, DrainersBelowTheGcTsOrSoonBelowItAreReported) {
  const std::vector<cluster::NodeStatus> drainers = {
      drainer("behind", cluster::kStateOnline, kGcMs - 1),
      drainer("soon", cluster::kStatePaused, kGcMs + 20 * kHourMs - 1),
      drainer("level", cluster::kStateOnline, kGcMs + 20 * kHourMs),
      drainer("ahead", cluster::kStateOnline, kGcMs + 100 * kHourMs),
      drainer("gone", cluster::kStateOffline, 0),
  };
  EXPECT_THAT(report_lagging_drainers(drainers, kGcTs), ElementsAre("behind", "soon"));
  EXPECT_EQ(PumpMetrics::purged_from_drainer("behind").value(), 1);
  EXPECT_EQ(PumpMetrics::purged_from_drainer("soon").value(), 1);
  EXPECT_EQ(PumpMetrics::purged_from_drainer("level").value(), 0);
  report_lagging_drainers(drainers, kGcTs);
  EXPECT_EQ(PumpMetrics::purged_from_drainer("behind").value(), 2) << "at every look";
}

TEST(LagWatchTest, ADrainerThatHasNoCheckpointYetIsBehind) {
  EXPECT_THAT(report_lagging_drainers({drainer("new", cluster::kStateOnline, 0)}, kGcTs),
              ElementsAre("new"));
}

TEST(LagWatchTest, NobodyIsNobody) { EXPECT_THAT(report_lagging_drainers({}, kGcTs), IsEmpty()); }

}  // namespace
}  // namespace tbl::pump
