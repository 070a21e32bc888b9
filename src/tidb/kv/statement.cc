#include "tidb/kv/statement.h"

#include "tidb/kv/kv_error.h"

namespace tbl::tidb {
namespace {

/// max-retry-count of [pessimistic-txn].
constexpr int kRetriesMax = 256;

struct Attempt {
  const std::function<Status()>& body;
  StatementReads reads;
  bool first;
};

Status run_and_lock(Transaction& txn, const TxnMark& mark, const Attempt& attempt) {
  const bool by_key = attempt.reads == StatementReads::kKeys;
  if (!by_key || !attempt.first) TBL_TRY(txn.refresh_for_update_ts());
  const uint64_t snapshot_ts = txn.read_ts();
  txn.set_read_ts(txn.for_update_ts());
  txn.set_locking_reads(by_key);
  Status status = attempt.body();
  if (status.ok()) status = txn.lock_written(mark);
  txn.set_locking_reads(false);
  txn.set_read_ts(snapshot_ts);
  return status;
}

}  // namespace

Status run_statement(Transaction& txn, const std::function<Status()>& body, StatementReads reads) {
  const TxnMark mark = txn.mark();
  for (int tries = 0;; ++tries) {
    Status status =
        txn.is_pessimistic() ? run_and_lock(txn, mark, {body, reads, tries == 0}) : body();
    if (status.ok()) return status;
    txn.rollback_to(mark);
    const bool again = txn.is_pessimistic() && is_write_conflict(status) && tries < kRetriesMax;
    if (!again) return status;
  }
}

}  // namespace tbl::tidb
