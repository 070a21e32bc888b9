#include "cluster/lock_resolver.h"

#include <algorithm>

#include "base/clock.h"
#include "base/log.h"
#include "cluster/key_error.h"

namespace tbl::cluster {
namespace {

/// Locks of a transaction with more keys than this are cleared region by region, not one by one.
constexpr uint64_t kFewKeys = 16;
constexpr size_t kRememberedMax = 4096;

bool is_expired(uint64_t start_ts, uint64_t ttl_ms, uint64_t now_ts) {
  return static_cast<uint64_t>(tso_physical_ms(start_ts)) + ttl_ms <
         static_cast<uint64_t>(tso_physical_ms(now_ts));
}

}  // namespace

std::optional<TxnStatus> LockResolver::remembered(uint64_t start_ts) const {
  std::lock_guard lock(mutex_);
  auto it = ended_.find(start_ts);
  if (it == ended_.end()) return std::nullopt;
  return it->second;
}

void LockResolver::remember(uint64_t start_ts, const TxnStatus& status) {
  if (status.ttl_ms > 0) return;
  std::lock_guard lock(mutex_);
  // The oldest transactions are the least likely to be met again.
  if (ended_.size() >= kRememberedMax) ended_.erase(ended_.begin());
  ended_[start_ts] = status;
}

Result<bool> LockResolver::resolve(const std::vector<kvrpcpb::LockInfo>& locks, uint64_t caller_ts,
                                   std::vector<uint64_t>* pushed, Backoff& backoff) {
  TBL_ASSIGN(const uint64_t now_ts, calls_.pd().get_ts());
  bool all_clear = true;
  for (const auto& lock : locks) {
    TBL_ASSIGN(const Fate fate, fate_of(lock, caller_ts, now_ts, backoff));
    if (fate.status.ttl_ms == 0) {
      TBL_TRY(clear(lock, fate.status, backoff));
    } else if (fate.pushed && pushed != nullptr) {
      pushed->push_back(lock.lock_version());
    } else {
      all_clear = false;
    }
  }
  return all_clear;
}

Result<LockResolver::Fate> LockResolver::fate_of(const kvrpcpb::LockInfo& lock, uint64_t caller_ts,
                                                 uint64_t now_ts, Backoff& backoff) {
  const bool expired = is_expired(lock.lock_version(), lock.lock_ttl(), now_ts);
  const Fate alive{.status = {.ttl_ms = std::max<uint64_t>(lock.lock_ttl(), 1), .commit_ts = 0},
                   .pushed = false,
                   .lock = std::nullopt};
  Query query{.primary = lock.primary_lock(),
              .start_ts = lock.lock_version(),
              .caller_ts = caller_ts,
              .now_ts = now_ts};
  query.is_pessimistic = lock.lock_type() == kvrpcpb::PessimisticLock;
  auto fate = settle(query, backoff);
  if (!fate.ok() && fate.status().code() == StatusCode::kNotFound) {
    // Its primary may still be on the way, as long as this lock lives.
    if (!expired) return alive;
    query.rollback_if_missing = true;
    fate = settle(query, backoff);
  }
  if (!fate.ok() && fate.status().code() == StatusCode::kUnimplemented) {
    if (!expired) return alive;
    return cleanup(query, backoff);
  }
  return fate;
}

Result<TxnStatus> LockResolver::resolve_txn_status(Bytes primary, uint64_t start_ts,
                                                   Backoff& backoff) {
  TBL_ASSIGN(const uint64_t now_ts, calls_.pd().get_ts());
  const Query query{.primary = std::string(primary),
                    .start_ts = start_ts,
                    .caller_ts = start_ts,
                    .now_ts = now_ts,
                    .rollback_if_missing = true};
  auto fate = settle(query, backoff);
  if (!fate.ok() && fate.status().code() == StatusCode::kUnimplemented) {
    fate = cleanup(query, backoff);
  }
  if (!fate.ok()) return std::move(fate).status();
  return fate->status;
}

Result<LockResolver::Fate> LockResolver::settle(Query query, Backoff& backoff) {
  if (const auto known = remembered(query.start_ts)) {
    return Fate{.status = *known, .pushed = false, .lock = std::nullopt};
  }
  TBL_ASSIGN(Fate fate, check(query, backoff));
  if (fate.lock && fate.lock->use_async_commit() &&
      is_expired(query.start_ts, fate.status.ttl_ms, query.now_ts)) {
    TBL_ASSIGN(const auto decided, check_secondaries(*fate.lock, backoff));
    if (decided) {
      fate = {.status = *decided, .pushed = false, .lock = std::nullopt};
    } else {
      query.force_sync_commit = true;
      TBL_ASSIGN(fate, check(query, backoff));
    }
  }
  // Of a statement that failed a lock may be left whose primary the transaction gave up for another
  // one: that says nothing about how it ends.
  if (query.is_pessimistic && fate.status.commit_ts == 0) return fate;
  remember(query.start_ts, fate.status);
  return fate;
}

Result<LockResolver::Fate> LockResolver::check(const Query& query, Backoff& backoff) {
  kvrpcpb::CheckTxnStatusRequest request;
  request.set_primary_key(query.primary);
  request.set_lock_ts(query.start_ts);
  request.set_caller_start_ts(query.caller_ts);
  request.set_current_ts(query.now_ts);
  request.set_rollback_if_not_exist(query.rollback_if_missing);
  request.set_force_sync_commit(query.force_sync_commit);
  kvrpcpb::CheckTxnStatusResponse response;
  TBL_TRY(calls_.send_to_key("KvCheckTxnStatus", query.primary, request, &response, backoff));
  if (response.has_error()) return to_status(response.error());
  Fate fate;
  fate.status = {.ttl_ms = response.lock_ttl(), .commit_ts = response.commit_version()};
  fate.pushed = response.action() == kvrpcpb::MinCommitTSPushed;
  if (response.has_lock_info()) fate.lock = response.lock_info();
  return fate;
}

Result<LockResolver::Fate> LockResolver::cleanup(const Query& query, Backoff& backoff) {
  kvrpcpb::CleanupRequest request;
  request.set_key(query.primary);
  request.set_start_version(query.start_ts);
  request.set_current_ts(query.now_ts);
  kvrpcpb::CleanupResponse response;
  TBL_TRY(calls_.send_to_key("KvCleanup", query.primary, request, &response, backoff));
  Fate fate;
  if (response.error().has_locked()) {
    fate.status.ttl_ms = std::max<uint64_t>(response.error().locked().lock_ttl(), 1);
    return fate;
  }
  if (response.has_error()) return to_status(response.error());
  fate.status.commit_ts = response.commit_version();
  remember(query.start_ts, fate.status);
  return fate;
}

Result<std::optional<TxnStatus>> LockResolver::check_secondaries(const kvrpcpb::LockInfo& primary,
                                                                 Backoff& backoff) {
  TxnStatus decided{.ttl_ms = 0, .commit_ts = primary.min_commit_ts()};
  bool is_async = true;
  bool some_missing = false;
  std::vector<std::string> keys(primary.secondaries().begin(), primary.secondaries().end());
  std::sort(keys.begin(), keys.end());
  auto take = [&](const RegionCache::RegionPtr& region,
                  std::vector<std::string> group) -> Result<std::vector<std::string>> {
    kvrpcpb::CheckSecondaryLocksRequest request;
    for (const auto& key : group) request.add_keys(key);
    request.set_start_version(primary.lock_version());
    kvrpcpb::CheckSecondaryLocksResponse response;
    TBL_ASSIGN(const auto outcome,
               calls_.send("KvCheckSecondaryLocks", region, request, &response, backoff));
    if (outcome == RegionCalls::Outcome::kRelocate) return group;
    if (response.has_error()) return to_status(response.error());
    if (response.locks_size() < static_cast<int>(group.size())) {
      // A secondary that is not locked is committed or rolled back, and so is all.
      some_missing = true;
      decided.commit_ts = response.commit_ts();
    }
    for (const auto& lock : response.locks()) {
      is_async = is_async && lock.use_async_commit();
      if (!some_missing) decided.commit_ts = std::max(decided.commit_ts, lock.min_commit_ts());
    }
    return std::vector<std::string>();
  };
  TBL_TRY(for_each_region(
      calls_, std::move(keys), backoff, [](const std::string& key) { return Bytes(key); }, take));
  if (!is_async && !some_missing) return std::optional<TxnStatus>();
  return std::optional<TxnStatus>(decided);
}

Status LockResolver::clear(const kvrpcpb::LockInfo& lock, const TxnStatus& status,
                           Backoff& backoff) {
  log_debug("clear a lock that was left behind", {{"key", to_hex(lock.key())},
                                                  {"start ts", lock.lock_version()},
                                                  {"commit ts", status.commit_ts}});
  if (lock.lock_type() == kvrpcpb::PessimisticLock) {
    kvrpcpb::PessimisticRollbackRequest request;
    request.set_start_version(lock.lock_version());
    request.set_for_update_ts(std::max(lock.lock_for_update_ts(), lock.lock_version()));
    request.add_keys(lock.key());
    kvrpcpb::PessimisticRollbackResponse response;
    TBL_TRY(calls_.send_to_key("KVPessimisticRollback", lock.key(), request, &response, backoff));
    return response.errors().empty() ? ok_status() : to_status(response.errors(0));
  }
  kvrpcpb::ResolveLockRequest request;
  request.set_start_version(lock.lock_version());
  request.set_commit_version(status.commit_ts);
  if (lock.txn_size() < kFewKeys) request.add_keys(lock.key());
  kvrpcpb::ResolveLockResponse response;
  TBL_TRY(calls_.send_to_key("KvResolveLock", lock.key(), request, &response, backoff));
  return response.has_error() ? to_status(response.error()) : ok_status();
}

}  // namespace tbl::cluster
