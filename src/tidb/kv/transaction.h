// A transaction of tidb-server: a snapshot, its own writes, locks, and the two-phase commit with
// its binlog.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "tidb/binlog/binlog_writer.h"
#include "tidb/binlog/row_events.h"
#include "tidb/kv/cursor.h"
#include "tidb/kv/mem_buffer.h"
#include "tidb/kv/storage.h"

namespace tbl::tidb {

class KvStore;
class SchemaHolder;

struct TxnOptions {
  using Millis = std::chrono::milliseconds;

  bool pessimistic = false;
  /// Row events become a binlog. Off for internal SQL.
  bool binlog = true;
  /// Reads at this past ts and cannot write (tidb_snapshot).
  std::optional<uint64_t> snapshot_ts;
  Millis lock_wait_timeout{50000};                 ///< innodb_lock_wait_timeout
  const std::atomic<bool>* interrupted = nullptr;  ///< KILL: ends waits with 1317
};

/// Where a transaction stands, to come back to.
struct TxnMark {
  size_t writes = 0;
  size_t events = 0;
};

/// The DDL statement that a transaction of the DDL worker completes.
struct DdlBinlog {
  std::string query;
  int64_t job_id = 0;
  int32_t schema_state = 0;
};

/// How to wait for a lock.
enum class LockWait : uint8_t { kWait, kNoWait };

struct CommitOptions {
  /// The gate to pass: held from before the prewrite until the outcome is known. Error 8028 when a
  /// table that was written has changed. Null: none (DDL's own transactions).
  SchemaHolder* schemas = nullptr;
};

/// One thread at a time. Made by KvStore::begin(), which must outlive it. Destroying it rolls back.
///
/// Reads see the store as of read_ts() with the transaction's own writes over it. Writes stay in
/// memory until commit().
///
/// Optimistic: conflicts are found at commit (9007), and so is a key that insert() presumed new
/// (1062). Pessimistic: each statement locks what it writes, see run_statement() in statement.h.
/// The statements of autocommit run optimistically even where pessimistic is the mode, and are
/// repeated by the session when they meet 9007.
class Transaction {
 public:
  ~Transaction();
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;

  uint64_t start_ts() const { return start_ts_; }
  bool is_pessimistic() const { return options_.pessimistic; }
  bool is_read_only() const { return options_.snapshot_ts.has_value(); }
  /// Something has been written or locked.
  bool is_dirty() const { return !buffer_.writes().empty() || !locked_.empty(); }

  /// The ts that reads see: start_ts(), or another one that set_read_ts() gave (a current read of a
  /// pessimistic statement; the isolation level READ COMMITTED).
  uint64_t read_ts() const { return read_ts_; }
  void set_read_ts(uint64_t ts) { read_ts_ = ts; }

  /// While on, a key that is read by itself is locked in the same call if it exists, and its newest
  /// value is what is read: who reads nothing else needs no fresh for_update_ts, since a key that
  /// changed after the one at hand is a conflict (9007). A scan switches it off and takes a fresh
  /// one for all reads that follow. For pessimistic transactions; run_statement() uses it.
  void set_locking_reads(bool on) { locking_reads_ = on; }

  Result<std::optional<std::string>> get(Bytes key);
  /// One answer per key, in the order asked.
  Result<std::vector<std::optional<std::string>>> batch_get(const std::vector<std::string>& keys);
  /// Keys of the range in order, with the own writes.
  Result<std::unique_ptr<KvCursor>> scan(KeyRange range, bool reverse = false);
  Result<std::unique_ptr<KvCursor>> scan_with(KvCursor::Options options);
  /// The own write of a key, if there is one; no look at the store.
  const BufferedWrite* own_write(Bytes key) const { return buffer_.find(key); }

  /// Errors: 8004, 8025, or a read-only transaction.
  Status put(std::string key, std::string value);
  /// A put of a key that is presumed new: the store checks it later, and the duplicate's error
  /// (1062) comes from the describer of its table. The caller has looked at own_write().
  Status insert(std::string key, std::string value);
  Status remove(std::string key);
  /// Of an entry of a unique index.
  Status remove_unique(std::string key);

