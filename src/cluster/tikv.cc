#include "cluster/tikv.h"

#include "cluster/tikv_impl.h"

namespace tbl::cluster {
namespace {

MvccInfo to_mvcc_info(const kvrpcpb::MvccInfo& info) {
  MvccInfo out;
  if (info.has_lock()) {
    out.lock = MvccLock{.type = static_cast<KvOp>(info.lock().type()),
                        .start_ts = info.lock().start_ts(),
                        .primary = info.lock().primary(),
                        .ttl_ms = info.lock().ttl()};
  }
  for (const auto& write : info.writes()) {
    out.writes.push_back({.type = static_cast<KvOp>(write.type()),
                          .start_ts = write.start_ts(),
                          .commit_ts = write.commit_ts(),
                          .has_overlapped_rollback = write.has_overlapped_rollback()});
  }
  return out;
}

Status get_mvcc(RegionCalls& calls, Bytes key, kvrpcpb::MvccGetByKeyResponse* response) {
  kvrpcpb::MvccGetByKeyRequest request;
  request.set_key(std::string(key));
  Backoff backoff = calls.backoff();
  TBL_TRY(calls.send_to_key("MvccGetByKey", key, request, response, backoff));
  if (response->error().empty()) return ok_status();
  return unknown_error("MvccGetByKey " + to_hex(key) + ": " + response->error());
}

}  // namespace

TikvClient::TikvClient(PdClient& pd, TikvOptions options)
    : impl_(std::make_unique<Impl>(pd, options)) {}
TikvClient::~TikvClient() = default;

Result<MvccInfo> TikvClient::mvcc_get_by_key(Bytes key) {
  kvrpcpb::MvccGetByKeyResponse response;
  TBL_TRY(get_mvcc(impl_->calls, key, &response));
  return to_mvcc_info(response.info());
}

Result<std::string> TikvClient::mvcc_get_by_key_raw(Bytes key) {
  kvrpcpb::MvccGetByKeyResponse response;
  TBL_TRY(get_mvcc(impl_->calls, key, &response));
  return response.SerializeAsString();
}

Result<std::string> TikvClient::mvcc_get_by_start_ts_raw(uint64_t start_ts, Bytes start,
                                                         Bytes end) {
  RegionCalls& calls = impl_->calls;
  std::string at(start);
  std::optional<Backoff> backoff(calls.backoff());
  while (true) {
    TBL_ASSIGN(const RegionCalls::RegionPtr region, calls.locate(at, *backoff));
    kvrpcpb::MvccGetByStartTsRequest request;
    request.set_start_ts(start_ts);
    kvrpcpb::MvccGetByStartTsResponse response;
    TBL_ASSIGN(const RegionCalls::Outcome outcome,
               calls.send("MvccGetByStartTs", region, request, &response, *backoff));
    if (outcome == RegionCalls::Outcome::kRelocate) continue;
    if (!response.error().empty()) {
      return unknown_error("MvccGetByStartTs " + std::to_string(start_ts) + ": " +
                           response.error());
    }
    const bool last = region->end_key.empty() || (!end.empty() && region->end_key >= end);
    if (!response.key().empty() || last) return response.SerializeAsString();
    at = region->end_key;
    backoff.emplace(calls.backoff());
  }
}

Result<TxnStatus> TikvClient::resolve_txn_status(Bytes primary, uint64_t start_ts) {
  Backoff backoff = impl_->calls.backoff();
  return impl_->locks.resolve_txn_status(primary, start_ts, backoff);
}

}  // namespace tbl::cluster
