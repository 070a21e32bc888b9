#include "tidb/session/transaction_state.h"

#include <algorithm>

#include "tidb/catalog/schema_holder.h"
#include "tidb/kv/kv_store.h"
#include "tidb/types/collation.h"
#include "tidb/types/sql_error.h"

namespace tbl::tidb {
namespace {

Status no_such_savepoint(const std::string& name) {
  return sql_error(kErrSpDoesNotExist, "SAVEPOINT " + name + " does not exist");
}

}  // namespace

SchemaPtr TransactionState::schema() const { return txn_ ? schema_ : schemas_->current(); }

bool TransactionState::has_newest_schema() const { return schema_ == schemas_->current(); }

Status TransactionState::begin(const BeginOptions& options, bool is_explicit) {
  if (txn_) return ok_status();
  TxnOptions txn;
  txn.pessimistic = options.pessimistic;
  txn.binlog = options.binlog;
  txn.lock_wait_timeout = options.lock_wait;
  txn.interrupted = options.interrupted;
  if (options.newest) txn.snapshot_ts = UINT64_MAX;
  // The schema is taken first: a change between the two is found at commit.
  SchemaPtr schema = schemas_->current();
  TBL_ASSIGN(txn_, store_->begin(txn));
  txn_->set_schema_version(schema->version());
  schema_ = std::move(schema);
  explicit_ = is_explicit;
  characteristics_ = options.characteristics;
  return ok_status();
}

Status TransactionState::begin_statement() {
  if (!txn_ || !explicit_ || !characteristics_.read_committed || !txn_->is_pessimistic()) {
    return ok_status();
  }
  TBL_TRY(txn_->refresh_for_update_ts());
  txn_->set_read_ts(txn_->for_update_ts());
  return ok_status();
}

Status TransactionState::commit() {
  if (!txn_) return ok_status();
  CommitOptions options;
  options.schemas = schemas_;
  const Status status = txn_->commit(options).status();
  clear();
  return status;
}

void TransactionState::rollback() {
  if (txn_) txn_->rollback();
  clear();
}

void TransactionState::clear() {
  txn_.reset();
  schema_.reset();
  explicit_ = false;
  characteristics_ = {};
  savepoints_.clear();
}

std::vector<TransactionState::Savepoint>::iterator TransactionState::find_savepoint(
    const std::string& name) {
  return std::ranges::find_if(
      savepoints_, [&](const Savepoint& s) { return equal_ignoring_case(s.name, name); });
}

void TransactionState::set_savepoint(const std::string& name) {
  if (!txn_) return;
  if (const auto it = find_savepoint(name); it != savepoints_.end()) savepoints_.erase(it);
  savepoints_.push_back({name, txn_->mark()});
}

Status TransactionState::rollback_to_savepoint(const std::string& name) {
  const auto it = find_savepoint(name);
  if (it == savepoints_.end()) return no_such_savepoint(name);
  txn_->rollback_to(it->mark);
  savepoints_.erase(it + 1, savepoints_.end());
  return ok_status();
}

Status TransactionState::release_savepoint(const std::string& name) {
  const auto it = find_savepoint(name);
  if (it == savepoints_.end()) return no_such_savepoint(name);
  savepoints_.erase(it, savepoints_.end());
  return ok_status();
}

}  // namespace tbl::tidb
