#include "cluster/tikv.h"

#include "cluster/tikv_impl.h"

namespace tbl::cluster {
namespace {

MvccInfo to_mvcc_info(const kvrpcpb::MvccInfo& info) {
  MvccInfo out;
  if (info.has_lock()) {
    out.lock = MvccLock{.type = static_cast<KvOp>(info.lock().type()),
                        .start_ts = info.lock().start_ts(),
                        .primary = info.lock().primary()};
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

Result<TxnStatus> TikvClient::resolve_txn_status(Bytes primary, uint64_t start_ts) {
  Backoff backoff = impl_->calls.backoff();
  return impl_->locks.resolve_txn_status(primary, start_ts, backoff);
}

}  // namespace tbl::cluster
