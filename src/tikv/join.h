// How a store becomes, and stays, a part of a cluster.
#pragma once

#include "base/status.h"
#include "tikv/identity.h"
#include "tikv/mvcc/engine.h"
#include "tikv/options.h"
#include "tikv/pd_session.h"

namespace tbl::tikv {

/// Makes the store known to PD: a new one gets its ids and bootstraps the cluster; every start
/// registers the addresses anew. Waits for PD. Errors: the data belong to another cluster; the
/// cluster has another store already; kCancelled.
Result<Identity> join_cluster(Engine& engine, PdSession& pd, const Options& options);

}  // namespace tbl::tikv
