// The garbage collector's cluster: PD, etcd and the stores.
#pragma once

#include "cluster/gc_calls.h"
#include "tidb/kv/gc_worker.h"

namespace tbl::tidb {

/// Does not own the cluster.
class ClusterGc : public GcCluster {
 public:
  explicit ClusterGc(cluster::Cluster& cluster)
      : cluster_(cluster), calls_(cluster.pd(), cluster.tikv()) {}

  Result<uint64_t> now_ts() override;
  Result<uint64_t> agree(uint64_t wanted) override;
  Status announce(uint64_t safe_point) override;
  Status resolve_locks(uint64_t safe_point) override;
  Status destroy_range(const std::string& start, const std::string& end) override;
  Status collect(uint64_t safe_point) override;

 private:
  cluster::Cluster& cluster_;
  cluster::GcCalls calls_;
};

}  // namespace tbl::tidb
