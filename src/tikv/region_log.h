// Where regions are kept: beside the data in RocksDB, so that both are lost or kept together.
#pragma once

#include <vector>

#include "base/status.h"
#include "tikv/mvcc/engine.h"
#include "tikv/region.h"

namespace tbl::tikv {

/// All that were saved, with their leaders and terms, by id; none: a data directory that never had
/// more than its first region.
Result<std::vector<Region>> load_regions(const Engine& engine);

/// Puts the changed ones and removes the merged ones, all or none; on disk when it returns.
Status save_regions(Engine& engine, const std::vector<RegionPtr>& changed,
                    const std::vector<uint64_t>& removed = {});

}  // namespace tbl::tikv
