#include "pump/offline.h"

#include <algorithm>

#include "base/log.h"

namespace tbl::pump {
namespace {

using namespace std::chrono_literals;

Status stopped() { return cancelled("the wait for a safe offline was interrupted"); }

/// One durable fake, however often it takes.
Result<uint64_t> write_fake(FakeWriter& fakes, const StopToken& stop) {
  while (true) {
    auto ts = fakes.write();
    if (ts.ok()) return ts;
    log_error("failed to write fake binlog", {{"error", ts.status()}});
    if (!wait_for(stop, 1s)) return stopped();
  }
}

Status wait_all_released(const Storage& storage, uint64_t fake_ts, const StopToken& stop) {
  LogEvery patience(10'000);
  while (true) {
    StorageStats stats = storage.stats();
    if (stats.max_commit_ts >= fake_ts && stats.unresolved == 0) return ok_status();
    if (patience.due()) {
      log_info("Waiting for binlogs to get their outcome", {{"unresolved", stats.unresolved},
                                                            {"max commit ts", stats.max_commit_ts},
                                                            {"fake binlog ts", fake_ts}});
    }
    if (!wait_for(stop, 1s)) return stopped();
  }
}

/// The smallest checkpoint of the drainers that read from here; the largest number when there is
/// none.
Result<int64_t> slowest_drainer(cluster::Registry& registry) {
  TBL_ASSIGN(auto drainers, registry.nodes(cluster::NodeKind::kDrainer));
  int64_t slowest = INT64_MAX;
  for (const cluster::NodeStatus& drainer : drainers) {
    if (drainer.state != cluster::kStateOffline) slowest = std::min(slowest, drainer.max_commit_ts);
  }
  return slowest;
}

}  // namespace

Status wait_safe_to_offline(OfflineParts parts, const StopToken& stop) {
  TBL_ASSIGN(uint64_t fake_ts, write_fake(parts.fakes, stop));
  TBL_TRY(wait_all_released(parts.storage, fake_ts, stop));
  auto wanted = static_cast<int64_t>(parts.storage.max_commit_ts());
  while (true) {
    auto slowest = slowest_drainer(parts.registry);
    if (slowest.ok() && *slowest >= wanted) break;
    if (slowest.ok()) {
      log_warn("Waiting for drainer to consume binlog",
               {{"Minimum Drainer MaxCommitTS", *slowest}, {"Need to reach maxCommitTS", wanted}});
    } else {
      log_error("Failed to get drainers' status", {{"error", slowest.status()}});
    }
    if (!wait_for(stop, 1s)) return stopped();
    // Drainers can only pass `wanted` when something comes behind it.
    TBL_TRY(write_fake(parts.fakes, stop).status());
  }
  log_info("safe to offline now", {});
  return ok_status();
}

}  // namespace tbl::pump
