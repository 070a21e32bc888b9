// What the registry knows of this drainer from before its start.
#pragma once

#include <cstdint>
#include <string>

#include "base/status.h"
#include "cluster/registry.h"
#include "drainer/config.h"

namespace tbl::drainer {

/// `node-id`, or the host's name and the port of `addr`.
Result<std::string> node_id_of(const DrainerConfig& config);

/// Commit ts up to which a drainer of this id had applied everything; 0: it is not known.
uint64_t applied_before(cluster::Registry& registry, const std::string& node_id);

/// For a start without a checkpoint, though that drainer was there: what is left out by beginning
/// now, and how to begin where it was.
std::string advice_on_lost_checkpoint(const DrainerConfig& config, uint64_t applied_ts);

}  // namespace tbl::drainer
