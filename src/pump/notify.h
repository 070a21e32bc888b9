// Tells every drainer that a new pump is there, before it takes its first prewrite.
#pragma once

#include <chrono>

#include "base/status.h"
#include "base/stop.h"
#include "cluster/cluster.h"
#include "rpc/tls.h"

namespace tbl::pump {

/// Calls Notify of each drainer that is online, one after the other; all of it within `limit`.
/// Errors: "connect drainer(<addr>): ..." or "notify drainer(<addr>): ...".
Status notify_drainers(cluster::Cluster& cluster, const rpc::TlsOptions& tls, const StopToken& stop,
                       std::chrono::milliseconds limit = std::chrono::seconds(10));

}  // namespace tbl::pump
