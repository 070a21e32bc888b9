// How a store becomes, and stays, a part of a cluster.
#pragma once

#include "base/status.h"
#include "tikv/identity.h"
#include "tikv/mvcc/engine.h"
#include "tikv/options.h"
#include "tikv/pd_session.h"
#include "tikv/regions.h"

namespace tbl::tikv {

/// Makes the stores known to PD: a new one gets its ids and bootstraps the cluster; every start
/// registers the addresses anew. Waits for PD. Errors: the data belong to another cluster, or to
/// more stores than have addresses; the cluster has another store already; kCancelled.
Result<Identity> join_cluster(Engine& engine, PdSession& pd, const Options& options);

/// The regions that were saved, or the first one; each gets a peer on every store.
Result<std::unique_ptr<Regions>> open_regions(Engine& engine, PdSession& pd,
                                              const Identity& identity);

}  // namespace tbl::tikv
