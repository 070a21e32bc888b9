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

/// FailedPrecondition when the registry says that this node id is online at another address, and
/// that very drainer answers there: two would write one entry, and actions would reach either.
/// A host that does not even refuse costs three seconds.
Status check_id_is_free(cluster::Registry& registry, const DrainerConfig& config,
                        const std::string& node_id);

/// Commit ts up to which a drainer of this id had applied everything; 0: it is not known.
uint64_t applied_before(cluster::Registry& registry, const std::string& node_id);

/// For a start without a checkpoint, though that drainer was there: what is left out by beginning
/// now, and how to begin where it was.
std::string advice_on_lost_checkpoint(const DrainerConfig& config, uint64_t applied_ts);

}  // namespace tbl::drainer
