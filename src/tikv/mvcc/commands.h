// The commands of a transactional store, one file each. All take the request of kvrpcpb and fill
// its answer; what the protocol knows as an error stands in the answer, and a Status that is not ok
// means that the storage failed. Any thread, any number at once. The region is checked by the
// caller.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

#include "base/status.h"
#include "tikv/mvcc/engine.h"

namespace kvrpcpb {
class BatchGetRequest;
class BatchGetResponse;
class BatchRollbackRequest;
class BatchRollbackResponse;
class CheckSecondaryLocksRequest;
class CheckSecondaryLocksResponse;
class CheckTxnStatusRequest;
class CheckTxnStatusResponse;
class CleanupRequest;
class CleanupResponse;
class CommitRequest;
class CommitResponse;
class DeleteRangeRequest;
class DeleteRangeResponse;
class GCRequest;
class GCResponse;
class GetRequest;
class GetResponse;
class MvccGetByKeyRequest;
class MvccGetByKeyResponse;
class MvccGetByStartTsRequest;
class MvccGetByStartTsResponse;
class PessimisticLockRequest;
class PessimisticLockResponse;
class PessimisticRollbackRequest;
class PessimisticRollbackResponse;
class PrewriteRequest;
class PrewriteResponse;
class ResolveLockRequest;
class ResolveLockResponse;
class ScanLockRequest;
class ScanLockResponse;
class ScanRequest;
class ScanResponse;
class TxnHeartBeatRequest;
class TxnHeartBeatResponse;
class UnsafeDestroyRangeRequest;
class UnsafeDestroyRangeResponse;
}  // namespace kvrpcpb

namespace tbl::tikv {

struct DataRange;
struct Store;

// get.cc, scan.cc. The forms with MayBlock::kNo are for a thread that others wait for: they give
// is_would_block() instead of waiting for the disk or reading much.
Status get(Store& store, const kvrpcpb::GetRequest& request, kvrpcpb::GetResponse* response,
           MayBlock may_block);
Status batch_get(Store& store, const kvrpcpb::BatchGetRequest& request,
                 kvrpcpb::BatchGetResponse* response, MayBlock may_block);
Status scan(Store& store, const kvrpcpb::ScanRequest& request, kvrpcpb::ScanResponse* response,
            MayBlock may_block);
Status get(Store& store, const kvrpcpb::GetRequest& request, kvrpcpb::GetResponse* response);
Status batch_get(Store& store, const kvrpcpb::BatchGetRequest& request,
                 kvrpcpb::BatchGetResponse* response);
Status scan(Store& store, const kvrpcpb::ScanRequest& request, kvrpcpb::ScanResponse* response);

// prewrite.cc, commit.cc, rollback.cc: the two phases. Asynchronous commit and one-phase commit are
// declined by leaving min_commit_ts and one_pc_commit_ts 0, and clients then use two phases.
Status prewrite(Store& store, const kvrpcpb::PrewriteRequest& request,
                kvrpcpb::PrewriteResponse* response);
Status commit(Store& store, const kvrpcpb::CommitRequest& request,
              kvrpcpb::CommitResponse* response);
Status batch_rollback(Store& store, const kvrpcpb::BatchRollbackRequest& request,
                      kvrpcpb::BatchRollbackResponse* response);
Status cleanup(Store& store, const kvrpcpb::CleanupRequest& request,
               kvrpcpb::CleanupResponse* response);

/// Both fail with is_would_block() instead of waiting; then nothing has happened.
Status prewrite(Store& store, const kvrpcpb::PrewriteRequest& request,
                kvrpcpb::PrewriteResponse* response, MayBlock may_block);
Status pessimistic_lock(Store& store, const kvrpcpb::PessimisticLockRequest& request,
                        kvrpcpb::PessimisticLockResponse* response, MayBlock may_block);

// check_txn_status.cc, check_secondary_locks.cc, resolve_lock.cc, scan_lock.cc: what became of
// another's transaction, and clearing up after it
Status check_txn_status(Store& store, const kvrpcpb::CheckTxnStatusRequest& request,
                        kvrpcpb::CheckTxnStatusResponse* response);
Status txn_heart_beat(Store& store, const kvrpcpb::TxnHeartBeatRequest& request,
                      kvrpcpb::TxnHeartBeatResponse* response);
Status check_secondary_locks(Store& store, const kvrpcpb::CheckSecondaryLocksRequest& request,
                             kvrpcpb::CheckSecondaryLocksResponse* response);
Status resolve_lock(Store& store, const kvrpcpb::ResolveLockRequest& request,
                    kvrpcpb::ResolveLockResponse* response);
/// The same for the locks of a range, where the request names no keys.
Status resolve_lock(Store& store, const kvrpcpb::ResolveLockRequest& request,
                    kvrpcpb::ResolveLockResponse* response, const DataRange& range);
Status scan_lock(Store& store, const kvrpcpb::ScanLockRequest& request,
                 kvrpcpb::ScanLockResponse* response);

// pessimistic.cc. A lock held by another is answered at once, whatever the wait timeout: who wants
// to wait comes through lock_or_wait().
Status pessimistic_lock(Store& store, const kvrpcpb::PessimisticLockRequest& request,
                        kvrpcpb::PessimisticLockResponse* response);
Status pessimistic_rollback(Store& store, const kvrpcpb::PessimisticRollbackRequest& request,
                            kvrpcpb::PessimisticRollbackResponse* response);

// mvcc_info.cc: all that is known about a key
Status mvcc_get_by_key(Store& store, const kvrpcpb::MvccGetByKeyRequest& request,
                       kvrpcpb::MvccGetByKeyResponse* response);
/// The first key, in key order, that the transaction locked or wrote.
Status mvcc_get_by_start_ts(Store& store, const kvrpcpb::MvccGetByStartTsRequest& request,
                            kvrpcpb::MvccGetByStartTsResponse* response);
Status mvcc_get_by_start_ts(Store& store, const kvrpcpb::MvccGetByStartTsRequest& request,
                            kvrpcpb::MvccGetByStartTsResponse* response, const DataRange& range);

// range.cc, gc.cc: removing what nobody may ask for any more
Status delete_range(Store& store, const kvrpcpb::DeleteRangeRequest& request,
                    kvrpcpb::DeleteRangeResponse* response);
Status unsafe_destroy_range(Store& store, const kvrpcpb::UnsafeDestroyRangeRequest& request,
                            kvrpcpb::UnsafeDestroyRangeResponse* response);
Status gc(Store& store, const kvrpcpb::GCRequest& request, kvrpcpb::GCResponse* response);
Status gc(Store& store, const kvrpcpb::GCRequest& request, kvrpcpb::GCResponse* response,
          const DataRange& range);

/// A request that may have to wait for a lock, over all its attempts.
struct LockWait {
  std::optional<uint64_t> ticket;                    ///< set by an attempt: park it, then try again
  std::chrono::steady_clock::time_point deadline{};  ///< set by the first attempt
};
// lock_or_wait.cc. One attempt: when another transaction holds a lock that the client is willing to
// wait for, `wait` gets a ticket of Store::lock_waits and the answer is void. After the deadline,
// and with a negative wait_timeout, the lock is answered. A wait that would close a circle is
// answered with `deadlock` instead.
Status lock_or_wait(Store& store, const kvrpcpb::PessimisticLockRequest& request,
                    kvrpcpb::PessimisticLockResponse* response, LockWait* wait);

}  // namespace tbl::tikv
