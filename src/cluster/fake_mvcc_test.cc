#include "cluster/fake_mvcc.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "base/clock.h"

namespace tbl::cluster::testing {

void fill_lock(const std::string& key, const FakeMvcc::Lock& lock, kvrpcpb::LockInfo* out) {
  out->set_key(key);
  out->set_primary_lock(lock.primary);
  out->set_lock_version(lock.start_ts);
  out->set_lock_ttl(lock.ttl_ms);
  out->set_lock_type(lock.type);
  out->set_txn_size(lock.txn_size);
  out->set_min_commit_ts(lock.min_commit_ts);
  out->set_use_async_commit(lock.async_commit);
  for (const auto& secondary : lock.secondaries) out->add_secondaries(secondary);
}

void FakeMvcc::set(const std::string& key, const std::string& value, uint64_t start_ts,
                   uint64_t commit_ts) {
  auto& writes = rows_[key].writes;
  writes.insert(writes.begin(), {kvrpcpb::Put, start_ts, commit_ts, value});
}

std::optional<std::string> FakeMvcc::read(const std::string& key, uint64_t ts,
                                          const kvrpcpb::Context& context, kvrpcpb::KeyError* error,
                                          bool* locked) {
  *locked = false;
  auto it = rows_.find(key);
  if (it == rows_.end()) return std::nullopt;
  const auto& lock = it->second.lock;
  const bool blocks =
      lock && (lock->type == kvrpcpb::Put || lock->type == kvrpcpb::Del) && lock->start_ts <= ts;
  const auto& resolved = context.resolved_locks();
  if (blocks && std::find(resolved.begin(), resolved.end(), lock->start_ts) == resolved.end()) {
    fill_lock(key, *lock, error->mutable_locked());
    *locked = true;
    return std::nullopt;
  }
  for (const Write& write : it->second.writes) {
    if (write.commit_ts > ts) continue;
    if (write.type == kvrpcpb::Put) return write.value;
    if (write.type == kvrpcpb::Del) return std::nullopt;
  }
  return std::nullopt;
}

void FakeMvcc::handle(const kvrpcpb::GetRequest& in, kvrpcpb::GetResponse* out) {
  bool locked = false;
  kvrpcpb::KeyError error;
  const auto value = read(in.key(), in.version(), in.context(), &error, &locked);
  if (locked) *out->mutable_error() = error;
  if (value) out->set_value(*value);
  out->set_not_found(!value && !locked);
}

void FakeMvcc::handle(const kvrpcpb::BatchGetRequest& in, kvrpcpb::BatchGetResponse* out) {
  for (const auto& key : in.keys()) {
    bool locked = false;
    kvrpcpb::KeyError error;
    const auto value = read(key, in.version(), in.context(), &error, &locked);
    if (!locked && !value) continue;
    auto* pair = out->add_pairs();
    pair->set_key(key);
    if (locked) *pair->mutable_error() = error;
    if (value) pair->set_value(*value);
  }
}

void FakeMvcc::handle(const kvrpcpb::ScanRequest& in, kvrpcpb::ScanResponse* out) {
  const std::string& low = in.reverse() ? in.end_key() : in.start_key();
  const std::string& high = in.reverse() ? in.start_key() : in.end_key();
  std::vector<std::string> keys;
  for (const auto& [key, row] : rows_) {
    if (key >= low && (high.empty() || key < high)) keys.push_back(key);
  }
  if (in.reverse()) std::reverse(keys.begin(), keys.end());
  for (const auto& key : keys) {
    if (out->pairs_size() >= static_cast<int>(in.limit())) return;
    bool locked = false;
    kvrpcpb::KeyError error;
    const auto value = read(key, in.version(), in.context(), &error, &locked);
    if (!locked && !value) continue;
    auto* pair = out->add_pairs();
    pair->set_key(key);
    if (locked) *pair->mutable_error() = error;
    if (value && !in.key_only()) pair->set_value(*value);
  }
}

bool FakeMvcc::prewrite_error(const kvrpcpb::Mutation& mutation, uint64_t start_ts,
                              kvrpcpb::KeyError* error) {
  const Row& row = rows_[mutation.key()];
  if (row.lock && row.lock->start_ts != start_ts) {
    fill_lock(mutation.key(), *row.lock, error->mutable_locked());
    return true;
  }
  for (const Write& write : row.writes) {
    const bool own_rollback = write.type == kvrpcpb::Rollback && write.start_ts == start_ts;
    const bool newer = write.type != kvrpcpb::Rollback && write.commit_ts > start_ts;
    if (!own_rollback && !newer) continue;
    auto* conflict = error->mutable_conflict();
    conflict->set_start_ts(start_ts);
    conflict->set_conflict_ts(write.start_ts);
    conflict->set_conflict_commit_ts(write.commit_ts);
    conflict->set_key(mutation.key());
    return true;
  }
  bool locked = false;
  kvrpcpb::KeyError ignored;
  if (mutation.op() == kvrpcpb::Insert && !row.lock &&
      read(mutation.key(), UINT64_MAX, {}, &ignored, &locked)) {
    error->mutable_already_exist()->set_key(mutation.key());
    return true;
  }
  return false;
}

void FakeMvcc::handle(const kvrpcpb::PrewriteRequest& in, kvrpcpb::PrewriteResponse* out) {
  for (int i = 0; i < in.mutations_size(); ++i) {
    kvrpcpb::KeyError error;
    const bool held = i < in.pessimistic_actions_size() &&
                      in.pessimistic_actions(i) == kvrpcpb::PrewriteRequest::DO_PESSIMISTIC_CHECK;
    const bool failed = held ? lacks_lock(in.mutations(i), in.start_version(), &error)
                             : prewrite_error(in.mutations(i), in.start_version(), &error);
    if (failed) *out->add_errors() = error;
  }
  if (out->errors_size() > 0) return;
  for (const auto& mutation : in.mutations()) {
    const auto type = mutation.op() == kvrpcpb::Insert ? kvrpcpb::Put : mutation.op();
    rows_[mutation.key()].lock = Lock{.type = type,
                                      .start_ts = in.start_version(),
                                      .primary = in.primary_lock(),
                                      .value = mutation.value(),
                                      .ttl_ms = in.lock_ttl(),
                                      .min_commit_ts = in.min_commit_ts(),
                                      .txn_size = in.txn_size()};
  }
}

const FakeMvcc::Write* FakeMvcc::record_of(const std::string& key, uint64_t start_ts) {
  for (const Write& write : rows_[key].writes) {
    if (write.start_ts == start_ts) return &write;
  }
  return nullptr;
}

void FakeMvcc::commit_lock(const std::string& key, uint64_t commit_ts) {
  Row& row = rows_[key];
  row.writes.insert(row.writes.begin(),
                    {row.lock->type, row.lock->start_ts, commit_ts, row.lock->value});
  row.lock.reset();
}

void FakeMvcc::roll_back(const std::string& key, uint64_t start_ts) {
  Row& row = rows_[key];
  if (row.lock && row.lock->start_ts == start_ts) row.lock.reset();
  row.writes.push_back({kvrpcpb::Rollback, start_ts, start_ts});
  std::stable_sort(row.writes.begin(), row.writes.end(),
                   [](const Write& a, const Write& b) { return a.commit_ts > b.commit_ts; });
}

void FakeMvcc::handle(const kvrpcpb::CommitRequest& in, kvrpcpb::CommitResponse* out) {
  for (const auto& key : in.keys()) {
    const Row& row = rows_[key];
    const bool mine = row.lock && row.lock->start_ts == in.start_version();
    if (mine && in.commit_version() < row.lock->min_commit_ts) {
      auto* expired = out->mutable_error()->mutable_commit_ts_expired();
      expired->set_start_ts(in.start_version());
      expired->set_attempted_commit_ts(in.commit_version());
      expired->set_key(key);
      expired->set_min_commit_ts(row.lock->min_commit_ts);
      return;
    }
    if (mine) {
      commit_lock(key, in.commit_version());
      continue;
    }
    const Write* record = record_of(key, in.start_version());
    if (record != nullptr && record->type != kvrpcpb::Rollback) continue;
    out->mutable_error()->set_retryable("TxnLockNotFound");
    return;
  }
}

void FakeMvcc::handle(const kvrpcpb::BatchRollbackRequest& in,
                      kvrpcpb::BatchRollbackResponse* out) {
  for (const auto& key : in.keys()) {
    const Write* record = record_of(key, in.start_version());
    if (record == nullptr) {
      roll_back(key, in.start_version());
    } else if (record->type != kvrpcpb::Rollback) {
      out->mutable_error()->set_abort("already committed @" + std::to_string(record->commit_ts));
      return;
    }
  }
}

void FakeMvcc::handle(const kvrpcpb::CleanupRequest& in, kvrpcpb::CleanupResponse* out) {
  const Write* record = record_of(in.key(), in.start_version());
  if (record == nullptr) {
    roll_back(in.key(), in.start_version());
  } else if (record->type != kvrpcpb::Rollback) {
    out->set_commit_version(record->commit_ts);
  }
}

void FakeMvcc::handle(const kvrpcpb::CheckTxnStatusRequest& in,
                      kvrpcpb::CheckTxnStatusResponse* out) {
  Row& row = rows_[in.primary_key()];
  if (row.lock && row.lock->start_ts == in.lock_ts()) {
    Lock& lock = *row.lock;
    const bool dead = tso_physical_ms(in.lock_ts()) + static_cast<int64_t>(lock.ttl_ms) <
                      tso_physical_ms(in.current_ts());
    const bool leave_async = lock.async_commit && !in.force_sync_commit();
    if (dead && !leave_async) {
      roll_back(in.primary_key(), in.lock_ts());
      out->set_action(kvrpcpb::TTLExpireRollback);
      return;
    }
    if (!leave_async && lock.min_commit_ts > 0 && lock.min_commit_ts <= in.caller_start_ts()) {
      lock.min_commit_ts = std::max(in.caller_start_ts() + 1, in.current_ts());
      out->set_action(kvrpcpb::MinCommitTSPushed);
    }
    out->set_lock_ttl(lock.ttl_ms);
    fill_lock(in.primary_key(), lock, out->mutable_lock_info());
    return;
  }
  const Write* record = record_of(in.primary_key(), in.lock_ts());
  if (record != nullptr) {
    if (record->type != kvrpcpb::Rollback) out->set_commit_version(record->commit_ts);
    return;
  }
  if (in.rollback_if_not_exist()) {
    roll_back(in.primary_key(), in.lock_ts());
    out->set_action(kvrpcpb::LockNotExistRollback);
    return;
  }
  out->mutable_error()->mutable_txn_not_found()->set_start_ts(in.lock_ts());
  out->mutable_error()->mutable_txn_not_found()->set_primary_key(in.primary_key());
}

void FakeMvcc::handle(const kvrpcpb::CheckSecondaryLocksRequest& in,
                      kvrpcpb::CheckSecondaryLocksResponse* out) {
  for (const auto& key : in.keys()) {
    const Row& row = rows_[key];
    if (row.lock && row.lock->start_ts == in.start_version()) {
      fill_lock(key, *row.lock, out->add_locks());
      continue;
    }
    out->clear_locks();
    const Write* record = record_of(key, in.start_version());
    if (record == nullptr) roll_back(key, in.start_version());
    if (record != nullptr && record->type != kvrpcpb::Rollback) {
      out->set_commit_ts(record->commit_ts);
    }
    return;
  }
}

void FakeMvcc::handle(const kvrpcpb::ResolveLockRequest& in, kvrpcpb::ResolveLockResponse*) {
  for (auto& [key, row] : rows_) {
    if (!row.lock || row.lock->start_ts != in.start_version()) continue;
    const auto& keys = in.keys();
    if (!keys.empty() && std::find(keys.begin(), keys.end(), key) == keys.end()) continue;
    if (in.commit_version() > 0) {
      commit_lock(key, in.commit_version());
    } else {
      roll_back(key, in.start_version());
    }
  }
}

void FakeMvcc::handle(const kvrpcpb::PessimisticRollbackRequest& in,
                      kvrpcpb::PessimisticRollbackResponse*) {
  for (const auto& key : in.keys()) {
    Row& row = rows_[key];
    if (row.lock && row.lock->type == kvrpcpb::PessimisticLock &&
        row.lock->start_ts == in.start_version()) {
      row.lock.reset();
    }
  }
}

bool FakeMvcc::lacks_lock(const kvrpcpb::Mutation& mutation, uint64_t start_ts,
                          kvrpcpb::KeyError* error) {
  const Row& row = rows_[mutation.key()];
  if (row.lock && row.lock->start_ts == start_ts) return false;
  error->set_abort("pessimistic lock not found");
  return true;
}

bool FakeMvcc::lock_error(const kvrpcpb::Mutation& mutation,
                          const kvrpcpb::PessimisticLockRequest& in, kvrpcpb::KeyError* error) {
  const Row& row = rows_[mutation.key()];
  if (row.lock && row.lock->start_ts != in.start_version()) {
    fill_lock(mutation.key(), *row.lock, error->mutable_locked());
    return true;
  }
  if (row.lock || row.writes.empty() || row.writes.front().commit_ts <= in.for_update_ts()) {
    return false;
  }
  error->mutable_conflict()->set_key(mutation.key());
  error->mutable_conflict()->set_conflict_ts(row.writes.front().start_ts);
  error->mutable_conflict()->set_conflict_commit_ts(row.writes.front().commit_ts);
  return true;
}

void FakeMvcc::handle(const kvrpcpb::PessimisticLockRequest& in,
                      kvrpcpb::PessimisticLockResponse* out) {
  for (const auto& mutation : in.mutations()) {
    kvrpcpb::KeyError error;
    if (!lock_error(mutation, in, &error)) continue;
    *out->add_errors() = error;
    return;
  }
  for (const auto& mutation : in.mutations()) {
    kvrpcpb::KeyError ignored;
    bool locked = false;
    const auto value = read(mutation.key(), in.for_update_ts(), {}, &ignored, &locked);
    if (in.check_existence() || in.return_values()) out->add_not_founds(!value.has_value());
    if (in.return_values()) out->add_values(value.value_or(""));
    if (in.lock_only_if_exists() && !value) continue;
    rows_[mutation.key()].lock = Lock{.type = kvrpcpb::PessimisticLock,
                                      .start_ts = in.start_version(),
                                      .primary = in.primary_lock(),
                                      .value = {},
                                      .ttl_ms = in.lock_ttl()};
  }
}

void FakeMvcc::handle(const kvrpcpb::TxnHeartBeatRequest& in, kvrpcpb::TxnHeartBeatResponse* out) {
  Row& row = rows_[in.primary_lock()];
  if (!row.lock || row.lock->start_ts != in.start_version()) {
    out->mutable_error()->mutable_txn_not_found()->set_start_ts(in.start_version());
    return;
  }
  row.lock->ttl_ms = std::max<uint64_t>(row.lock->ttl_ms, in.advise_lock_ttl());
  out->set_lock_ttl(row.lock->ttl_ms);
}

void FakeMvcc::handle(const kvrpcpb::ScanLockRequest& in, kvrpcpb::ScanLockResponse* out) {
  for (auto it = rows_.lower_bound(in.start_key()); it != rows_.end(); ++it) {
    if (out->locks_size() >= static_cast<int>(in.limit())) return;
    if (!it->second.lock || it->second.lock->start_ts > in.max_version()) continue;
    fill_lock(it->first, *it->second.lock, out->add_locks());
  }
}

void FakeMvcc::handle(const kvrpcpb::MvccGetByKeyRequest& in, kvrpcpb::MvccGetByKeyResponse* out) {
  auto* info = out->mutable_info();
  auto it = rows_.find(in.key());
  if (it == rows_.end()) return;
  if (it->second.lock) {
    info->mutable_lock()->set_type(it->second.lock->type);
    info->mutable_lock()->set_start_ts(it->second.lock->start_ts);
    info->mutable_lock()->set_primary(it->second.lock->primary);
  }
  for (const Write& write : it->second.writes) {
    auto* out_write = info->add_writes();
    out_write->set_type(write.type);
    out_write->set_start_ts(write.start_ts);
    out_write->set_commit_ts(write.commit_ts);
  }
}

}  // namespace tbl::cluster::testing
