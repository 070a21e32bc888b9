#include "tidb/kv/committer.h"

#include <algorithm>

#include "base/log.h"
#include "tidb/kv/kv_error.h"
#include "tidb/kv/kv_store.h"

namespace tbl::tidb {
namespace {

/// From this size on a prewrite may outlast the time its locks live.
constexpr uint64_t kLargeBytes = 8 << 20;
/// Locks of a small prewrite live for 3 s.
constexpr std::chrono::seconds kKeepAliveInterval{1};

using Clock = std::chrono::steady_clock;

KvOp op_of(const BufferedWrite& write) {
  if (write.kind == BufferedWrite::Kind::kPut) {
    return write.presumed_new ? KvOp::kInsert : KvOp::kPut;
  }
  // Inserted and removed again: the insert must still fail if the key exists.
  return write.presumed_new ? KvOp::kCheckNotExists : KvOp::kDelete;
}

}  // namespace

Storage& Committer::storage() { return txn_.store_.storage(); }

Status Committer::may_commit() const {
  const auto& ask = txn_.store_.options().may_commit;
  return ask ? ask() : ok_status();
}

Status Committer::enter() {
  if (options_.schemas == nullptr) return ok_status();
  TBL_ASSIGN(pass_, options_.schemas->enter_commit(txn_.schema_version_, txn_.tables()));
  return ok_status();
}

void Committer::collect() {
  const bool pessimistic = txn_.options_.pessimistic;
  for (const auto& [key, write] : txn_.buffer_.writes()) {
    const bool held = pessimistic && txn_.locked_.contains(key);
    writes_.push_back({op_of(write), key, write.value, held});
  }
  for (const auto& key : txn_.locked_) {
    if (txn_.buffer_.find(key) == nullptr) writes_.push_back({KvOp::kLock, key, {}, pessimistic});
  }
  std::sort(writes_.begin(), writes_.end(),
            [](const TxnWrite& a, const TxnWrite& b) { return a.key < b.key; });
  head_ = txn_.head();
  head_.txn_size = writes_.size();
  if (!pessimistic) {
    head_.ttl_ms = txn_.ttl_ms(cluster::prewrite_ttl_ms(txn_.buffer_.bytes()));
  }
  for (const auto& write : writes_) {
    if (write.op == KvOp::kCheckNotExists) continue;
    only_checks_ = false;
    if (head_.primary.empty()) head_.primary = write.key;
  }
  if (head_.primary.empty() && !writes_.empty()) head_.primary = writes_.front().key;
}

void Committer::start_binlog() {
  BinlogWriter* binlog = txn_.store_.binlog();
  if (binlog == nullptr || !txn_.options_.binlog) return;
  if (txn_.events_.empty() && !txn_.ddl_) return;
  record_.start_ts = txn_.start_ts_;
  record_.prewrite_key = head_.primary;
  if (txn_.ddl_) {
    record_.ddl_query = txn_.ddl_->query;
    record_.ddl_job_id = txn_.ddl_->job_id;
    record_.ddl_schema_state = txn_.ddl_->schema_state;
  } else {
    record_.prewrite_value = txn_.events_.encode(txn_.schema_version_);
  }
  pending_ = binlog->prewrite(record_);
  // It stands with the pump client now.
  record_.prewrite_value.clear();
}

Status Committer::prewrite() {
  if (txn_.buffer_.bytes() > kLargeBytes) txn_.store_.keep_alive(head_);
  KeyFailure failure;
  const auto deadline = Clock::now() + txn_.options_.lock_wait_timeout;
  kept_alive_at_ = Clock::now();
  Status status = storage().prewrite(head_, writes_, &failure, [&](const KeyFailure& holder) {
    return wait_for_lock(holder, deadline);
  });
  if (!status.ok()) status = txn_.lock_failed(failure, std::move(status));
  if (pending_ == nullptr) return status;
  Status binlog = pending_->wait();
  return status.ok() ? std::move(binlog) : status;
}

Status Committer::wait_for_lock(const KeyFailure& holder, Clock::time_point deadline) {
  // The holder may have to pass the gate to end, and a schema change that closes it waits for us.
  pass_.release();
  TBL_TRY(txn_.wait_for_holder(holder.other_start_ts, deadline));
  keep_own_locks();
  return enter();
}

void Committer::keep_own_locks() {
  if (Clock::now() - kept_alive_at_ < kKeepAliveInterval) return;
  kept_alive_at_ = Clock::now();
  if (!txn_.options_.pessimistic) {
    head_.ttl_ms = txn_.ttl_ms(cluster::prewrite_ttl_ms(txn_.buffer_.bytes()));
  }
  // No answer is needed: the primary may not be there yet, and if it has gone the commit will fail.
  (void)storage().heart_beat(head_);
}

Result<uint64_t> Committer::commit_primary() {
  uncommitted_ = locked_keys();
  std::erase(uncommitted_, head_.primary);
  while (true) {
    const auto commit_ts = storage().get_ts();
    if (!commit_ts.ok()) return abort(store_error(commit_ts.status()));
    if (Status allowed = may_commit(); !allowed.ok()) return abort(std::move(allowed));
    Status status = storage().commit_primary(head_, *commit_ts, &uncommitted_);
    if (status.ok()) return commit_ts;
    // A reader has pushed the lock: a later timestamp will do.
    if (status.code() == StatusCode::kFailedPrecondition) continue;
    if (status.code() == StatusCode::kUnknown) {
      // Neither a commit nor a rollback may be told to pump, which will ask the store.
      log_error("commit of a transaction is undetermined",
                {{"start ts", txn_.start_ts_}, {"commit ts", *commit_ts}, {"error", status}});
      return undetermined(status);
    }
    return abort(status.code() == StatusCode::kAborted
                     ? sql_error(kErrTxnRetryable, "Error: KV error safe to retry " +
                                                       status.message() + " [try again later]")
                     : store_error(std::move(status)));
  }
}

std::vector<std::string> Committer::locked_keys() const {
  std::vector<std::string> keys;
  for (const auto& write : writes_) {
    if (write.op != KvOp::kCheckNotExists) keys.push_back(write.key);
  }
  return keys;
}

void Committer::commit_others(uint64_t commit_ts) {
  // Keys that were locked by a statement that failed.
  std::vector<std::string> left_over;
  std::set_difference(txn_.attempted_.begin(), txn_.attempted_.end(), txn_.locked_.begin(),
                      txn_.locked_.end(), std::back_inserter(left_over));
  txn_.attempted_.clear();
  std::erase_if(left_over,
                [&](const std::string& key) { return txn_.buffer_.find(key) != nullptr; });
  if (uncommitted_.empty() && left_over.empty()) return;
  txn_.store_.run_in_background([&storage = storage(), &waits = txn_.store_.lock_waits(),
                                 head = head_, keys = std::move(uncommitted_),
                                 left_over = std::move(left_over), commit_ts]() mutable {
    Status status =
        keys.empty() ? ok_status() : storage.commit_others(head, std::move(keys), commit_ts);
    if (status.ok() && !left_over.empty()) status = storage.unlock(head, std::move(left_over));
    if (!status.ok()) {
      log_warn("committed, but some locks are left to those who meet them",
               {{"start ts", head.start_ts}, {"commit ts", commit_ts}, {"error", status}});
    }
    waits.ended(head.start_ts);
  });
}

Status Committer::abort(Status why) {
  Status status = storage().rollback(head_, locked_keys());
  if (status.ok()) {
    txn_.unlock_all();
  } else {
    log_warn("locks of a failed transaction are left to their time to live",
             {{"start ts", txn_.start_ts_}, {"error", status}});
  }
  if (pending_ != nullptr) txn_.store_.binlog()->finish(record_, 0);
  return why;
}

Result<uint64_t> Committer::run() {
  if (!txn_.is_dirty()) {
    txn_.unlock_all();
    return uint64_t{0};
  }
  if (txn_.options_.pessimistic && txn_.buffer_.writes().empty()) {
    // The locks were all it wanted.
    txn_.unlock_all();
    return uint64_t{0};
  }
  if (Status allowed = may_commit(); !allowed.ok()) {
    txn_.unlock_all();
    return allowed;
  }
  if (Status allowed = enter(); !allowed.ok()) {
    txn_.unlock_all();
    return allowed;
  }
  collect();
  if (!only_checks_) start_binlog();
  if (Status status = prewrite(); !status.ok()) return abort(std::move(status));
  if (only_checks_) {
    txn_.unlock_all();
    return uint64_t{0};
  }
  TBL_ASSIGN(const uint64_t commit_ts, commit_primary());
  pass_.release();
  if (pending_ != nullptr) txn_.store_.binlog()->finish(record_, commit_ts);
  commit_others(commit_ts);
  return commit_ts;
}

}  // namespace tbl::tidb
