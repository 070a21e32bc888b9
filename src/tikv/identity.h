// Which store this is; kept beside the data in RocksDB, so that both are lost or kept together.
#pragma once

#include <cstdint>
#include <optional>

#include "base/status.h"
#include "proto/metapb.pb.h"
#include "tikv/mvcc/engine.h"

namespace tbl::tikv {

/// Stored in the default CF below all data keys.
struct Identity {
  uint64_t cluster_id = 0;
  uint64_t store_id = 0;
  metapb::Region region;  ///< with one peer on this store; stored before PD is told of it
};

/// Nothing: a new data directory.
Result<std::optional<Identity>> load_identity(const Engine& engine);
Status save_identity(Engine& engine, const Identity& identity);

}  // namespace tbl::tikv
