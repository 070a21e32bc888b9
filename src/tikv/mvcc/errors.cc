#include "tikv/mvcc/errors.h"

#include <functional>

#include "proto/kvrpcpb.pb.h"

namespace tbl::tikv {
namespace {

kvrpcpb::Op lock_op(LockType type) {
  switch (type) {
    case LockType::kPut:
      return kvrpcpb::Put;
    case LockType::kDelete:
      return kvrpcpb::Del;
    case LockType::kLock:
      return kvrpcpb::Lock;
    case LockType::kPessimistic:
      return kvrpcpb::PessimisticLock;
  }
  return kvrpcpb::Lock;
}

}  // namespace

void fill_lock_info(const Key& key, const Lock& lock, kvrpcpb::LockInfo* info) {
  info->set_primary_lock(lock.primary);
  info->set_lock_version(lock.start_ts);
  info->set_key(key.raw());
  info->set_lock_ttl(lock.ttl_ms);
  info->set_txn_size(lock.txn_size);
  info->set_lock_type(lock_op(lock.type));
  info->set_lock_for_update_ts(lock.for_update_ts);
  info->set_min_commit_ts(lock.min_commit_ts);
}

void set_locked(const Key& key, const Lock& lock, kvrpcpb::KeyError* error) {
  fill_lock_info(key, lock, error->mutable_locked());
}

void set_deadlock(const Key& key, uint64_t lock_ts, const Key& deadlock_key,
                  kvrpcpb::KeyError* error) {
  auto* out = error->mutable_deadlock();
  out->set_lock_ts(lock_ts);
  out->set_lock_key(key.raw());
  out->set_deadlock_key(deadlock_key.raw());
  out->set_deadlock_key_hash(std::hash<std::string>()(deadlock_key.raw()));
}

void set_conflict(const Key& key, const Conflict& conflict, kvrpcpb::KeyError* error) {
  auto* out = error->mutable_conflict();
  out->set_start_ts(conflict.start_ts);
  out->set_conflict_ts(conflict.with.write.start_ts);
  out->set_key(key.raw());
  out->set_primary(conflict.primary);
  out->set_conflict_commit_ts(conflict.with.commit_ts);
  out->set_reason(static_cast<kvrpcpb::WriteConflict::Reason>(conflict.reason));
}

void set_lock_not_found(const Key& key, uint64_t start_ts, kvrpcpb::KeyError* error) {
  error->set_retryable("TxnLockNotFound: start_ts " + std::to_string(start_ts) + ", key " +
                       to_hex(key.raw()));
  error->mutable_txn_lock_not_found()->set_key(key.raw());
}

void set_pessimistic_lock_not_found(const Key& key, uint64_t start_ts, kvrpcpb::KeyError* error) {
  error->set_abort("pessimistic lock not found: start_ts " + std::to_string(start_ts) + ", key " +
                   to_hex(key.raw()));
}

void set_already_committed(uint64_t start_ts, uint64_t commit_ts, kvrpcpb::KeyError* error) {
  error->set_abort("transaction " + std::to_string(start_ts) + " already committed @" +
                   std::to_string(commit_ts));
}

void set_txn_not_found(const Key& primary, uint64_t start_ts, kvrpcpb::KeyError* error) {
  error->mutable_txn_not_found()->set_start_ts(start_ts);
  error->mutable_txn_not_found()->set_primary_key(primary.raw());
}

}  // namespace tbl::tikv
