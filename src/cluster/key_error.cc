#include "cluster/key_error.h"

#include "base/bytes.h"
#include "proto/kvrpcpb.pb.h"

namespace tbl::cluster {
namespace {

Status aborted(std::string message) { return {StatusCode::kAborted, std::move(message)}; }

Status conflict_status(const kvrpcpb::WriteConflict& conflict) {
  return aborted("write conflict, txnStartTS=" + std::to_string(conflict.start_ts()) +
                 ", conflictStartTS=" + std::to_string(conflict.conflict_ts()) +
                 ", conflictCommitTS=" + std::to_string(conflict.conflict_commit_ts()) +
                 ", key=" + to_hex(conflict.key()));
}

}  // namespace

Status lock_status(const kvrpcpb::LockInfo& lock) {
  return unavailable("key " + to_hex(lock.key()) + " is locked by transaction " +
                     std::to_string(lock.lock_version()) + ", primary " +
                     to_hex(lock.primary_lock()));
}

Status to_status(const kvrpcpb::KeyError& error) {
  if (error.has_locked()) return lock_status(error.locked());
  if (error.has_conflict()) return conflict_status(error.conflict());
  if (error.has_already_exist()) {
    return already_exists("key " + to_hex(error.already_exist().key()) + " already exists");
  }
  if (error.has_commit_ts_expired()) {
    return failed_precondition("commit ts " +
                               std::to_string(error.commit_ts_expired().attempted_commit_ts()) +
                               " is below the lock's minimum " +
                               std::to_string(error.commit_ts_expired().min_commit_ts()));
  }
  if (error.has_txn_not_found()) {
    return not_found("transaction " + std::to_string(error.txn_not_found().start_ts()) +
                     " has neither lock nor record");
  }
  if (error.has_txn_lock_not_found()) {
    return aborted("lock of key " + to_hex(error.txn_lock_not_found().key()) + " not found");
  }
  if (error.has_deadlock()) return aborted("deadlock: " + error.ShortDebugString());
  if (!error.retryable().empty()) return aborted(error.retryable());
  if (!error.abort().empty()) return aborted(error.abort());
  return unknown_error("store refused a key: " + error.ShortDebugString());
}

}  // namespace tbl::cluster
