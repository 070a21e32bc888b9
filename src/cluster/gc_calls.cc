#include "cluster/gc_calls.h"

#include "cluster/key_error.h"
#include "cluster/tikv_impl.h"

namespace tbl::cluster {
namespace {

using Outcome = RegionCalls::Outcome;

constexpr uint32_t kLocksPerRequest = 1024;

/// Clears one request's worth of locks from `*start` on, and moves it to where to go on; false: the
/// last region is done.
Result<bool> resolve_some(TikvClient::Impl& impl, uint64_t safe_point, std::string* start) {
  Backoff backoff = impl.calls.backoff();
  while (true) {
    TBL_ASSIGN(const auto region, impl.calls.locate(*start, backoff));
    kvrpcpb::ScanLockRequest request;
    request.set_max_version(safe_point);
    request.set_start_key(*start);
    request.set_limit(kLocksPerRequest);
    kvrpcpb::ScanLockResponse response;
    TBL_ASSIGN(const Outcome outcome,
               impl.calls.send("KvScanLock", region, request, &response, backoff));
    if (outcome == Outcome::kRelocate) continue;
    if (response.has_error()) return to_status(response.error());
    const std::vector<kvrpcpb::LockInfo> locks(response.locks().begin(), response.locks().end());
    if (!locks.empty()) {
      TBL_ASSIGN(const bool clear, impl.locks.resolve(locks, 0, nullptr, backoff));
      if (!clear) return lock_status(locks.front()).wrap("garbage collection");
    }
    if (locks.size() >= kLocksPerRequest) {
      *start = locks.back().key() + '\0';
      return true;
    }
    *start = region->end_key;
    return !region->end_key.empty();
  }
}

}  // namespace

Status GcCalls::resolve_locks(uint64_t safe_point) {
  std::string start;
  while (true) {
    TBL_ASSIGN(const bool more, resolve_some(tikv_.impl(), safe_point, &start));
    if (!more) return ok_status();
  }
}

Status GcCalls::destroy_range(const std::string& start, const std::string& end) {
  TBL_ASSIGN(const auto stores, pd_.get_all_stores());
  for (const auto& store : stores) {
    if (store.state == StoreState::kTombstone) continue;
    kvrpcpb::UnsafeDestroyRangeRequest request;
    request.set_start_key(start);
    request.set_end_key(end);
    kvrpcpb::UnsafeDestroyRangeResponse response;
    TBL_TRY(
        tikv_.impl().calls.send_to_store("UnsafeDestroyRange", store.address, request, &response));
    if (!response.error().empty()) {
      return unknown_error("store " + store.address + ": destroy range: " + response.error());
    }
  }
  return ok_status();
}

}  // namespace tbl::cluster
