#include <algorithm>

#include "proto/kvrpcpb.pb.h"
#include "tikv/mvcc/command.h"
#include "tikv/mvcc/commands.h"
#include "tikv/mvcc/conflict.h"
#include "tikv/mvcc/errors.h"

namespace tbl::tikv {
namespace {

using Request = kvrpcpb::PessimisticLockRequest;

/// Keys that are locked without a pause.
constexpr int kQuickKeys = 64;

std::vector<Key> mutation_keys(const Request& request) {
  std::vector<Key> keys;
  for (const auto& mutation : request.mutations()) keys.emplace_back(mutation.key());
  return keys;
}

/// Locks all keys or none.
class PessimisticLocking {
 public:
  PessimisticLocking(Store& store, const Request& request,
                     kvrpcpb::PessimisticLockResponse* response, MayBlock may_block)
      : request_(request),
        response_(response),
        keys_(mutation_keys(request)),
        command_(store, keys_, may_block) {}

  Status run() {
    if (!command_.is_ready()) return would_block();
    for (const auto& key : keys_) {
      TBL_TRY(lock_key(key));
      if (response_->errors_size() > 0) break;
    }
    if (response_->errors_size() > 0) {
      response_->clear_values();
      response_->clear_not_founds();
      return ok_status();
    }
    return command_.apply(Durability::kInOrder);
  }

 private:
  Status lock_key(const Key& key) {
    TBL_ASSIGN(const auto present, command_.reader().lock(key));
    if (present && present->start_ts != request_.start_version()) {
      set_locked(key, *present, response_->add_errors());
      return ok_status();
    }
    if (present && present->type != LockType::kPessimistic) {
      set_pessimistic_lock_not_found(key, request_.start_version(), response_->add_errors());
      return ok_status();
    }
    if (!present) {
      TBL_ASSIGN(const bool free, check_conflict(key));
      if (!free) return ok_status();
    }
    TBL_ASSIGN(const bool exists, report_value(key));
    if (exists || !request_.lock_only_if_exists()) add_lock(key, present);
    return ok_status();
  }

  /// False: an error is in the answer.
  Result<bool> check_conflict(const Key& key) {
    TBL_ASSIGN(const auto own, command_.reader().outcome(key, request_.start_version()));
    if (own.kind == Outcome::Kind::kCommitted) {
      set_already_committed(request_.start_version(), own.commit_ts, response_->add_errors());
      return false;
    }
    if (own.kind == Outcome::Kind::kRolledBack) {
      const Version rollback{request_.start_version(),
                             {WriteType::kRollback, request_.start_version(), {}, false}};
      report_conflict(key, rollback, ConflictReason::kSelfRolledBack);
      return false;
    }
    // Versions up to for_update_ts are what the statement has seen.
    TBL_ASSIGN(const auto version, newest_commit(command_.reader(), key));
    if (!version || version->commit_ts <= request_.for_update_ts()) return true;
    report_conflict(key, *version, ConflictReason::kPessimisticRetry);
    return false;
  }

  void report_conflict(const Key& key, const Version& version, ConflictReason reason) {
    set_conflict(key, {request_.start_version(), version, request_.primary_lock(), reason},
                 response_->add_errors());
  }

  /// Whether the key exists; its value goes into the answer if asked for.
  Result<bool> report_value(const Key& key) {
    const bool wanted = request_.return_values() || request_.check_existence();
    if (!wanted && !request_.lock_only_if_exists()) return true;
    TBL_ASSIGN(auto value, command_.reader().value(key, request_.for_update_ts()));
    const bool exists = value.has_value();
    if (request_.return_values()) response_->add_values(exists ? value->bytes : std::string());
    if (wanted) response_->add_not_founds(!exists);
    return exists;
  }

  void add_lock(const Key& key, const std::optional<Lock>& present) {
    Lock lock;
    lock.type = LockType::kPessimistic;
    lock.primary = request_.primary_lock();
    lock.start_ts = request_.start_version();
    lock.ttl_ms = std::max(request_.lock_ttl(), present ? present->ttl_ms : 0);
    lock.for_update_ts = std::max(request_.for_update_ts(), present ? present->for_update_ts : 0);
    lock.min_commit_ts = std::max(request_.min_commit_ts(), present ? present->min_commit_ts : 0);
    if (!present || !(lock == *present)) command_.put_lock(key, lock);
  }

  const Request& request_;
  kvrpcpb::PessimisticLockResponse* response_;
  const std::vector<Key> keys_;
  WriteCommand command_;
};

}  // namespace

Status pessimistic_lock(Store& store, const Request& request,
                        kvrpcpb::PessimisticLockResponse* response) {
  return pessimistic_lock(store, request, response, MayBlock::kYes);
}

Status pessimistic_lock(Store& store, const Request& request,
                        kvrpcpb::PessimisticLockResponse* response, MayBlock may_block) {
  if (may_block == MayBlock::kNo && request.mutations_size() > kQuickKeys) return would_block();
  TBL_TRY(PessimisticLocking(store, request, response, may_block).run());
  // Whether to wait for another's lock is lock_or_wait()'s to say.
  const bool waits = request.wait_timeout() >= 0 && response->errors_size() > 0;
  return may_block == MayBlock::kNo && waits ? would_block() : ok_status();
}

Status pessimistic_rollback(Store& store, const kvrpcpb::PessimisticRollbackRequest& request,
                            kvrpcpb::PessimisticRollbackResponse*) {
  const auto keys = to_keys(request.keys());
  WriteCommand command(store, keys);
  for (const auto& key : keys) {
    TBL_ASSIGN(const auto lock, command.reader().lock(key));
    if (lock && lock->type == LockType::kPessimistic && lock->start_ts == request.start_version() &&
        lock->for_update_ts <= request.for_update_ts()) {
      command.erase_lock(key);
    }
  }
  return command.apply(Durability::kInOrder);
}

}  // namespace tbl::tikv
