// The end of a transaction: two-phase commit with its binlog. Inside of transaction.cc only.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "tidb/binlog/binlog_writer.h"
#include "tidb/catalog/schema_holder.h"
#include "tidb/kv/transaction.h"

namespace tbl::tidb {

/// One commit, one thread. The order that pump and drainer rely on: the prewrite binlog is at a
/// pump, and all keys are prewritten, before the commit ts is taken; the commit binlog follows the
/// commit of the primary key. Keys that cannot go along with it are committed in the background.
class Committer {
 public:
  Committer(Transaction& txn, const CommitOptions& options) : txn_(txn), options_(options) {}
  Result<uint64_t> run();

 private:
  Status may_commit() const;
  /// Through the gate, if there is one: 8028.
  Status enter();
  void collect();
  void start_binlog();
  Status prewrite();
  /// Another transaction holds a key that is to be prewritten.
  Status wait_for_lock(const KeyFailure& holder, std::chrono::steady_clock::time_point deadline);
  void keep_own_locks();
  Result<uint64_t> commit_primary();
  void commit_others(uint64_t commit_ts);
  /// Rolls everything back; returns `why`.
  Status abort(Status why);
  Storage& storage();
  std::vector<std::string> locked_keys() const;

  Transaction& txn_;
  const CommitOptions& options_;
  TxnHead head_;
  std::vector<TxnWrite> writes_;
  std::vector<std::string> uncommitted_;  ///< locked keys but the primary
  bool only_checks_ = true;               ///< no write leaves a lock
  BinlogRecord record_;
  std::unique_ptr<PendingBinlog> pending_;
  SchemaHolder::CommitPass pass_;
  std::chrono::steady_clock::time_point kept_alive_at_;
};

}  // namespace tbl::tidb
