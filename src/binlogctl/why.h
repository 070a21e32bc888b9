// binlogctl -cmd why: asks every pump and drainer why it stands where it stands.
#pragma once

#include <string>

#include "cluster/registry.h"
#include "rpc/tls.h"

namespace tbl::binlogctl {

/// One JSON for all nodes that are not offline: {"pumps": {id: answer of its /debug/why, ...},
/// "drainers": {...}}; of a node that does not answer, or is an original, what the registry has and
/// "error". Waits at most ten seconds per node.
Result<std::string> why_text(cluster::Registry& registry, const rpc::TlsOptions& tls);

}  // namespace tbl::binlogctl
