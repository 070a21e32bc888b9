// Everything a program needs of a TiDB cluster, connected in the right order.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "cluster/etcd.h"
#include "cluster/pd.h"
#include "cluster/registry.h"
#include "cluster/tikv.h"
#include "rpc/client.h"

namespace tbl::cluster {

struct ClusterOptions {
  std::vector<std::string> pd_urls;
  rpc::TlsOptions tls;
  int connect_tries = 100;  ///< of PD, a second apart
  StopToken stop;           ///< ends every wait with kCancelled; request it last
};

/// Owns the clients and their event loop. Any thread.
class Cluster {
 public:
  /// Waits for PD.
  static Result<std::unique_ptr<Cluster>> connect(const ClusterOptions& options);

  rpc::ClientRuntime& runtime() { return *runtime_; }
  Etcd& etcd() { return *etcd_; }
  PdClient& pd() { return *pd_; }
  TikvClient& tikv() { return *tikv_; }
  Registry& registry() { return *registry_; }

  /// TiDB's garbage collector: versions older than this may be gone. 0: nothing was ever collected.
  Result<uint64_t> gc_safe_point();

 private:
  Cluster() = default;
  std::unique_ptr<rpc::ClientRuntime> runtime_;
  std::unique_ptr<Etcd> etcd_;
  std::unique_ptr<Registry> registry_;
  std::unique_ptr<PdClient> pd_;
  std::unique_ptr<TikvClient> tikv_;
};

}  // namespace tbl::cluster
