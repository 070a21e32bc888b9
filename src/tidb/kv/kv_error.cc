#include "tidb/kv/kv_error.h"

#include "codec/keys.h"

namespace tbl::tidb {

std::string describe_key(Bytes key) {
  codec::RecordKey record;
  if (codec::parse_record_key(key, &record) && !record.is_common) {
    return "{tableID=" + std::to_string(record.table_id) +
           ", handle=" + std::to_string(record.handle) + "}";
  }
  codec::IndexKey index;
  if (codec::parse_index_key(key, &index)) {
    return "{tableID=" + std::to_string(index.table_id) +
           ", indexID=" + std::to_string(index.index_id) + ", indexValues=" + to_hex(index.values) +
           "}";
  }
  return to_hex(key);
}

Status write_conflict(uint64_t start_ts, const KeyFailure& failure) {
  return sql_error(kErrWriteConflict,
                   "Write conflict, txnStartTS=" + std::to_string(start_ts) +
                       ", conflictStartTS=" + std::to_string(failure.other_start_ts) +
                       ", conflictCommitTS=" + std::to_string(failure.other_commit_ts) +
                       ", key=" + describe_key(failure.key) +
                       " primary=" + describe_key(failure.primary) + " [try again later]");
}

Status lock_wait_timeout() {
  return sql_error(kErrLockWaitTimeout, "Lock wait timeout exceeded; try restarting transaction");
}

Status lock_nowait() {
  return sql_error(kErrLockNowait,
                   "Statement aborted because lock(s) could not be acquired immediately and NOWAIT "
                   "is set.");
}

Status deadlock_found() {
  return sql_error(kErrLockDeadlock,
                   "Deadlock found when trying to get lock; try restarting transaction");
}

Status txn_too_large(uint64_t size) {
  return sql_error(kErrTxnTooLarge, "Transaction is too large, size: " + std::to_string(size));
}

Status entry_too_large(uint64_t limit, uint64_t size) {
  return sql_error(kErrEntryTooLarge, "entry too large, the max entry size is " +
                                          std::to_string(limit) + ", the size of data is " +
                                          std::to_string(size));
}

Status undetermined(const Status& why) {
  return unknown_error("execution result undetermined: " + why.message())
      .with_detail(kDetailUndetermined);
}

Status store_error(Status status) {
  if (status.detail() != 0) return status;
  const bool no_answer =
      status.code() == StatusCode::kUnavailable || status.code() == StatusCode::kDeadlineExceeded;
  if (!no_answer) return status;
  return sql_error(kErrTikvServerTimeout, "TiKV server timeout: " + status.message());
}

}  // namespace tbl::tidb