  /// Makes the error for a key that was inserted and exists already; gets the key and the value
  /// that was to be written. For keys of the table or partition with this id.
  using DuplicateDescriber = std::function<Status(Bytes key, Bytes value)>;
  void set_duplicate_describer(int64_t physical_table_id, DuplicateDescriber describer);

  TxnMark mark() const { return {buffer_.mark(), events_.mark()}; }
  /// Undoes writes and row events after the mark. Locks stay.
  void rollback_to(const TxnMark& mark);

  /// SELECT … FOR UPDATE, and what a pessimistic statement writes. Optimistic: the keys are checked
  /// at commit. Pessimistic: locked now, at for_update_ts(). Errors: 9007 (the statement has to run
  /// again with a newer for_update_ts), 1205, 3572, 1213, 1317.
  Status lock_keys(std::vector<std::string> keys, LockWait wait = LockWait::kWait);
  /// Pessimistic: locks what was written since the mark and needs a lock (rows and unique entries).
  Status lock_written(const TxnMark& since);
  uint64_t for_update_ts() const { return for_update_ts_; }
  /// Takes a fresh one from PD.
  Status refresh_for_update_ts();

  /// The row changes for the binlog; rolled back with the writes.
  RowEvents& row_events() { return events_; }
  /// Whether row changes have to be recorded at all.
  bool records_rows() const;
  /// Of the schema that the transaction's statements used; for the binlog.
  void set_schema_version(int64_t version) { schema_version_ = version; }
  int64_t schema_version() const { return schema_version_; }
  /// Tables and partitions (physical ids) of the keys written and locked.
  std::vector<int64_t> tables() const;
  void set_ddl_binlog(DdlBinlog ddl) { ddl_ = std::move(ddl); }

  /// Returns the commit ts; 0: nothing was written. Over after it, however it ends. Errors: 9007,
  /// 1062, 8028, that of the binlog, is_undetermined() (kv_error.h).
  Result<uint64_t> commit(const CommitOptions& options = {});
  void rollback();
  bool is_over() const { return over_; }

 private:
  friend class KvStore;
  friend class Committer;
  Transaction(KvStore& store, uint64_t start_ts, TxnOptions options);

  Status check_writable(size_t bytes) const;
  /// A lock's time to live counts from the start ts.
  uint64_t ttl_ms(uint64_t from_now_ms) const;
  TxnHead head() const;
  Status lock_until(const std::vector<TxnLockKey>& keys, LockWait wait);
  /// Until the transaction that holds a key may have ended. Errors: 1205 behind the deadline, 1213,
  /// 1317.
  Status wait_for_holder(uint64_t holder, std::chrono::steady_clock::time_point deadline) const;
  /// Tries until the locks are there or it is hopeless.
  Status try_lock(const std::function<Status(KeyFailure* failure)>& lock, LockWait wait);
  Result<std::optional<std::string>> lock_and_get(const std::string& key);
  Status lock_failed(const KeyFailure& failure, Status status) const;
  Status duplicate_error(Bytes key) const;
  /// Before the first lock is held a failure takes back everything, the choice of primary too.
  Status give_up_lock(Status why);
  void unlock_all();
  bool is_interrupted() const { return options_.interrupted && *options_.interrupted; }
  void end();

  KvStore& store_;
  const uint64_t start_ts_;
  const TxnOptions options_;
  const std::chrono::steady_clock::time_point begun_ = std::chrono::steady_clock::now();
  uint64_t read_ts_;
  uint64_t for_update_ts_;
  MemBuffer buffer_;
  RowEvents events_;
  std::set<std::string> locked_;     ///< pessimistic: held; optimistic: to be checked at commit
  std::set<std::string> attempted_;  ///< pessimistic: may be locked
  std::string primary_;              ///< pessimistic: the first key locked
  std::map<int64_t, DuplicateDescriber> describers_;
  int64_t schema_version_ = 0;
  std::optional<DdlBinlog> ddl_;
  bool locking_reads_ = false;
  bool over_ = false;
};

}  // namespace tbl::tidb
