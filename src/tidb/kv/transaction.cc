#include "tidb/kv/transaction.h"

#include <algorithm>

#include "base/log.h"
#include "codec/keys.h"
#include "tidb/kv/committer.h"
#include "tidb/kv/key_kind.h"
#include "tidb/kv/kv_error.h"
#include "tidb/kv/kv_store.h"

namespace tbl::tidb {
namespace {

using Clock = std::chrono::steady_clock;
using Millis = std::chrono::milliseconds;

/// A holder of another server tells nobody when it ends: look again after this time.
constexpr Millis kLongestWait{200};

}  // namespace

Transaction::Transaction(KvStore& store, uint64_t start_ts, TxnOptions options)
    : store_(store),
      start_ts_(start_ts),
      options_(std::move(options)),
      read_ts_(start_ts),
      for_update_ts_(start_ts) {
  store_.add(*this);
}

Transaction::~Transaction() { rollback(); }

Result<std::optional<std::string>> Transaction::get(Bytes key) {
  if (const BufferedWrite* own = buffer_.find(key)) {
    if (own->kind == BufferedWrite::Kind::kRemove) return std::optional<std::string>();
    return std::optional<std::string>(own->value);
  }
  if (locking_reads_) {
    const std::string owned(key);
    if (!locked_.contains(owned)) return lock_and_get(owned);
  }
  auto value = store_.storage().get(key, read_ts_);
  if (!value.ok()) return store_error(std::move(value).status());
  return value;
}

Result<std::vector<std::optional<std::string>>> Transaction::batch_get(
    const std::vector<std::string>& keys) {
  std::vector<std::optional<std::string>> answers(keys.size());
  if (locking_reads_) {
    for (size_t i = 0; i < keys.size(); ++i) {
      TBL_ASSIGN(answers[i], get(keys[i]));
    }
    return answers;
  }
  std::vector<std::string> unknown;
  for (size_t i = 0; i < keys.size(); ++i) {
    const BufferedWrite* own = buffer_.find(keys[i]);
    if (own == nullptr) {
      unknown.push_back(keys[i]);
    } else if (own->kind == BufferedWrite::Kind::kPut) {
      answers[i] = own->value;
    }
  }
  if (unknown.empty()) return answers;
  auto stored = store_.storage().batch_get(unknown, read_ts_);
  if (!stored.ok()) return store_error(std::move(stored).status());
  for (size_t i = 0; i < keys.size(); ++i) {
    if (buffer_.find(keys[i]) != nullptr) continue;
    const auto found =
        std::lower_bound(stored->begin(), stored->end(), keys[i],
                         [](const KvPair& p, const std::string& k) { return p.key < k; });
    if (found != stored->end() && found->key == keys[i]) answers[i] = found->value;
  }
  return answers;
}

Result<std::unique_ptr<KvCursor>> Transaction::scan(KeyRange range, bool reverse) {
  KvCursor::Options options;
  options.range = std::move(range);
  options.reverse = reverse;
  return scan_with(std::move(options));
}

Result<std::unique_ptr<KvCursor>> Transaction::scan_with(KvCursor::Options options) {
  if (locking_reads_) {
    TBL_TRY(refresh_for_update_ts());
    read_ts_ = for_update_ts_;
    locking_reads_ = false;
  }
  return std::make_unique<KvCursor>(store_.storage(), read_ts_, buffer_, std::move(options));
}

Status Transaction::check_writable(size_t bytes) const {
  if (over_) return internal_error("write in a transaction that is over");
  if (is_read_only()) {
    return sql_error(kErrUnknown, "can not execute write statement when 'tidb_snapshot' is set");
  }
  const auto& limits = store_.options();
  if (bytes > limits.entry_size_limit) return entry_too_large(limits.entry_size_limit, bytes);
  const uint64_t total = buffer_.bytes() + bytes;
  if (total > limits.txn_total_size_limit) return txn_too_large(total);
  return ok_status();
}

Status Transaction::put(std::string key, std::string value) {
  TBL_TRY(check_writable(key.size() + value.size()));
  buffer_.put(std::move(key), std::move(value));
  return ok_status();
}

Status Transaction::insert(std::string key, std::string value) {
  TBL_TRY(check_writable(key.size() + value.size()));
  buffer_.put(std::move(key), std::move(value), true);
  return ok_status();
}

Status Transaction::remove(std::string key) {
  TBL_TRY(check_writable(key.size()));
  buffer_.remove(std::move(key));
  return ok_status();
}

Status Transaction::remove_unique(std::string key) {
  TBL_TRY(check_writable(key.size()));
  buffer_.remove(std::move(key), true);
  return ok_status();
}

void Transaction::set_duplicate_describer(int64_t physical_table_id, DuplicateDescriber describe) {
  describers_[physical_table_id] = std::move(describe);
}

Status Transaction::duplicate_error(Bytes key) const {
  const BufferedWrite* own = buffer_.find(key);
  const auto table = table_of_key(key);
  if (own != nullptr && table) {
    auto describer = describers_.find(*table);
    if (describer != describers_.end()) return describer->second(key, own->value);
  }
  return dup_entry(to_hex(key), "PRIMARY");
}

void Transaction::rollback_to(const TxnMark& mark) {
  buffer_.rollback_to(mark.writes);
  events_.rollback_to(mark.events);
}

uint64_t Transaction::ttl_ms(uint64_t from_now_ms) const {
  const auto age = std::chrono::duration_cast<Millis>(Clock::now() - begun_);
  return from_now_ms + static_cast<uint64_t>(age.count());
}

TxnHead Transaction::head() const {
  return {.primary = primary_,
          .start_ts = start_ts_,
          .for_update_ts = options_.pessimistic ? for_update_ts_ : 0,
          .ttl_ms = ttl_ms(static_cast<uint64_t>(store_.options().pessimistic_ttl.count())),
          .txn_size = std::max<size_t>(buffer_.writes().size(), locked_.size())};
}

Status Transaction::refresh_for_update_ts() {
  const auto ts = store_.storage().get_ts();
  if (!ts.ok()) return store_error(ts.status());
  for_update_ts_ = *ts;
  return ok_status();
}

Status Transaction::lock_keys(std::vector<std::string> keys, LockWait wait) {
  TBL_TRY(check_writable(0));
  if (!options_.pessimistic) {
    locked_.insert(keys.begin(), keys.end());
    return ok_status();
  }
  std::vector<TxnLockKey> wanted;
  for (auto& key : keys) {
    const BufferedWrite* own = buffer_.find(key);
    const bool must_not_exist = own != nullptr && own->presumed_new;
    if (!must_not_exist && locked_.contains(key)) continue;
    wanted.push_back({std::move(key), must_not_exist});
  }
  return wanted.empty() ? ok_status() : lock_until(wanted, wait);
}

Status Transaction::lock_written(const TxnMark& since) {
  if (!options_.pessimistic) return ok_status();
  std::vector<std::string> keys;
  for (auto& key : buffer_.changed_since(since.writes)) {
    if (needs_lock(key, *buffer_.find(key))) keys.push_back(std::move(key));
  }
  return keys.empty() ? ok_status() : lock_keys(std::move(keys));
}

Status Transaction::lock_until(const std::vector<TxnLockKey>& keys, LockWait wait) {
  if (primary_.empty()) primary_ = keys.front().key;
  for (const auto& key : keys) attempted_.insert(key.key);
  TBL_TRY(try_lock(
      [&](KeyFailure* failure) { return store_.storage().lock(head(), keys, failure); }, wait));
  if (locked_.empty()) store_.keep_alive(head());
  for (const auto& key : keys) {
    locked_.insert(key.key);
    if (key.must_not_exist) buffer_.clear_presumed(key.key);
  }
  return ok_status();
}

Result<std::optional<std::string>> Transaction::lock_and_get(const std::string& key) {
  TBL_TRY(check_writable(0));
  if (primary_.empty()) primary_ = key;
  attempted_.insert(key);
  LockedValue found;
  auto lock = [&](KeyFailure* failure) -> Status {
    TBL_ASSIGN(found, store_.storage().lock_existing(head(), key, failure));
    return ok_status();
  };
  TBL_TRY(try_lock(lock, LockWait::kWait));
  if (found.locked) {
    if (locked_.empty()) store_.keep_alive(head());
    locked_.insert(key);
  } else if (locked_.empty()) {
    primary_.clear();
  }
  return std::move(found.value);
}

Status Transaction::wait_for_holder(uint64_t holder, Clock::time_point deadline) const {
  if (is_interrupted()) return query_interrupted();
  const auto left = std::chrono::duration_cast<Millis>(deadline - Clock::now());
  if (left <= Millis(0)) return lock_wait_timeout();
  const auto outcome = store_.lock_waits().wait(start_ts_, holder, std::min(left, kLongestWait));
  return outcome == LockWaits::Outcome::kDeadlock ? deadlock_found() : ok_status();
}

Status Transaction::try_lock(const std::function<Status(KeyFailure* failure)>& lock,
                             LockWait wait) {
  const auto deadline = Clock::now() + options_.lock_wait_timeout;
  while (true) {
    if (is_interrupted()) return give_up_lock(query_interrupted());
    KeyFailure failure;
    Status status = lock(&failure);
    if (status.ok()) return status;
    if (failure.kind != KeyFailure::Kind::kLocked) {
      return give_up_lock(lock_failed(failure, std::move(status)));
    }
    if (wait == LockWait::kNoWait) return give_up_lock(lock_nowait());
    Status waited = wait_for_holder(failure.other_start_ts, deadline);
    if (!waited.ok()) return give_up_lock(std::move(waited));
  }
}

Status Transaction::give_up_lock(Status why) {
  if (!locked_.empty()) return why;
  // The primary may not be locked, and the next statement may lock other keys: start anew.
  unlock_all();
  primary_.clear();
  return why;
}

Status Transaction::lock_failed(const KeyFailure& failure, Status status) const {
  switch (failure.kind) {
    case KeyFailure::Kind::kConflict:
      return write_conflict(start_ts_, failure);
    case KeyFailure::Kind::kAlreadyExists:
      return duplicate_error(failure.key);
    case KeyFailure::Kind::kDeadlock:
      return deadlock_found();
    case KeyFailure::Kind::kLocked:
      return lock_wait_timeout();
    case KeyFailure::Kind::kLockNotFound:
      return sql_error(kErrTxnRetryable,
                       "Error: KV error safe to retry " + status.message() + " [try again later]");
    case KeyFailure::Kind::kNone:
      break;
  }
  return store_error(std::move(status));
}

std::vector<int64_t> Transaction::tables() const {
  std::set<int64_t> tables;
  const auto& writes = buffer_.writes();
  for (auto it = writes.begin(); it != writes.end();) {
    const auto table = table_of_key(it->first);
    if (!table) {
      ++it;
      continue;
    }
    tables.insert(*table);
    it = writes.lower_bound(codec::prefix_next(codec::table_prefix(*table)));
  }
  for (const auto& key : locked_) {
    if (const auto table = table_of_key(key)) tables.insert(*table);
  }
  return {tables.begin(), tables.end()};
}

bool Transaction::records_rows() const {
  return options_.binlog && !is_read_only() && store_.binlog() != nullptr;
}

Result<uint64_t> Transaction::commit(const CommitOptions& options) {
  if (over_) return internal_error("commit of a transaction that is over");
  auto commit_ts = Committer(*this, options).run();
  end();
  return commit_ts;
}

void Transaction::rollback() {
  if (over_) return;
  unlock_all();
  end();
}

void Transaction::unlock_all() {
  if (attempted_.empty()) return;
  // Locks that a statement with an older for_update_ts took count, too.
  const Status status = store_.storage().unlock(head(), {attempted_.begin(), attempted_.end()});
  if (!status.ok()) {
    log_warn("locks of a transaction are left to their time to live",
             {{"start ts", start_ts_}, {"error", status}});
  }
  attempted_.clear();
}

void Transaction::end() {
  if (over_) return;
  over_ = true;
  store_.remove(*this);
  store_.lock_waits().ended(start_ts_);
}

}  // namespace tbl::tidb
