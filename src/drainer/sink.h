// Makes the Applier that the configuration asks for.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "base/status.h"
#include "drainer/config.h"
#include "drainer/mysql/connection.h"
#include "drainer/schedule/applier.h"
#include "drainer/schedule/ddl_policy.h"

namespace tbl::drainer {

struct SinkContext {
  uint64_t cluster_id = 0;
  uint64_t run_ts = 0;  ///< fresh from PD: names this life of the process
  std::string node_id;
  std::string address;        ///< advertised
  uint64_t memory_bytes = 0;  ///< of transactions under way
  uint64_t initial_commit_ts = 0;
  schedule::DdlPolicy* ddl_policy = nullptr;  ///< outlives the applier
  /// Whether the drainer with that node id lives at that address.
  std::function<bool(const std::string& node_id, const std::string& address)> is_alive;
};

mysql::ConnectionOptions downstream_options(const SyncerConfig& syncer);
/// Where `checkpoint.type` is given.
mysql::ConnectionOptions checkpoint_options(const SyncerConfig& syncer);

/// Nothing is connected yet.
std::unique_ptr<schedule::Applier> make_applier(const DrainerConfig& config,
                                                const SinkContext& context,
                                                schedule::ApplierEvents events);

}  // namespace tbl::drainer
