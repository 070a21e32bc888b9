// The session's transaction: when one begins, when it ends by itself, savepoints.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/status.h"
#include "tidb/catalog/schema.h"
#include "tidb/kv/transaction.h"

namespace tbl::tidb {

class KvStore;
class SchemaHolder;

/// What SET TRANSACTION and START TRANSACTION say of a transaction.
struct TxnCharacteristics {
  bool read_only = false;
  bool read_committed = false;  ///< counts for pessimistic transactions only
};

/// How a transaction is to be.
struct BeginOptions {
  bool pessimistic = false;
  bool binlog = true;
  /// Reads what is newest, without a timestamp from PD. For one read of one key.
  bool newest = false;
  TxnCharacteristics characteristics;
  std::chrono::milliseconds lock_wait{50000};
  const std::atomic<bool>* interrupted = nullptr;
};

/// A transaction together with the schema its statements see. One thread.
class TransactionState {
 public:
  TransactionState(KvStore* store, SchemaHolder* schemas) : store_(store), schemas_(schemas) {}

  /// BEGIN was said, or autocommit is off and a statement has begun one: lasts until COMMIT.
  bool is_explicit() const { return explicit_; }
  Transaction* get() { return txn_.get(); }
  /// Of the transaction that is open.
  const TxnCharacteristics& characteristics() const { return characteristics_; }
  uint64_t start_ts() const { return txn_ ? txn_->start_ts() : 0; }
  /// No schema has been published since the transaction took its own.
  bool has_newest_schema() const;
  /// Of the transaction; without one the newest.
  SchemaPtr schema() const;

  /// Begins one, if there is none. `is_explicit`: it outlives the statement.
  Status begin(const BeginOptions& options, bool is_explicit);
  /// Before each statement of a transaction: READ COMMITTED sees what is committed by now.
  Status begin_statement();
  /// The transaction is over afterwards in any case. Errors: those of Transaction::commit().
  Status commit();
  void rollback();

  void set_savepoint(const std::string& name);
  /// Error 1305: there is none of this name.
  Status rollback_to_savepoint(const std::string& name);
  Status release_savepoint(const std::string& name);

 private:
  struct Savepoint {
    std::string name;
    TxnMark mark;
  };
  std::vector<Savepoint>::iterator find_savepoint(const std::string& name);
  void clear();

  KvStore* store_;
  SchemaHolder* schemas_;
  std::unique_ptr<Transaction> txn_;
  SchemaPtr schema_;
  bool explicit_ = false;
  TxnCharacteristics characteristics_;
  std::vector<Savepoint> savepoints_;
};

}  // namespace tbl::tidb
