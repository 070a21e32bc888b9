#include "tikv/methods.h"

#include <algorithm>

#include "proto/kvrpcpb.pb.h"
#include "proto/tikvpb.pb.h"
#include "tikv/confine.h"
#include "tikv/mvcc/commands.h"

namespace tbl::tikv {
namespace {

template <typename Request>
Status parse(Bytes bytes, Request* request) {
  if (bytes.size() > INT32_MAX ||
      !request->ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
    return internal_error(Request::descriptor()->name() + ": cannot be parsed");
  }
  return ok_status();
}

/// `command(region, request, &response)` if the request's context names a region that this store
/// leads, and its keys are there, else the region error.
template <typename Request, typename Response, typename Command>
Status run_on_region(const MethodContext& context, Bytes bytes, std::string* out, Command command) {
  Request request;
  TBL_TRY(parse(bytes, &request));
  Response response;
  errorpb::Error error;
  const auto region = context.regions.admit(context.store_id, request.context(), false, &error);
  if (region && confine(*region, &request, &error)) {
    TBL_TRY(command(*region, request, &response));
  } else {
    *response.mutable_region_error() = std::move(error);
  }
  response.SerializeToString(out);
  return ok_status();
}

template <typename Request, typename Response, Status (*command)(Store&, const Request&, Response*)>
Status on_region(const MethodContext& context, Bytes bytes, std::string* out, LockWait*) {
  return run_on_region<Request, Response>(
      context, bytes, out, [&context](const Region&, const Request& request, Response* response) {
        return command(context.store, request, response);
      });
}

/// For requests that are about all keys of a region.
template <typename Request, typename Response,
          Status (*command)(Store&, const Request&, Response*, const DataRange&)>
Status on_all_of_region(const MethodContext& context, Bytes bytes, std::string* out, LockWait*) {
  return run_on_region<Request, Response>(
      context, bytes, out,
      [&context](const Region& region, const Request& request, Response* response) {
        return command(context.store, request, response, region.data());
      });
}

template <typename Request, typename Response,
          Status (*command)(Store&, const Request&, Response*, MayBlock)>
Status at_once(const MethodContext& context, Bytes bytes, std::string* out) {
  return run_on_region<Request, Response>(
      context, bytes, out, [&context](const Region&, const Request& request, Response* response) {
        return command(context.store, request, response, MayBlock::kNo);
      });
}

/// A command on the whole store.
template <typename Request, typename Response, Status (*command)(Store&, const Request&, Response*)>
Status on_store(const MethodContext& context, Bytes bytes, std::string* out, LockWait*) {
  Request request;
  TBL_TRY(parse(bytes, &request));
  Response response;
  TBL_TRY(command(context.store, request, &response));
  response.SerializeToString(out);
  return ok_status();
}

Status lock_pessimistically(const MethodContext& context, Bytes bytes, std::string* out,
                            LockWait* wait) {
  using Request = kvrpcpb::PessimisticLockRequest;
  using Response = kvrpcpb::PessimisticLockResponse;
  return run_on_region<Request, Response>(
      context, bytes, out, [&](const Region&, const Request& request, Response* response) {
        return lock_or_wait(context.store, request, response, wait);
      });
}

/// The keys to split at, in order and each once; clients before 4.0 send one.
std::vector<std::string> split_keys(const kvrpcpb::SplitRegionRequest& request) {
  std::vector<std::string> keys(request.split_keys().begin(), request.split_keys().end());
  if (keys.empty()) keys.push_back(request.split_key());
  std::sort(keys.begin(), keys.end());
  keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
  return keys;
}

/// A border cannot be split at: it is as much outside as what lies beyond.
bool can_split(const Region& region, const std::vector<std::string>& keys, errorpb::Error* error) {
  for (const auto& key : keys) {
    if (region.contains(key) && key != region.start) continue;
    fill_key_not_in_region(region, key, error);
    return false;
  }
  return true;
}

Status split_admitted(const MethodContext& context, const RegionPtr& region,
                      const std::vector<std::string>& keys,
                      kvrpcpb::SplitRegionResponse* response) {
  const auto parts = context.splitter.split(region, keys);
  if (parts.status().code() == StatusCode::kAborted) {
    response->mutable_region_error()->set_message("stale command");
    response->mutable_region_error()->mutable_stale_command();
    return ok_status();
  }
  if (!parts.ok()) return parts.status();
  *response->mutable_left() = parts->front()->meta;
  *response->mutable_right() = parts->at(1)->meta;
  for (const auto& part : *parts) *response->add_regions() = part->meta;
  return ok_status();
}

Status split_region(const MethodContext& context, Bytes bytes, std::string* out, LockWait*) {
  kvrpcpb::SplitRegionRequest request;
  TBL_TRY(parse(bytes, &request));
  kvrpcpb::SplitRegionResponse response;
  errorpb::Error error;
  const auto region = context.regions.admit(context.store_id, request.context(), true, &error);
  const auto keys = split_keys(request);
  if (region && can_split(*region, keys, &error)) {
    TBL_TRY(split_admitted(context, region, keys, &response));
  } else {
    *response.mutable_region_error() = std::move(error);
  }
  response.SerializeToString(out);
  return ok_status();
}

/// BatchCommandsEmpty: answers its test_id; a delay is for load tests of the original.
Status empty(const MethodContext&, Bytes bytes, std::string* out, LockWait*) {
  tikvpb::BatchCommandsEmptyRequest request;
  TBL_TRY(parse(bytes, &request));
  tikvpb::BatchCommandsEmptyResponse response;
  response.set_test_id(request.test_id());
  response.SerializeToString(out);
  return ok_status();
}

}  // namespace

#define TBL_ON_REGION(message, command) \
  on_region<kvrpcpb::message##Request, kvrpcpb::message##Response, command>

#define TBL_ON_ALL_OF_REGION(message, command) \
  on_all_of_region<kvrpcpb::message##Request, kvrpcpb::message##Response, command>

#define TBL_AT_ONCE(message, command) \
  at_once<kvrpcpb::message##Request, kvrpcpb::message##Response, command>

const std::vector<Method>& methods() {
  static const std::vector<Method> kMethods{
      {"KvGet", 1, TBL_ON_REGION(Get, get), TBL_AT_ONCE(Get, get)},
      {"KvScan", 2, TBL_ON_REGION(Scan, scan), TBL_AT_ONCE(Scan, scan)},
      {"KvPrewrite", 3, TBL_ON_REGION(Prewrite, prewrite), TBL_AT_ONCE(Prewrite, prewrite)},
      {"KvCommit", 4, TBL_ON_REGION(Commit, commit)},
      {"KvCleanup", 6, TBL_ON_REGION(Cleanup, cleanup)},
      {"KvBatchGet", 7, TBL_ON_REGION(BatchGet, batch_get), TBL_AT_ONCE(BatchGet, batch_get)},
      {"KvBatchRollback", 8, TBL_ON_REGION(BatchRollback, batch_rollback)},
      {"KvScanLock", 9, TBL_ON_REGION(ScanLock, scan_lock)},
      {"KvResolveLock", 10, TBL_ON_ALL_OF_REGION(ResolveLock, resolve_lock)},
      {"KvGC", 11, TBL_ON_ALL_OF_REGION(GC, gc)},
      {"KvDeleteRange", 12, TBL_ON_REGION(DeleteRange, delete_range)},
      {"KvPessimisticLock", 23, lock_pessimistically,
       TBL_AT_ONCE(PessimisticLock, pessimistic_lock)},
      {"KVPessimisticRollback", 24, TBL_ON_REGION(PessimisticRollback, pessimistic_rollback)},
      {"KvCheckTxnStatus", 25, TBL_ON_REGION(CheckTxnStatus, check_txn_status)},
      {"KvTxnHeartBeat", 26, TBL_ON_REGION(TxnHeartBeat, txn_heart_beat)},
      {"KvCheckSecondaryLocks", 33, TBL_ON_REGION(CheckSecondaryLocks, check_secondary_locks)},
      {"MvccGetByKey", 0, TBL_ON_REGION(MvccGetByKey, mvcc_get_by_key)},
      {"MvccGetByStartTs", 0, TBL_ON_ALL_OF_REGION(MvccGetByStartTs, mvcc_get_by_start_ts)},
      {"UnsafeDestroyRange", 0,
       on_store<kvrpcpb::UnsafeDestroyRangeRequest, kvrpcpb::UnsafeDestroyRangeResponse,
                unsafe_destroy_range>},
      {"SplitRegion", 0, split_region},
      {"", 255, empty},
  };
  return kMethods;
}

#undef TBL_AT_ONCE
#undef TBL_ON_ALL_OF_REGION
#undef TBL_ON_REGION

const Method* find_subcommand(uint32_t number) {
  if (number == 0) return nullptr;
  for (const auto& method : methods()) {
    if (method.subcommand == number) return &method;
  }
  return nullptr;
}

}  // namespace tbl::tikv
