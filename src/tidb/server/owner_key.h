// The key in etcd that says which tidb-server a cluster has: one, no more.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "base/status.h"
#include "base/stop.h"
#include "cluster/etcd.h"

namespace tbl::tidb {

/// Held as long as the object lives, by a lease that is renewed. Schema changes are not told to
/// other servers (the gate of catalog/schema_holder.h stands for that), so two would corrupt each
/// other's data.
class OwnerKey {
 public:
  static constexpr const char* kKey = "/tidb/server/owner";

  struct Options {
    std::string who;  ///< "host:port", for the other's error message
    std::chrono::seconds ttl{10};
    std::chrono::seconds patience{15};  ///< for the lease of a predecessor that died to run out
    StopToken stop;
    std::function<void()> on_lost;  ///< the lease is gone: this server must not go on writing
  };
  /// Error kAlreadyExists: "another tidb-server serves this cluster: <who>".
  static Result<std::unique_ptr<OwnerKey>> take(cluster::Etcd& etcd, Options options);
  ~OwnerKey();

 private:
  OwnerKey(cluster::Etcd& etcd, cluster::EtcdLease lease, Options options);
  void watch();

  cluster::Etcd& etcd_;
  const cluster::EtcdLease lease_;
  const Options options_;
  std::unique_ptr<cluster::EtcdLeaseKeeper> keeper_;
  StopSource stop_;
  Thread watcher_;
};

}  // namespace tbl::tidb
