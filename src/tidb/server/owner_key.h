// The key in etcd that says which tidb-server a cluster has: one, no more.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <string>

#include "base/status.h"
#include "base/stop.h"
#include "cluster/etcd.h"

namespace tbl::tidb {

/// Held by a lease that is renewed. Schema changes are not told to other servers (the gate of
/// catalog/schema_holder.h stands for that), so two would corrupt each other's data.
///
/// When PD is out of reach for longer than the lease, the key is not held until PD is back: nothing
/// may be committed meanwhile. If nobody has taken it, it is taken again, and all is as before: the
/// key kLastKey, which no lease takes away, says who had it last. If somebody has, on_lost.
class OwnerKey {
 public:
  static constexpr const char* kKey = "/tidb/server/owner";
  static constexpr const char* kLastKey = "/tidb/server/last_owner";

  struct Options {
    std::string who;   ///< "host:port", for the other's error message
    std::string uuid;  ///< of this run of the server
    std::chrono::seconds ttl{10};
    std::chrono::seconds patience{15};  ///< for the lease of a predecessor that died to run out
    StopToken stop;
    std::function<void()> on_lost;  ///< another server has it: this one must never write again
  };
  /// Error kAlreadyExists: "another tidb-server serves this cluster: <who>".
  static Result<std::unique_ptr<OwnerKey>> take(cluster::Etcd& etcd, Options options);
  ~OwnerKey();

  /// Ok while the key is held for sure. Error: 8027, in TiDB's words. Any thread.
  Status held() const;

 private:
  OwnerKey(cluster::Etcd& etcd, cluster::EtcdLease lease, Options options);
  void watch();
  /// One try. False: another server has it, or has had it.
  Result<bool> regain();

  cluster::Etcd& etcd_;
  const Options options_;
  mutable std::mutex mutex_;
  cluster::EtcdLease lease_;
  std::unique_ptr<cluster::EtcdLeaseKeeper> keeper_;
  StopSource stop_;
  Thread watcher_;
};

}  // namespace tbl::tidb
