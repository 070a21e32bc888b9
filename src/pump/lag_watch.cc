#include "pump/lag_watch.h"

#include <algorithm>

#include "base/clock.h"
#include "base/log.h"
#include "pump/metrics.h"

namespace tbl::pump {
namespace {

constexpr int64_t kLongestWarningMs = 20LL * 3600 * 1000;
constexpr int64_t kWarningShare = 8;

void report(const cluster::NodeStatus& drainer, const DrainerLag& lag, uint64_t gc_ts) {
  if (lag.lost) {
    log_error(
        "drainer's checkpoint is older than pump gc ts, some binlogs are purged",
        {{"drainer", drainer.node_id}, {"gc ts", gc_ts}, {"checkpoint", drainer.max_commit_ts}});
    PumpMetrics::purged_from_drainer(drainer.node_id).add();
    return;
  }
  log_warn("drainer is so far behind that garbage collection will take binlogs it has not read",
           {{"drainer", drainer.node_id},
            {"checkpoint", drainer.max_commit_ts},
            {"behind seconds", lag.behind_ms / 1000},
            {"first loss in seconds", lag.left_ms / 1000}});
}

}  // namespace

DrainerLag drainer_lag(const cluster::NodeStatus& drainer, const LagLimits& limits) {
  const auto checkpoint = static_cast<uint64_t>(std::max<int64_t>(drainer.max_commit_ts, 0));
  DrainerLag lag;
  lag.behind_ms = std::max<int64_t>(limits.now_ms - tso_physical_ms(checkpoint), 0);
  lag.lost = checkpoint < limits.gc_ts;
  lag.left_ms = lag.lost ? 0 : std::max<int64_t>(limits.keep_ms - lag.behind_ms, 0);
  lag.in_danger =
      !lag.lost && lag.left_ms < std::min(kLongestWarningMs, limits.keep_ms / kWarningShare);
  return lag;
}

std::vector<std::string> report_lagging_drainers(const std::vector<cluster::NodeStatus>& drainers,
                                                 const LagLimits& limits, bool tell) {
  std::vector<std::string> lagging;
  for (const cluster::NodeStatus& drainer : drainers) {
    if (drainer.state == cluster::kStateOffline) continue;
    const DrainerLag lag = drainer_lag(drainer, limits);
    PumpMetrics::drainer_time_left(drainer.node_id).set(static_cast<double>(lag.left_ms) / 1000);
    if (!lag.lost && !lag.in_danger) continue;
    if (tell) report(drainer, lag, limits.gc_ts);
    lagging.push_back(drainer.node_id);
  }
  return lagging;
}

}  // namespace tbl::pump
