// Keeps two pumps from running under one node id.
#pragma once

#include <string>

#include "base/status.h"
#include "cluster/node_status.h"
#include "rpc/tls.h"

namespace tbl::pump {

/// Asks /status at the address that the registry has for a node id: FailedPrecondition when the
/// process there is that node. Nobody there, or another node: ok, at once; a host that does not
/// even refuse costs three seconds.
Status check_id_is_free(const cluster::NodeStatus& registered, const rpc::TlsOptions& tls);

}  // namespace tbl::pump
