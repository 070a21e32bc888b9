#include <map>

#include "proto/kvrpcpb.pb.h"
#include "tikv/mvcc/command.h"
#include "tikv/mvcc/commands.h"

namespace tbl::tikv {
namespace {

/// By start ts: the commit ts, or 0 for a transaction that was rolled back.
using Fates = std::map<uint64_t, uint64_t>;

constexpr size_t kBatchKeys = 256;

Fates fates_of(const kvrpcpb::ResolveLockRequest& request) {
  Fates fates;
  for (const auto& txn : request.txn_infos()) fates[txn.txn()] = txn.status();
  if (fates.empty()) fates[request.start_version()] = request.commit_version();
  return fates;
}

/// Commits or rolls back the locks on `keys` that belong to one of the transactions.
Status resolve_keys(Store& store, const std::vector<Key>& keys, const Fates& fates) {
  WriteCommand command(store, keys);
  for (const auto& key : keys) {
    TBL_ASSIGN(const auto lock, command.reader().lock(key));
    if (!lock) continue;
    const auto fate = fates.find(lock->start_ts);
    if (fate == fates.end()) continue;
    if (fate->second > 0) {
      TBL_TRY(command.commit(key, *lock, fate->second));
    } else {
      TBL_TRY(command.roll_back(key, lock->start_ts, lock));
    }
  }
  return command.apply(Durability::kOnDisk);
}

/// Up to kBatchKeys keys from `cursor` on whose locks belong to one of the transactions.
Result<std::vector<Key>> next_locked_keys(Cursor& cursor, const Fates& fates) {
  std::vector<Key> keys;
  for (; cursor.valid() && keys.size() < kBatchKeys; cursor.next()) {
    TBL_ASSIGN(const auto lock, decode_lock(cursor.value()));
    if (!fates.contains(lock.start_ts)) continue;
    TBL_ASSIGN(auto key, parse_data_key(cursor.key()));
    keys.push_back(std::move(key));
  }
  TBL_TRY(cursor.status());
  return keys;
}

}  // namespace

Status resolve_lock(Store& store, const kvrpcpb::ResolveLockRequest& request,
                    kvrpcpb::ResolveLockResponse* response) {
  return resolve_lock(store, request, response, data_range("", ""));
}

Status resolve_lock(Store& store, const kvrpcpb::ResolveLockRequest& request,
                    kvrpcpb::ResolveLockResponse*, const DataRange& range) {
  const Fates fates = fates_of(request);
  if (request.keys_size() > 0) return resolve_keys(store, to_keys(request.keys()), fates);
  const Snapshot snapshot(store.engine);
  Cursor locks = snapshot.cursor(Cf::kLock, range.lower, range.upper);
  locks.seek(range.lower);
  while (true) {
    TBL_ASSIGN(const auto keys, next_locked_keys(locks, fates));
    if (keys.empty()) return ok_status();
    TBL_TRY(resolve_keys(store, keys, fates));
  }
}

}  // namespace tbl::tikv
