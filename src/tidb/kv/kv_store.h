// What the transactions of one server share: the store, the pumps, and the threads behind them.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>

#include "tidb/binlog/binlog_writer.h"
#include "tidb/kv/lock_waits.h"
#include "tidb/kv/storage.h"
#include "tidb/kv/transaction.h"

namespace tbl::tidb {

struct KvStoreOptions {
  using Millis = std::chrono::milliseconds;

  uint64_t txn_total_size_limit = 100 << 20;  ///< bytes of keys and values; 8004
  uint64_t entry_size_limit = 6 << 20;        ///< of one key and value; 8025
  Millis pessimistic_ttl{20000};              ///< of a lock; renewed while the transaction lives
  Millis heart_beat_interval{8000};
  Millis max_txn_life{3600000};  ///< no renewal afterwards: its locks die
  /// Asked by every commit, first and before its primary; its error is the commit's. None: yes.
  std::function<Status()> may_commit;
};

/// Any thread. Must outlive its transactions; does not own storage and binlog (null: none).
class KvStore {
 public:
  KvStore(Storage& storage, BinlogWriter* binlog, KvStoreOptions options = {});
  /// Waits for the commits of secondary keys.
  ~KvStore();
  KvStore(const KvStore&) = delete;
  KvStore& operator=(const KvStore&) = delete;

  /// Takes a start ts from PD (none for a snapshot).
  Result<std::unique_ptr<Transaction>> begin(const TxnOptions& options = {});

  Storage& storage() { return storage_; }
  BinlogWriter* binlog() { return binlog_; }
  const KvStoreOptions& options() const { return options_; }
  LockWaits& lock_waits() { return lock_waits_; }

  /// The smallest start ts of a transaction under way; UINT64_MAX: none. The garbage collector
  /// stays below it.
  uint64_t oldest_start_ts() const;

  /// Runs work that the client need not wait for, in order of arrival on one of a few threads.
  void run_in_background(std::function<void()> work);
  /// Waits until all background work given so far is done.
  void drain();

 private:
  friend class Committer;
  friend class Transaction;
  void add(const Transaction& txn);
  void remove(const Transaction& txn);
  /// Keeps the locks of this transaction alive from now on.
  void keep_alive(const TxnHead& head);

  class Threads;
  Storage& storage_;
  BinlogWriter* binlog_;
  const KvStoreOptions options_;
  LockWaits lock_waits_;
  std::unique_ptr<Threads> threads_;
};

}  // namespace tbl::tidb
