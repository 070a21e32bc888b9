#include <algorithm>

#include "proto/kvrpcpb.pb.h"
#include "tikv/mvcc/command.h"
#include "tikv/mvcc/commands.h"
#include "tikv/mvcc/errors.h"

namespace tbl::tikv {
namespace {

using Request = kvrpcpb::CheckTxnStatusRequest;
using Response = kvrpcpb::CheckTxnStatusResponse;

Status expire(WriteCommand& command, const Request& request, const Key& key, const Lock& lock,
              Response* response) {
  if (request.resolving_pessimistic_lock() && lock.type == LockType::kPessimistic) {
    command.erase_lock(key);
    response->set_action(kvrpcpb::TTLExpirePessimisticRollback);
    return ok_status();
  }
  response->set_action(kvrpcpb::TTLExpireRollback);
  return command.roll_back(key, lock.start_ts, lock);
}

/// The owner lives. If it promised a min commit ts (a large transaction), that moves behind the
/// caller, who can then read past the lock.
void report_alive(WriteCommand& command, const Request& request, const Key& key, Lock lock,
                  Response* response) {
  const uint64_t caller = request.caller_start_ts();
  if (caller != kMaxTs && lock.min_commit_ts > 0 && lock.min_commit_ts < caller + 1) {
    lock.min_commit_ts = std::max(caller + 1, request.current_ts());
    command.put_lock(key, lock);
  }
  if (caller == kMaxTs || (caller > 0 && lock.min_commit_ts > caller)) {
    response->set_action(kvrpcpb::MinCommitTSPushed);
  }
  response->set_lock_ttl(lock.ttl_ms);
  fill_lock_info(key, lock, response->mutable_lock_info());
}

Status report_without_lock(WriteCommand& command, const Request& request, const Key& key,
                           Response* response) {
  TBL_ASSIGN(const auto outcome, command.reader().outcome(key, request.lock_ts()));
  if (outcome.kind == Outcome::Kind::kCommitted) {
    response->set_commit_version(outcome.commit_ts);
    return ok_status();
  }
  if (outcome.kind == Outcome::Kind::kRolledBack) return ok_status();
  if (!request.rollback_if_not_exist()) {
    set_txn_not_found(key, request.lock_ts(), response->mutable_error());
    return ok_status();
  }
  if (request.resolving_pessimistic_lock()) {
    response->set_action(kvrpcpb::LockNotExistDoNothing);
    return ok_status();
  }
  response->set_action(kvrpcpb::LockNotExistRollback);
  return command.roll_back(key, request.lock_ts(), std::nullopt);
}

}  // namespace

Status check_txn_status(Store& store, const Request& request, Response* response) {
  const std::vector<Key> keys{Key(request.primary_key())};
  const Key& key = keys[0];
  WriteCommand command(store, keys);
  TBL_ASSIGN(const auto lock, command.reader().lock(key));
  if (!lock || lock->start_ts != request.lock_ts()) {
    TBL_TRY(report_without_lock(command, request, key, response));
  } else if (request.verify_is_primary() && lock->primary != request.primary_key()) {
    fill_lock_info(key, *lock,
                   response->mutable_error()->mutable_primary_mismatch()->mutable_lock_info());
  } else if (lock->expired_at(request.current_ts())) {
    TBL_TRY(expire(command, request, key, *lock, response));
  } else {
    report_alive(command, request, key, *lock, response);
  }
  return command.apply(Durability::kOnDisk);
}

Status txn_heart_beat(Store& store, const kvrpcpb::TxnHeartBeatRequest& request,
                      kvrpcpb::TxnHeartBeatResponse* response) {
  const std::vector<Key> keys{Key(request.primary_lock())};
  WriteCommand command(store, keys);
  TBL_ASSIGN(auto lock, command.reader().lock(keys[0]));
  if (!lock || lock->start_ts != request.start_version()) {
    set_txn_not_found(keys[0], request.start_version(), response->mutable_error());
    return ok_status();
  }
  if (lock->ttl_ms < request.advise_lock_ttl()) {
    lock->ttl_ms = request.advise_lock_ttl();
    command.put_lock(keys[0], *lock);
  }
  response->set_lock_ttl(lock->ttl_ms);
  return command.apply(Durability::kOnDisk);
}

}  // namespace tbl::tikv
