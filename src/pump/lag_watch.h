// Finds drainers that have not read what GC has removed or will soon remove.
#pragma once

#include "cluster/registry.h"
#include "pump/storage/storage.h"

namespace tbl::pump {

/// One look: an error line and a count for every drainer, not offline, whose checkpoint is not at
/// least 20 hours above the gc ts.
void check_lagging_drainers(cluster::Registry& registry, const Storage& storage);

}  // namespace tbl::pump
