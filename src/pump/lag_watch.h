// Finds drainers that have not read what GC has removed or will soon remove.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "cluster/node_status.h"

namespace tbl::pump {

/// How a drainer stands to pump's garbage collection.
struct DrainerLag {
  int64_t behind_ms = 0;   ///< its checkpoint behind now
  int64_t left_ms = 0;     ///< until GC reaches its checkpoint, 0: it has
  bool in_danger = false;  ///< less than an eighth of the retention time is left, at most 20 hours
  bool lost = false;       ///< what it needs next may be gone
};

struct LagLimits {
  uint64_t gc_ts = 0;
  int64_t now_ms = 0;   ///< PD's time
  int64_t keep_ms = 0;  ///< the retention time
};

DrainerLag drainer_lag(const cluster::NodeStatus& drainer, const LagLimits& limits);

/// Sets the gauge of every drainer that is not offline. With `tell`: also a log line for those in
/// danger (warning) and those that have lost binlogs (error, and a count). Gives the node ids of
/// both.
std::vector<std::string> report_lagging_drainers(const std::vector<cluster::NodeStatus>& drainers,
                                                 const LagLimits& limits, bool tell);

}  // namespace tbl::pump
