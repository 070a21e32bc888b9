// Where the fate of a transaction is asked: the cluster, or a test.
#pragma once

#include <cstdint>
#include <string>

#include "base/status.h"
#include "cluster/cluster.h"

namespace tbl::pump {

/// Any thread.
class Oracle {
 public:
  virtual ~Oracle() = default;
  /// A ts of PD not older than a second.
  virtual Result<uint64_t> latest_ts() = 0;
  virtual Result<cluster::MvccInfo> versions(const std::string& key) = 0;
  /// Asks about the primary, and rolls the transaction back for good when nothing stands for it.
  virtual Result<cluster::TxnStatus> settle(const std::string& primary, uint64_t start_ts) = 0;
  /// Versions up to here may have been collected. 0: none.
  virtual Result<uint64_t> gc_safe_point() = 0;
  /// Asks PD to keep versions above `ts` for a day; 0: no longer. FailedPrecondition: some are gone
  /// already.
  virtual Status hold_gc(uint64_t ts) = 0;
};

/// The cluster's.
class ClusterOracle final : public Oracle {
 public:
  /// `service_id`: name under which PD keeps the safe point.
  ClusterOracle(cluster::Cluster& cluster, std::string service_id)
      : cluster_(cluster), service_id_(std::move(service_id)) {}

  Result<uint64_t> latest_ts() override;
  Result<cluster::MvccInfo> versions(const std::string& key) override;
  Result<cluster::TxnStatus> settle(const std::string& primary, uint64_t start_ts) override;
  Result<uint64_t> gc_safe_point() override;
  Status hold_gc(uint64_t ts) override;

 private:
  cluster::Cluster& cluster_;
  const std::string service_id_;
  std::mutex mutex_;
  uint64_t latest_ts_ = 0;
  std::chrono::steady_clock::time_point latest_at_;
};

}  // namespace tbl::pump
