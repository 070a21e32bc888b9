#include "tidb/kv/mem_storage.h"

#include <algorithm>

namespace tbl::tidb {
namespace {

Status lock_gone(const std::string& key, KeyFailure* failure) {
  if (failure != nullptr) {
    *failure = KeyFailure();
    failure->kind = KeyFailure::Kind::kLockNotFound;
    failure->key = key;
  }
  return Status(StatusCode::kAborted, "lock of key " + to_hex(key) + " not found");
}

bool is_data(KvOp op) { return op == KvOp::kPut || op == KvOp::kInsert || op == KvOp::kDelete; }

}  // namespace

Status MemStorage::call(const std::string& phase) {
  std::function<Status(const std::string&)> hook;
  {
    std::lock_guard lock(mutex_);
    hook = hook_;
  }
  return hook ? hook(phase) : ok_status();
}

void MemStorage::on_call(std::function<Status(const std::string&)> hook) {
  std::lock_guard lock(mutex_);
  hook_ = std::move(hook);
}

size_t MemStorage::locks() const {
  std::lock_guard lock(mutex_);
  size_t count = 0;
  for (const auto& [_, cell] : cells_) count += cell.lock.has_value();
  return count;
}

Result<uint64_t> MemStorage::get_ts() {
  std::lock_guard lock(mutex_);
  return ++last_ts_;
}

const MemStorage::Version* MemStorage::visible(const Cell& cell, uint64_t ts) {
  for (const auto& version : cell.versions) {
    if (version.commit_ts > ts || version.op == KvOp::kLock) continue;
    return version.op == KvOp::kDelete ? nullptr : &version;
  }
  return nullptr;
}

/// False: still locked when the time was over.
bool MemStorage::wait_unlocked(Guard& guard, const std::string& key, uint64_t reader_ts) {
  return changed_.wait_for(guard, wait_, [&] {
    auto it = cells_.find(key);
    return it == cells_.end() || !it->second.lock || !is_data(it->second.lock->op) ||
           it->second.lock->start_ts > reader_ts;
  });
}

Result<std::optional<std::string>> MemStorage::get(Bytes key, uint64_t ts) {
  TBL_TRY(call("get"));
  Guard guard(mutex_);
  const std::string k(key);
  if (!wait_unlocked(guard, k, ts)) return unavailable("key " + to_hex(key) + " is locked");
  auto it = cells_.find(k);
  const Version* version = it == cells_.end() ? nullptr : visible(it->second, ts);
  if (version == nullptr) return std::optional<std::string>();
  return std::optional<std::string>(version->value);
}

Result<std::vector<KvPair>> MemStorage::batch_get(const std::vector<std::string>& keys,
                                                  uint64_t ts) {
  std::vector<KvPair> found;
  for (const std::set<std::string> sorted(keys.begin(), keys.end()); const auto& key : sorted) {
    TBL_ASSIGN(auto value, get(key, ts));
    if (value) found.push_back({key, std::move(*value)});
  }
  return found;
}

Result<std::vector<KvPair>> MemStorage::scan(const ScanOptions& options, uint64_t ts) {
  TBL_TRY(call("scan"));
  Guard guard(mutex_);
  std::vector<std::string> keys;
  for (auto it = cells_.lower_bound(options.start);
       it != cells_.end() && (options.end.empty() || it->first < options.end); ++it) {
    keys.push_back(it->first);
  }
  if (options.reverse) std::reverse(keys.begin(), keys.end());
  std::vector<KvPair> found;
  for (const auto& key : keys) {
    if (found.size() >= options.limit) break;
    if (!wait_unlocked(guard, key, ts)) return unavailable("key " + to_hex(key) + " is locked");
    const Version* version = visible(cells_[key], ts);
    if (version) found.push_back({key, options.key_only ? std::string() : version->value});
  }
  return found;
}

Status MemStorage::prewrite_one(const TxnHead& head, const TxnWrite& write, KeyFailure* failure) {
  Cell& c = cell(write.key);
  failure->key = write.key;
  failure->primary = head.primary;
  const bool own_lock = c.lock && c.lock->start_ts == head.start_ts;
  if (write.holds_lock) {
    if (!own_lock) return lock_gone(write.key, failure);
  } else if (rolled_back_.contains(head.start_ts)) {
    failure->kind = KeyFailure::Kind::kConflict;
    return Status(StatusCode::kAborted, "rolled back");
  } else if (head.for_update_ts == 0 && !c.versions.empty() &&
             c.versions.front().commit_ts > head.start_ts) {
    failure->kind = KeyFailure::Kind::kConflict;
    failure->other_start_ts = c.versions.front().start_ts;
    failure->other_commit_ts = c.versions.front().commit_ts;
    return Status(StatusCode::kAborted, "write conflict");
  }
  const bool exists = visible(c, UINT64_MAX) != nullptr;
  if (exists && (write.op == KvOp::kInsert || write.op == KvOp::kCheckNotExists)) {
    failure->kind = KeyFailure::Kind::kAlreadyExists;
    return already_exists("key " + to_hex(write.key) + " already exists");
  }
  if (write.op == KvOp::kCheckNotExists) return ok_status();
  c.lock = Lock{head.start_ts, write.op == KvOp::kInsert ? KvOp::kPut : write.op, write.value,
                head.primary, head.for_update_ts};
  return ok_status();
}

Status MemStorage::prewrite(const TxnHead& head, const std::vector<TxnWrite>& writes,
                            KeyFailure* failure, const LockWaiter& wait) {
  TBL_TRY(call("prewrite"));
  Guard guard(mutex_);
  for (const auto& write : writes) {
    for (const Cell* c = &cell(write.key); c->lock && c->lock->start_ts != head.start_ts;) {
      KeyFailure holder;
      holder.kind = KeyFailure::Kind::kLocked;
      holder.key = write.key;
      holder.other_start_ts = c->lock->start_ts;
      guard.unlock();
      TBL_TRY(wait(holder));
      guard.lock();
    }
    TBL_TRY(prewrite_one(head, write, failure));
  }
  *failure = KeyFailure();
  return ok_status();
}

void MemStorage::commit_key(const std::string& key, uint64_t start_ts, uint64_t commit_ts) {
  Cell& c = cell(key);
  if (!c.lock || c.lock->start_ts != start_ts) return;
  c.versions.insert(c.versions.begin(),
                    Version{commit_ts, start_ts, c.lock->op, std::move(c.lock->value)});
  c.lock.reset();
}

Status MemStorage::commit_primary(const TxnHead& head, uint64_t commit_ts,
                                  std::vector<std::string>*) {
  TBL_TRY(call("commit_primary"));
  {
    Guard guard(mutex_);
    const Cell& c = cell(head.primary);
    if (!c.lock || c.lock->start_ts != head.start_ts) {
      for (const auto& version : c.versions) {
        if (version.start_ts == head.start_ts) return ok_status();
      }
      return lock_gone(head.primary, nullptr);
    }
    commit_key(head.primary, head.start_ts, commit_ts);
  }
  changed_.notify_all();
  return call("commit_primary_done");
}

Status MemStorage::commit_others(const TxnHead& head, std::vector<std::string> keys,
                                 uint64_t commit_ts) {
  TBL_TRY(call("commit_others"));
  {
    Guard guard(mutex_);
    for (const auto& key : keys) commit_key(key, head.start_ts, commit_ts);
  }
  changed_.notify_all();
  return ok_status();
}

Status MemStorage::rollback(const TxnHead& head, std::vector<std::string> keys) {
  TBL_TRY(call("rollback"));
  {
    Guard guard(mutex_);
    rolled_back_.insert(head.start_ts);
    for (const auto& key : keys) {
      Cell& c = cell(key);
      if (c.lock && c.lock->start_ts == head.start_ts) c.lock.reset();
    }
  }
  changed_.notify_all();
  return ok_status();
}

Status MemStorage::lock_one(const TxnHead& head, const TxnLockKey& key, KeyFailure* failure) {
  Cell& c = cell(key.key);
  *failure = KeyFailure();
  failure->key = key.key;
  failure->primary = head.primary;
  if (c.lock && c.lock->start_ts != head.start_ts) {
    failure->kind = KeyFailure::Kind::kLocked;
    failure->other_start_ts = c.lock->start_ts;
    return unavailable("key " + to_hex(key.key) + " is locked");
  }
  if (!c.lock && !c.versions.empty() && c.versions.front().commit_ts > head.for_update_ts) {
    failure->kind = KeyFailure::Kind::kConflict;
    failure->other_start_ts = c.versions.front().start_ts;
    failure->other_commit_ts = c.versions.front().commit_ts;
    return Status(StatusCode::kAborted, "write conflict");
  }
  if (key.must_not_exist && visible(c, UINT64_MAX) != nullptr) {
    failure->kind = KeyFailure::Kind::kAlreadyExists;
    return already_exists("key " + to_hex(key.key) + " already exists");
  }
  c.lock = Lock{head.start_ts, KvOp::kPessimisticLock, {}, head.primary, head.for_update_ts};
  *failure = KeyFailure();
  return ok_status();
}

Status MemStorage::lock(const TxnHead& head, const std::vector<TxnLockKey>& keys,
                        KeyFailure* failure) {
  TBL_TRY(call("lock"));
  Guard guard(mutex_);
  for (const auto& key : keys) TBL_TRY(lock_one(head, key, failure));
  return ok_status();
}

Result<LockedValue> MemStorage::lock_existing(const TxnHead& head, const std::string& key,
                                              KeyFailure* failure) {
  TBL_TRY(call("lock_existing"));
  Guard guard(mutex_);
  Cell& c = cell(key);
  const bool was_locked = c.lock.has_value();
  TBL_TRY(lock_one(head, {key, false}, failure));
  const Version* version = visible(c, UINT64_MAX);
  if (version != nullptr) return LockedValue{true, version->value};
  if (!was_locked) c.lock.reset();
  return LockedValue();
}

Status MemStorage::unlock(const TxnHead& head, std::vector<std::string> keys) {
  TBL_TRY(call("unlock"));
  {
    Guard guard(mutex_);
    for (const auto& key : keys) {
      Cell& c = cell(key);
      const bool held = c.lock && c.lock->start_ts == head.start_ts;
      if (held && c.lock->op == KvOp::kPessimisticLock) c.lock.reset();
    }
  }
  changed_.notify_all();
  return ok_status();
}

Result<uint64_t> MemStorage::heart_beat(const TxnHead& head) {
  TBL_TRY(call("heart_beat"));
  ++heart_beats_;
  return head.ttl_ms;
}

}  // namespace tbl::tidb
