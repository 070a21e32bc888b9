#include "tikv/methods.h"

#include "proto/kvrpcpb.pb.h"
#include "proto/tikvpb.pb.h"
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

/// `command(request, &response)` if the request's context names the region, else the region error.
template <typename Request, typename Response, typename Command>
Status run_on_region(const MethodContext& context, Bytes bytes, std::string* out, Command command) {
  Request request;
  TBL_TRY(parse(bytes, &request));
  Response response;
  errorpb::Error error;
  if (context.region.admits(request.context(), false, &error)) {
    TBL_TRY(command(request, &response));
  } else {
    *response.mutable_region_error() = std::move(error);
  }
  response.SerializeToString(out);
  return ok_status();
}

template <typename Request, typename Response, Status (*command)(Store&, const Request&, Response*)>
Status on_region(const MethodContext& context, Bytes bytes, std::string* out, LockWait*) {
  return run_on_region<Request, Response>(context, bytes, out,
                                          [&context](const Request& request, Response* response) {
                                            return command(context.store, request, response);
                                          });
}

template <typename Request, typename Response,
          Status (*command)(Store&, const Request&, Response*, MayBlock)>
Status at_once(const MethodContext& context, Bytes bytes, std::string* out) {
  return run_on_region<Request, Response>(
      context, bytes, out, [&context](const Request& request, Response* response) {
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
      context, bytes, out, [&](const Request& request, Response* response) {
        return lock_or_wait(context.store, request, response, wait);
      });
}

/// A region never splits here. The answer says so: it is the only one afterwards too, which clients
/// take.
Status split_region(const MethodContext& context, Bytes bytes, std::string* out, LockWait*) {
  kvrpcpb::SplitRegionRequest request;
  TBL_TRY(parse(bytes, &request));
  kvrpcpb::SplitRegionResponse response;
  errorpb::Error error;
  if (context.region.admits(request.context(), true, &error)) {
    *response.mutable_left() = context.region.meta();
    *response.mutable_right() = context.region.meta();
    *response.add_regions() = context.region.meta();
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
      {"KvResolveLock", 10, TBL_ON_REGION(ResolveLock, resolve_lock)},
      {"KvGC", 11, TBL_ON_REGION(GC, gc)},
      {"KvDeleteRange", 12, TBL_ON_REGION(DeleteRange, delete_range)},
      {"KvPessimisticLock", 23, lock_pessimistically,
       TBL_AT_ONCE(PessimisticLock, pessimistic_lock)},
      {"KVPessimisticRollback", 24, TBL_ON_REGION(PessimisticRollback, pessimistic_rollback)},
      {"KvCheckTxnStatus", 25, TBL_ON_REGION(CheckTxnStatus, check_txn_status)},
      {"KvTxnHeartBeat", 26, TBL_ON_REGION(TxnHeartBeat, txn_heart_beat)},
      {"KvCheckSecondaryLocks", 33, TBL_ON_REGION(CheckSecondaryLocks, check_secondary_locks)},
      {"MvccGetByKey", 0, TBL_ON_REGION(MvccGetByKey, mvcc_get_by_key)},
      {"MvccGetByStartTs", 0, TBL_ON_REGION(MvccGetByStartTs, mvcc_get_by_start_ts)},
      {"UnsafeDestroyRange", 0,
       on_store<kvrpcpb::UnsafeDestroyRangeRequest, kvrpcpb::UnsafeDestroyRangeResponse,
                unsafe_destroy_range>},
      {"SplitRegion", 0, split_region},
      {"", 255, empty},
  };
  return kMethods;
}

#undef TBL_AT_ONCE
#undef TBL_ON_REGION

const Method* find_subcommand(uint32_t number) {
  if (number == 0) return nullptr;
  for (const auto& method : methods()) {
    if (method.subcommand == number) return &method;
  }
  return nullptr;
}

}  // namespace tbl::tikv
