#include "tidb/kv/cluster_gc.h"

#include <algorithm>

namespace tbl::tidb {
namespace {

constexpr char kService[] = "gc_worker";
constexpr char kSavedKey[] = "/tidb/store/gcworker/saved_safe_point";

}  // namespace

Result<uint64_t> ClusterGc::now_ts() { return cluster_.pd().get_ts(); }

Result<uint64_t> ClusterGc::agree(uint64_t wanted) {
  const auto lowest = cluster_.pd().update_service_gc_safe_point(kService, INT64_MAX, wanted);
  // PD before 4.0 knows no services.
  if (!lowest.ok() && lowest.status().code() == StatusCode::kUnimplemented) return wanted;
  if (!lowest.ok()) return lowest.status();
  return std::min(wanted, lowest->min_safe_point);
}

Status ClusterGc::announce(uint64_t safe_point) {
  return cluster_.etcd().put(kSavedKey, std::to_string(safe_point)).status();
}

Status ClusterGc::resolve_locks(uint64_t safe_point) { return calls_.resolve_locks(safe_point); }

Status ClusterGc::destroy_range(const std::string& start, const std::string& end) {
  return calls_.destroy_range(start, end);
}

Status ClusterGc::collect(uint64_t safe_point) {
  return cluster_.pd().update_gc_safe_point(safe_point).status();
}

}  // namespace tbl::tidb
