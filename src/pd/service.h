// pdpb.PD and grpc.health.v1.Health. Methods that are not here answer UNIMPLEMENTED, which newer
// clients look for.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/clock.h"
#include "pd/election.h"
#include "pd/id_allocator.h"
#include "pd/leader_streams.h"
#include "pd/safe_points.h"
#include "pd/topology.h"
#include "pd/tso.h"
#include "pd/unary.h"
#include "rpc/server.h"

namespace tbl::pd {

/// The parts of a PD that its methods use. All outlive the server.
struct Parts {
  Election& election;
  LeaderStreams& streams;
  uint64_t cluster_id;
  Clock& clock;
  TsoAllocator& tso;
  IdAllocator& ids;
  Topology& topology;
  SafePoints& safe_points;
};

/// The methods; any thread. Methods that write to etcd run on the server's pool, all others on its
/// loops.
class PdService : public MethodGuard {
 public:
  explicit PdService(Parts& parts) : parts_(parts) {}
  uint64_t cluster_id() const override { return parts_.cluster_id; }
  bool bootstrapped() const override { return parts_.topology.bootstrapped(); }
  uint64_t leading_term() const override { return parts_.election.term(); }

  /// All unary methods and the heartbeat stream; Tso is TsoService's.
  void register_methods(rpc::Server& server);

 private:
  void register_members(rpc::Server& server);  // service_members.cc
  void register_stores(rpc::Server& server);   // service_stores.cc
  void register_regions(rpc::Server& server);  // service_regions.cc
  void register_splits(rpc::Server& server);
  void register_gc(rpc::Server& server);  // service_gc.cc

  Parts& parts_;
};

}  // namespace tbl::pd
