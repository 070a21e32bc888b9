// Which stores these are; kept beside the data in RocksDB, so that both are lost or kept together.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/status.h"
#include "proto/metapb.pb.h"
#include "tikv/mvcc/engine.h"

namespace tbl::tikv {

/// Stored in the default CF below all data keys.
struct Identity {
  uint64_t cluster_id = 0;
  uint64_t store_id = 0;
  metapb::Region region;  ///< the first one, as the cluster began; stored before PD is told of it
  std::vector<uint64_t> more_stores;  ///< that the process stands for beside store_id
};

/// Nothing: a new data directory.
Result<std::optional<Identity>> load_identity(const Engine& engine);
Status save_identity(Engine& engine, const Identity& identity);

}  // namespace tbl::tikv
