#include "pump/lag_watch.h"

#include "base/clock.h"
#include "base/log.h"
#include "pump/metrics.h"

namespace tbl::pump {
namespace {

constexpr uint64_t kEarlyWarning = make_tso(20LL * 3600 * 1000, 0);

}  // namespace

std::vector<std::string> report_lagging_drainers(const std::vector<cluster::NodeStatus>& drainers,
                                                 uint64_t gc_ts) {
  std::vector<std::string> lagging;
  for (const cluster::NodeStatus& drainer : drainers) {
    if (drainer.state == cluster::kStateOffline) continue;
    if (static_cast<uint64_t>(drainer.max_commit_ts) >= gc_ts + kEarlyWarning) continue;
    log_error(
        "drainer's checkpoint is older than pump gc ts, some binlogs are purged",
        {{"drainer", drainer.node_id}, {"gc ts", gc_ts}, {"checkpoint", drainer.max_commit_ts}});
    PumpMetrics::purged_from_drainer(drainer.node_id).add();
    lagging.push_back(drainer.node_id);
  }
  return lagging;
}

}  // namespace tbl::pump
