#include "tikv/confine.h"

#include "proto/errorpb.pb.h"
#include "proto/kvrpcpb.pb.h"

namespace tbl::tikv {
namespace {

bool holds(const Region& region, Bytes key, errorpb::Error* error) {
  if (region.contains(key)) return true;
  fill_key_not_in_region(region, key, error);
  return false;
}

template <typename Strings>
bool holds_all(const Region& region, const Strings& keys, errorpb::Error* error) {
  for (const auto& key : keys) {
    if (!holds(region, key, error)) return false;
  }
  return true;
}

template <typename Mutations>
bool holds_mutations(const Region& region, const Mutations& mutations, errorpb::Error* error) {
  for (const auto& mutation : mutations) {
    if (!holds(region, mutation.key(), error)) return false;
  }
  return true;
}

/// [start, end) cut to the region; both may be empty.
bool confine_range(const Region& region, std::string* start, std::string* end,
                   errorpb::Error* error) {
  if (start->empty()) *start = region.start;
  if (!holds(region, *start, error)) return false;
  const bool beyond = end->empty() || (!region.end.empty() && *end > region.end);
  if (beyond) *end = region.end;
  return true;
}

/// The same for a range that is walked from its end: that one must be inside, or at the border.
bool confine_reverse(const Region& region, std::string* start, std::string* end,
                     errorpb::Error* error) {
  if (end->empty()) *end = region.end;
  const bool inside =
      *end >= region.start && (region.end.empty() || (!end->empty() && *end <= region.end));
  if (!inside) {
    fill_key_not_in_region(region, *end, error);
    return false;
  }
  if (*start < region.start) *start = region.start;
  return true;
}

}  // namespace

bool confine(const Region& region, kvrpcpb::GetRequest* request, errorpb::Error* error) {
  return holds(region, request->key(), error);
}

bool confine(const Region& region, kvrpcpb::ScanRequest* request, errorpb::Error* error) {
  // A reverse scan's start is its upper bound.
  if (request->reverse()) {
    return confine_reverse(region, request->mutable_end_key(), request->mutable_start_key(), error);
  }
  return confine_range(region, request->mutable_start_key(), request->mutable_end_key(), error);
}

bool confine(const Region& region, kvrpcpb::PrewriteRequest* request, errorpb::Error* error) {
  return holds_mutations(region, request->mutations(), error);
}

bool confine(const Region& region, kvrpcpb::CommitRequest* request, errorpb::Error* error) {
  return holds_all(region, request->keys(), error);
}

bool confine(const Region& region, kvrpcpb::CleanupRequest* request, errorpb::Error* error) {
  return holds(region, request->key(), error);
}

bool confine(const Region& region, kvrpcpb::BatchGetRequest* request, errorpb::Error* error) {
  return holds_all(region, request->keys(), error);
}

bool confine(const Region& region, kvrpcpb::BatchRollbackRequest* request, errorpb::Error* error) {
  return holds_all(region, request->keys(), error);
}

bool confine(const Region& region, kvrpcpb::ScanLockRequest* request, errorpb::Error* error) {
  return confine_range(region, request->mutable_start_key(), request->mutable_end_key(), error);
}

bool confine(const Region& region, kvrpcpb::ResolveLockRequest* request, errorpb::Error* error) {
  return holds_all(region, request->keys(), error);
}

bool confine(const Region&, kvrpcpb::GCRequest*, errorpb::Error*) { return true; }

bool confine(const Region& region, kvrpcpb::DeleteRangeRequest* request, errorpb::Error* error) {
  if (!holds(region, request->start_key(), error)) return false;
  // Not cut: who asks for more than is here must not believe that all of it is gone.
  const std::string& end = request->end_key();
  if (region.end.empty() || (!end.empty() && end <= region.end)) return true;
  fill_key_not_in_region(region, end, error);
  return false;
}

bool confine(const Region& region, kvrpcpb::PessimisticLockRequest* request,
             errorpb::Error* error) {
  return holds_mutations(region, request->mutations(), error);
}

bool confine(const Region& region, kvrpcpb::PessimisticRollbackRequest* request,
             errorpb::Error* error) {
  return holds_all(region, request->keys(), error);
}

bool confine(const Region& region, kvrpcpb::CheckTxnStatusRequest* request, errorpb::Error* error) {
  return holds(region, request->primary_key(), error);
}

bool confine(const Region& region, kvrpcpb::TxnHeartBeatRequest* request, errorpb::Error* error) {
  return holds(region, request->primary_lock(), error);
}

bool confine(const Region& region, kvrpcpb::CheckSecondaryLocksRequest* request,
             errorpb::Error* error) {
  return holds_all(region, request->keys(), error);
}

bool confine(const Region& region, kvrpcpb::MvccGetByKeyRequest* request, errorpb::Error* error) {
  return holds(region, request->key(), error);
}

bool confine(const Region&, kvrpcpb::MvccGetByStartTsRequest*, errorpb::Error*) { return true; }

}  // namespace tbl::tikv
