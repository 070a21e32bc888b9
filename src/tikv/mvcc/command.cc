#include "tikv/mvcc/command.h"

namespace tbl::tikv {

WriteCommand::WriteCommand(Store& store, const std::vector<Key>& keys, MayBlock may_block)
    : store_(store),
      keys_(keys),
      may_block_(may_block),
      latches_(may_block == MayBlock::kYes ? store.latches.acquire(keys)
                                           : store.latches.try_acquire(keys)),
      snapshot_(store.engine, may_block),
      reader_(snapshot_) {}

void WriteCommand::put_lock(const Key& key, const Lock& lock) {
  edits_.put(Cf::kLock, key.data(), encode_lock(lock));
}

void WriteCommand::erase_lock(const Key& key) {
  edits_.erase(Cf::kLock, key.data());
  released_.push_back(key.raw());
}

void WriteCommand::put_value(const Key& key, uint64_t start_ts, Bytes value) {
  edits_.put(Cf::kDefault, key.at(start_ts), value);
}

void WriteCommand::put_write(const Key& key, uint64_t commit_ts, const Write& write) {
  edits_.put(Cf::kWrite, key.at(commit_ts), encode_write(write));
}

Status WriteCommand::commit(const Key& key, const Lock& lock, uint64_t commit_ts) {
  Write write{committed_type(lock.type), lock.start_ts, lock.short_value, false};
  TBL_ASSIGN(const auto present, reader_.record_at(key, commit_ts));
  write.overlapped_rollback = present && present->type == WriteType::kRollback;
  put_write(key, commit_ts, write);
  erase_lock(key);
  return ok_status();
}

Status WriteCommand::roll_back(const Key& key, uint64_t start_ts,
                               const std::optional<Lock>& own_lock) {
  if (own_lock) {
    if (own_lock->type == LockType::kPut && !own_lock->short_value) {
      edits_.erase(Cf::kDefault, key.at(start_ts));
    }
    erase_lock(key);
  }
  TBL_ASSIGN(const auto present, reader_.record_at(key, start_ts));
  Write write{WriteType::kRollback, start_ts, std::nullopt, false};
  if (present && present->type != WriteType::kRollback) {
    write = *present;
    write.overlapped_rollback = true;
  }
  put_write(key, start_ts, write);
  return ok_status();
}

Status WriteCommand::apply(Durability durability) {
  if (edits_.empty()) return ok_status();
  if (durability == Durability::kOnDisk) {
    const Unsynced::Entry entry(store_.unsynced, keys_);
    TBL_TRY(store_.engine.write(edits_));
  } else {
    TBL_TRY(store_.engine.write_lazily(edits_, may_block_));
  }
  store_.lock_waits.released(released_);
  return ok_status();
}

}  // namespace tbl::tikv
