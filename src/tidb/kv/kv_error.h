// Errors of transactions, with TiDB's numbers and texts.
#pragma once

#include "base/status.h"
#include "tidb/kv/storage.h"
#include "tidb/types/sql_error.h"

namespace tbl::tidb {

/// Status::detail() of a commit of which nobody can say whether it happened. Never sent to a
/// client: the session must drop the connection.
constexpr int kDetailUndetermined = 8501;

/// 9007 "Write conflict, txnStartTS=…, conflictStartTS=…, conflictCommitTS=…, key=… primary=… [try
/// again later]"
Status write_conflict(uint64_t start_ts, const KeyFailure& failure);
Status lock_wait_timeout();
/// SELECT … FOR UPDATE NOWAIT.
Status lock_nowait();
Status deadlock_found();
/// "Transaction is too large, size: <n>"
Status txn_too_large(uint64_t size);
/// "entry too large, the max entry size is <n>, the size of data is <n>"
Status entry_too_large(uint64_t limit, uint64_t size);
Status undetermined(const Status& why);
/// An error of the store's clients as TiDB tells it: 9002 with the cause behind; others as they
/// are.
Status store_error(Status status);
/// A key for people: table, index and handle where it is one of those, else hex.
std::string describe_key(Bytes key);

inline bool is_write_conflict(const Status& s) { return is_sql_error(s, kErrWriteConflict); }
/// The transaction has left nothing, and the same statements may succeed in a new one: 9007, 8022
/// (its locks were cleared by others), 8028 (a table's definition changed meanwhile).
inline bool may_succeed_again(const Status& s) {
  return is_write_conflict(s) || is_sql_error(s, kErrTxnRetryable) ||
         is_sql_error(s, kErrInfoSchemaChanged);
}
inline bool is_undetermined(const Status& s) { return s.detail() == kDetailUndetermined; }

}  // namespace tbl::tidb
