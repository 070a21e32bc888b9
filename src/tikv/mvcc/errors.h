// The members of kvrpcpb.KeyError, filled.
#pragma once

#include <cstdint>
#include <string>

#include "tikv/mvcc/key.h"
#include "tikv/mvcc/lock.h"
#include "tikv/mvcc/reader.h"

namespace kvrpcpb {
class KeyError;
class LockInfo;
}  // namespace kvrpcpb

namespace tbl::tikv {

void fill_lock_info(const Key& key, const Lock& lock, kvrpcpb::LockInfo* info);
/// Waiting for the lock at `key` would wait for itself; `deadlock_key` is where the circle closes.
void set_deadlock(const Key& key, uint64_t lock_ts, const Key& deadlock_key,
                  kvrpcpb::KeyError* error);
void set_locked(const Key& key, const Lock& lock, kvrpcpb::KeyError* error);

enum class ConflictReason : uint8_t { kOptimistic = 1, kPessimisticRetry = 2, kSelfRolledBack = 3 };
struct Conflict {
  uint64_t start_ts;
  Version with;  ///< the record that is in the way
  std::string primary;
  ConflictReason reason;
};
void set_conflict(const Key& key, const Conflict& conflict, kvrpcpb::KeyError* error);

/// The transaction has no lock to commit: new clients read txn_lock_not_found, old ones retryable.
void set_lock_not_found(const Key& key, uint64_t start_ts, kvrpcpb::KeyError* error);
void set_pessimistic_lock_not_found(const Key& key, uint64_t start_ts, kvrpcpb::KeyError* error);
void set_already_committed(uint64_t start_ts, uint64_t commit_ts, kvrpcpb::KeyError* error);
void set_txn_not_found(const Key& primary, uint64_t start_ts, kvrpcpb::KeyError* error);

}  // namespace tbl::tikv
