#include "pump/oracle.h"

namespace tbl::pump {

Result<uint64_t> ClusterOracle::latest_ts() {
  std::lock_guard lock(mutex_);
  auto now = std::chrono::steady_clock::now();
  if (latest_ts_ == 0 || now - latest_at_ > std::chrono::seconds(1)) {
    TBL_ASSIGN(latest_ts_, cluster_.pd().get_ts());
    latest_at_ = now;
  }
  return latest_ts_;
}

Result<cluster::MvccInfo> ClusterOracle::versions(const std::string& key) {
  return cluster_.tikv().mvcc_get_by_key(key);
}

Result<cluster::TxnStatus> ClusterOracle::settle(const std::string& primary, uint64_t start_ts) {
  return cluster_.tikv().resolve_txn_status(primary, start_ts);
}

Result<uint64_t> ClusterOracle::gc_safe_point() { return cluster_.gc_safe_point(); }

Status ClusterOracle::hold_gc(uint64_t ts) {
  constexpr int64_t kDay = 24 * 3600;
  auto result = cluster_.pd().update_service_gc_safe_point(service_id_, ts == 0 ? 0 : kDay, ts);
  if (!result.ok()) return std::move(result).status();
  if (ts == 0 || result->min_safe_point <= ts) return ok_status();
  return failed_precondition("GC safe point of " + result->service_id + " is at " +
                             std::to_string(result->min_safe_point) + ", above " +
                             std::to_string(ts));
}

}  // namespace tbl::pump
