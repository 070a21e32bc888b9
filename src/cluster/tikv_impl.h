// What TikvClient and Txn share. Inside of tikv*.cc only.
#pragma once

#include "cluster/lock_resolver.h"
#include "cluster/region_call.h"
#include "cluster/tikv.h"

namespace tbl::cluster {

class TikvClient::Impl {
 public:
  Impl(PdClient& pd, const TikvOptions& options) : calls(pd, options), locks(calls) {}

  RegionCalls calls;
  LockResolver locks;
};

}  // namespace tbl::cluster
