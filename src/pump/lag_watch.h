// Finds drainers that have not read what GC has removed or will soon remove.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "cluster/node_status.h"

namespace tbl::pump {

/// An error line and a count for every drainer, not offline, whose checkpoint is not at least 20
/// hours above `gc_ts`. Gives their node ids.
std::vector<std::string> report_lagging_drainers(const std::vector<cluster::NodeStatus>& drainers,
                                                 uint64_t gc_ts);

}  // namespace tbl::pump
