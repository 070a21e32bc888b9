#include <algorithm>

#include "proto/kvrpcpb.pb.h"
#include "tikv/mvcc/command.h"
#include "tikv/mvcc/commands.h"
#include "tikv/mvcc/conflict.h"
#include "tikv/mvcc/errors.h"

namespace tbl::tikv {
namespace {

using Request = kvrpcpb::PrewriteRequest;

/// Keys that are written without a pause.
constexpr int kQuickKeys = 64;

LockType lock_type(kvrpcpb::Op op) {
  switch (op) {
    case kvrpcpb::Del:
      return LockType::kDelete;
    case kvrpcpb::Lock:
      return LockType::kLock;
    default:
      return LockType::kPut;
  }
}

std::vector<Key> mutation_keys(const Request& request) {
  std::vector<Key> keys;
  keys.reserve(static_cast<size_t>(request.mutations_size()));
  for (const auto& mutation : request.mutations()) keys.emplace_back(mutation.key());
  return keys;
}

/// Checks every mutation against the snapshot, then writes all locks or none.
class Prewrite {
 public:
  Prewrite(Store& store, const Request& request, kvrpcpb::PrewriteResponse* response,
           MayBlock may_block)
      : request_(request),
        response_(response),
        keys_(mutation_keys(request)),
        command_(store, keys_, may_block) {}

  Status run() {
    if (!command_.is_ready()) return would_block();
    for (int i = 0; i < request_.mutations_size(); ++i) {
      TBL_TRY(check(i));
      if (hopeless_) return ok_status();
    }
    if (response_->errors_size() > 0) return ok_status();
    return command_.apply(Durability::kInOrder);
  }

 private:
  /// One mutation: an error in the answer, or its edits.
  Status check(int i) {
    const auto& mutation = request_.mutations(i);
    const Key& key = keys_[static_cast<size_t>(i)];
    TBL_ASSIGN(const auto lock, command_.reader().lock(key));
    const bool own = lock && lock->start_ts == request_.start_version();
    if (own && lock->type != LockType::kPessimistic) return ok_status();  // asked before
    if (lock && !own) {
      if (action(i) == Request::DO_PESSIMISTIC_CHECK) {
        set_pessimistic_lock_not_found(key, request_.start_version(), fail());
      } else {
        set_locked(key, *lock, response_->add_errors());
      }
      return ok_status();
    }
    TBL_TRY(check_versions(i, key, lock));
    if (hopeless_ || mutation.op() == kvrpcpb::CheckNotExists) return ok_status();
    add_lock(mutation, key, lock);
    return ok_status();
  }

  Status check_versions(int i, const Key& key, const std::optional<Lock>& own_lock) {
    Reader& reader = command_.reader();
    if (must_not_conflict(i, own_lock)) {
      TBL_ASSIGN(const auto conflict, find_conflict(reader, key, request_.start_version()));
      if (conflict && action(i) == Request::DO_PESSIMISTIC_CHECK) {
        set_pessimistic_lock_not_found(key, request_.start_version(), fail());
        return ok_status();
      }
      if (conflict) {
        set_conflict(key,
                     {request_.start_version(), conflict->version, request_.primary_lock(),
                      conflict->self_rolled_back ? ConflictReason::kSelfRolledBack
                                                 : ConflictReason::kOptimistic},
                     fail());
        return ok_status();
      }
    }
    if (own_lock && !expected_for_update_ts(i, *own_lock)) {
      set_pessimistic_lock_not_found(key, request_.start_version(), fail());
      return ok_status();
    }
    return check_existence(i, key);
  }

  /// A lost pessimistic lock is as good as held if nothing happened to the key since start ts.
  bool must_not_conflict(int i, const std::optional<Lock>& own_lock) const {
    if (action(i) == Request::DO_PESSIMISTIC_CHECK) return !own_lock;
    if (request_.for_update_ts() > 0) return action(i) == Request::DO_CONSTRAINT_CHECK;
    return !request_.skip_constraint_check();
  }

  bool expected_for_update_ts(int i, const Lock& lock) const {
    for (const auto& constraint : request_.for_update_ts_constraints()) {
      if (constraint.index() == static_cast<uint32_t>(i)) {
        return constraint.expected_for_update_ts() == lock.for_update_ts;
      }
    }
    return true;
  }

  Status check_existence(int i, const Key& key) {
    const auto& mutation = request_.mutations(i);
    const bool must_be_new =
        mutation.op() == kvrpcpb::Insert || mutation.op() == kvrpcpb::CheckNotExists;
    const bool assert_it =
        request_.assertion_level() != kvrpcpb::Off && mutation.assertion() != kvrpcpb::None;
    if (!must_be_new && !assert_it) return ok_status();
    TBL_ASSIGN(const auto version, command_.reader().newest_change(key, kMaxTs));
    const bool exists = version && version->write.type == WriteType::kPut;
    if (must_be_new && exists) {
      fail()->mutable_already_exist()->set_key(key.raw());
    } else if (assert_it && exists != (mutation.assertion() == kvrpcpb::Exist)) {
      auto* failed = fail()->mutable_assertion_failed();
      failed->set_start_ts(request_.start_version());
      failed->set_key(key.raw());
      failed->set_assertion(mutation.assertion());
      failed->set_existing_start_ts(exists ? version->write.start_ts : 0);
      failed->set_existing_commit_ts(exists ? version->commit_ts : 0);
    }
    return ok_status();
  }

  void add_lock(const kvrpcpb::Mutation& mutation, const Key& key,
                const std::optional<Lock>& own_lock) {
    Lock lock;
    lock.type = lock_type(mutation.op());
    lock.primary = request_.primary_lock();
    lock.start_ts = request_.start_version();
    lock.ttl_ms = std::max(request_.lock_ttl(), own_lock ? own_lock->ttl_ms : 0);
    lock.for_update_ts = request_.for_update_ts();
    lock.txn_size = request_.txn_size();
    lock.min_commit_ts = std::max(request_.min_commit_ts(), own_lock ? own_lock->min_commit_ts : 0);
    if (lock.type == LockType::kPut && mutation.value().size() <= kShortValueMaxBytes) {
      lock.short_value = mutation.value();
    } else if (lock.type == LockType::kPut) {
      command_.put_value(key, lock.start_ts, mutation.value());
    }
    command_.put_lock(key, lock);
  }

  /// An error after which the transaction has no hope: it is answered alone.
  kvrpcpb::KeyError* fail() {
    hopeless_ = true;
    response_->clear_errors();
    return response_->add_errors();
  }

  Request::PessimisticAction action(int i) const {
    return i < request_.pessimistic_actions_size() ? request_.pessimistic_actions(i)
                                                   : Request::SKIP_PESSIMISTIC_CHECK;
  }

  const Request& request_;
  kvrpcpb::PrewriteResponse* response_;
  const std::vector<Key> keys_;
  WriteCommand command_;
  bool hopeless_ = false;
};

}  // namespace

Status prewrite(Store& store, const kvrpcpb::PrewriteRequest& request,
                kvrpcpb::PrewriteResponse* response) {
  return prewrite(store, request, response, MayBlock::kYes);
}

Status prewrite(Store& store, const kvrpcpb::PrewriteRequest& request,
                kvrpcpb::PrewriteResponse* response, MayBlock may_block) {
  if (may_block == MayBlock::kNo && request.mutations_size() > kQuickKeys) return would_block();
  return Prewrite(store, request, response, may_block).run();
}

}  // namespace tbl::tikv
