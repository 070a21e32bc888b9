#include "cluster/txn_calls.h"

#include <algorithm>
#include <utility>

#include "cluster/key_error.h"
#include "cluster/tikv_impl.h"

namespace tbl::cluster {
namespace {

using Outcome = RegionCalls::Outcome;
using RegionPtr = RegionCache::RegionPtr;

/// A region's share goes in requests of about this size (a store refuses proposals above some MiB).
constexpr size_t kRequestBytes = 256 << 10;
/// PessimisticLockRequest.wait_timeout: answer at once; who waits is decided here.
constexpr int64_t kNoWait = -1;

Bytes key_of(const std::string& key) { return key; }
Bytes key_of(const TxnWrite& write) { return write.key; }
Bytes key_of(const TxnLockKey& key) { return key.key; }
size_t size_of(const std::string& key) { return key.size(); }
size_t size_of(const TxnWrite& write) { return write.key.size() + write.value.size(); }
size_t size_of(const TxnLockKey& key) { return key.key.size(); }

/// Cuts what exceeds one request off the group, and returns it.
template <typename Item>
std::vector<Item> cut_off(std::vector<Item>* group) {
  size_t bytes = 0;
  size_t count = 0;
  while (count < group->size() && (count == 0 || bytes < kRequestBytes)) {
    bytes += size_of((*group)[count]);
    ++count;
  }
  const auto cut = group->begin() + static_cast<ptrdiff_t>(count);
  std::vector<Item> rest(std::make_move_iterator(cut), std::make_move_iterator(group->end()));
  group->resize(count);
  return rest;
}

/// In key order, the primary first.
template <typename Item>
void sort_from_primary(std::vector<Item>* items, const std::string& primary) {
  std::sort(items->begin(), items->end(), [&](const Item& a, const Item& b) {
    const bool a_primary = key_of(a) == primary, b_primary = key_of(b) == primary;
    return a_primary != b_primary ? a_primary : key_of(a) < key_of(b);
  });
}

/// One phase of a transaction over the regions of its keys.
struct Phase {
  TikvClient::Impl& impl;
  const TxnHead& head;
  Backoff backoff;

  Phase(TikvClient& client, const TxnHead& h)
      : impl(client.impl()), head(h), backoff(impl.calls.backoff()) {}

  /// Runs `send` on each region's share; where it returns false, it is sent again.
  template <typename Item, typename Send>
  Status run(std::vector<Item> items, Send send) {
    sort_from_primary(&items, head.primary);
    auto take = [&](const RegionPtr& region, std::vector<Item> group) -> Result<std::vector<Item>> {
      std::vector<Item> rest = cut_off(&group);
      TBL_ASSIGN(const bool done, send(region, group));
      if (done) return rest;
      std::move(rest.begin(), rest.end(), std::back_inserter(group));
      return group;
    };
    return for_each_region(
        impl.calls, std::move(items), backoff, [](const Item& item) { return key_of(item); }, take);
  }
};

void fill_conflict(const kvrpcpb::WriteConflict& conflict, KeyFailure* out) {
  out->kind = KeyFailure::Kind::kConflict;
  out->key = conflict.key();
  out->primary = conflict.primary();
  out->other_start_ts = conflict.conflict_ts();
  out->other_commit_ts = conflict.conflict_commit_ts();
}

void fill_failure(const kvrpcpb::KeyError& error, KeyFailure* out) {
  *out = KeyFailure();
  if (error.has_conflict()) {
    fill_conflict(error.conflict(), out);
  } else if (error.has_already_exist()) {
    out->kind = KeyFailure::Kind::kAlreadyExists;
    out->key = error.already_exist().key();
  } else if (error.has_locked()) {
    out->kind = KeyFailure::Kind::kLocked;
    out->key = error.locked().key();
    out->primary = error.locked().primary_lock();
    out->other_start_ts = error.locked().lock_version();
  } else if (error.has_deadlock()) {
    out->kind = KeyFailure::Kind::kDeadlock;
    out->key = error.deadlock().lock_key();
    out->other_start_ts = error.deadlock().lock_ts();
  } else if (error.has_txn_lock_not_found() || error.has_txn_not_found() ||
             !error.abort().empty() || !error.retryable().empty()) {
    out->kind = KeyFailure::Kind::kLockNotFound;
  }
}

/// Ok: the request may be sent again at once. An error ends the call. What to do about the lock of
/// a live transaction is `wait`'s to say; null: it ends the call with kLocked.
Status clear_errors(Phase& phase,
                    const google::protobuf::RepeatedPtrField<kvrpcpb::KeyError>& errors,
                    const LockWaiter& wait, KeyFailure* failure) {
  std::vector<kvrpcpb::LockInfo> locks;
  for (const auto& error : errors) {
    if (!error.has_locked()) {
      fill_failure(error, failure);
      return to_status(error);
    }
    locks.push_back(error.locked());
  }
  TBL_ASSIGN(const bool clear, phase.impl.locks.resolve(locks, 0, nullptr, phase.backoff));
  if (clear) return ok_status();
  fill_failure(errors[0], failure);
  if (!wait) return lock_status(locks.front());
  const KeyFailure holder = std::exchange(*failure, KeyFailure());
  return wait(holder);
}

/// True: answered without errors. False: to be sent again, to another region or past cleared locks.
template <typename Request, typename Response>
Result<bool> send_past_locks(Phase& phase, const char* method, const RegionPtr& region,
                             Request& request, Response* response, const LockWaiter& wait,
                             KeyFailure* failure) {
  TBL_ASSIGN(const Outcome outcome,
             phase.impl.calls.send(method, region, request, response, phase.backoff));
  if (outcome == Outcome::kRelocate) return false;
  if (response->errors().empty()) return true;
  TBL_TRY(clear_errors(phase, response->errors(), wait, failure));
  return false;
}

void fill_prewrite(const TxnHead& head, const std::vector<TxnWrite>& group,
                   kvrpcpb::PrewriteRequest* request) {
  for (const auto& write : group) {
    auto* out = request->add_mutations();
    out->set_op(static_cast<kvrpcpb::Op>(write.op));
    out->set_key(write.key);
    out->set_value(write.value);
    if (head.for_update_ts > 0) {
      request->add_pessimistic_actions(write.holds_lock
                                           ? kvrpcpb::PrewriteRequest::DO_PESSIMISTIC_CHECK
                                           : kvrpcpb::PrewriteRequest::SKIP_PESSIMISTIC_CHECK);
    }
  }
  request->set_primary_lock(head.primary);
  request->set_start_version(head.start_ts);
  request->set_lock_ttl(head.ttl_ms);
  request->set_txn_size(head.txn_size);
  request->set_for_update_ts(head.for_update_ts);
}

kvrpcpb::PessimisticLockRequest lock_request(const TxnHead& head) {
  kvrpcpb::PessimisticLockRequest request;
  request.set_primary_lock(head.primary);
  request.set_start_version(head.start_ts);
  request.set_lock_ttl(head.ttl_ms);
  request.set_for_update_ts(head.for_update_ts);
  request.set_wait_timeout(kNoWait);
  return request;
}

kvrpcpb::Mutation* add_lock(const std::string& key, kvrpcpb::PessimisticLockRequest* request) {
  auto* out = request->add_mutations();
  out->set_op(kvrpcpb::PessimisticLock);
  out->set_key(key);
  return out;
}

Result<bool> commit_region(Phase& phase, const RegionPtr& region,
                           const std::vector<std::string>& group, uint64_t commit_ts,
                           bool* maybe_done) {
  kvrpcpb::CommitRequest request;
  for (const auto& key : group) request.add_keys(key);
  request.set_start_version(phase.head.start_ts);
  request.set_commit_version(commit_ts);
  kvrpcpb::CommitResponse response;
  TBL_ASSIGN(const Outcome outcome, phase.impl.calls.send("KvCommit", region, request, &response,
                                                          phase.backoff, maybe_done));
  if (outcome == Outcome::kRelocate) return false;
  // The store knows now: whatever was lost before is settled.
  *maybe_done = false;
  if (response.has_error()) return to_status(response.error());
  return true;
}

/// Adds to a request's `keys` those of `others` that may go along; returns the rest.
std::vector<std::string> take_along(const Region& region, const std::vector<std::string>& others,
                                    std::vector<std::string>* keys) {
  std::vector<std::string> rest;
  size_t bytes = 0;
  for (const auto& key : others) {
    if (bytes >= kRequestBytes || !region.contains(key)) {
      rest.push_back(key);
      continue;
    }
    bytes += key.size();
    keys->push_back(key);
  }
  return rest;
}

}  // namespace

Status TxnCalls::prewrite(const TxnHead& head, const std::vector<TxnWrite>& writes,
                          KeyFailure* failure, const LockWaiter& wait) {
  Phase phase(client_, head);
  const LockWaiter a_while = [&](const KeyFailure& holder) -> Status {
    const Status locked = unavailable("key " + to_hex(holder.key) + " is locked by transaction " +
                                      std::to_string(holder.other_start_ts));
    if (!wait) {
      Status waited = phase.backoff.wait(locked);
      if (!waited.ok()) *failure = holder;
      return waited;
    }
    TBL_TRY(wait(holder));
    phase.backoff.restart();
    return ok_status();
  };
  auto send = [&](const RegionPtr& region, const std::vector<TxnWrite>& group) -> Result<bool> {
    kvrpcpb::PrewriteRequest request;
    fill_prewrite(head, group, &request);
    kvrpcpb::PrewriteResponse response;
    return send_past_locks(phase, "KvPrewrite", region, request, &response, a_while, failure);
  };
  return phase.run(writes, send);
}

Status TxnCalls::commit_primary(const TxnHead& head, uint64_t commit_ts,
                                std::vector<std::string>* others) {
  bool maybe_done = false;
  Phase phase(client_, head);
  auto send = [&](const RegionPtr& region, const std::vector<std::string>& group) -> Result<bool> {
    std::vector<std::string> keys = group;
    std::vector<std::string> rest;
    if (others != nullptr) rest = take_along(*region, *others, &keys);
    TBL_ASSIGN(const bool done, commit_region(phase, region, keys, commit_ts, &maybe_done));
    if (done && others != nullptr) *others = std::move(rest);
    return done;
  };
  Status status = phase.run(std::vector<std::string>{head.primary}, send);
  if (status.ok() || !maybe_done) return status;
  return unknown_error("undetermined: commit of transaction " + std::to_string(head.start_ts) +
                       ": " + status.message());
}

Status TxnCalls::commit_others(const TxnHead& head, std::vector<std::string> keys,
                               uint64_t commit_ts) {
  bool maybe_done = false;
  Phase phase(client_, head);
  auto send = [&](const RegionPtr& region, const std::vector<std::string>& group) {
    return commit_region(phase, region, group, commit_ts, &maybe_done);
  };
  return phase.run(std::move(keys), send);
}

Status TxnCalls::rollback(const TxnHead& head, std::vector<std::string> keys) {
  Phase phase(client_, head);
  auto send = [&](const RegionPtr& region, const std::vector<std::string>& group) -> Result<bool> {
    kvrpcpb::BatchRollbackRequest request;
    for (const auto& key : group) request.add_keys(key);
    request.set_start_version(head.start_ts);
    kvrpcpb::BatchRollbackResponse response;
    TBL_ASSIGN(const Outcome outcome,
               phase.impl.calls.send("KvBatchRollback", region, request, &response, phase.backoff));
    if (outcome == Outcome::kRelocate) return false;
    if (response.has_error()) return to_status(response.error());
    return true;
  };
  return phase.run(std::move(keys), send);
}

Result<LockedValue> TxnCalls::lock_existing(const TxnHead& head, const std::string& key,
                                            KeyFailure* failure) {
  Phase phase(client_, head);
  LockedValue found;
  auto send = [&](const RegionPtr& region, const std::vector<std::string>& group) -> Result<bool> {
    kvrpcpb::PessimisticLockRequest request = lock_request(head);
    add_lock(group.front(), &request);
    request.set_return_values(true);
    request.set_lock_only_if_exists(true);
    kvrpcpb::PessimisticLockResponse response;
    TBL_ASSIGN(const bool locked, send_past_locks(phase, "KvPessimisticLock", region, request,
                                                  &response, nullptr, failure));
    if (!locked) return false;
    if (response.values().empty()) {
      // A store that does not give values (before 4.0) has locked whatever is there.
      found.locked = true;
      TBL_ASSIGN(found.value, client_.get(group.front(), head.for_update_ts));
      return true;
    }
    const bool missing =
        response.not_founds().empty() ? response.values(0).empty() : response.not_founds(0);
    found.locked = !missing;
    if (!missing) found.value = std::move(*response.mutable_values(0));
    return true;
  };
  TBL_TRY(phase.run(std::vector<std::string>{key}, send));
  return found;
}

Status TxnCalls::lock(const TxnHead& head, const std::vector<TxnLockKey>& keys,
                      KeyFailure* failure) {
  Phase phase(client_, head);
  auto send = [&](const RegionPtr& region, const std::vector<TxnLockKey>& group) -> Result<bool> {
    kvrpcpb::PessimisticLockRequest request = lock_request(head);
    bool check = false;
    for (const auto& key : group) {
      auto* out = add_lock(key.key, &request);
      if (key.must_not_exist) out->set_assertion(kvrpcpb::NotExist);
      check = check || key.must_not_exist;
    }
    request.set_check_existence(check);
    kvrpcpb::PessimisticLockResponse response;
    TBL_ASSIGN(const bool locked, send_past_locks(phase, "KvPessimisticLock", region, request,
                                                  &response, nullptr, failure));
    if (!locked) return false;
    for (size_t i = 0; i < group.size(); ++i) {
      if (!group[i].must_not_exist) continue;
      // A store that does not know check_existence (before 4.0) leaves the answer empty.
      const auto at = static_cast<int>(i);
      if (response.not_founds_size() <= at || response.not_founds(at)) continue;
      failure->kind = KeyFailure::Kind::kAlreadyExists;
      failure->key = group[i].key;
      return already_exists("key " + to_hex(group[i].key) + " already exists");
    }
    return true;
  };
  return phase.run(keys, send);
}

Status TxnCalls::unlock(const TxnHead& head, std::vector<std::string> keys) {
  Phase phase(client_, head);
  auto send = [&](const RegionPtr& region, const std::vector<std::string>& group) -> Result<bool> {
    kvrpcpb::PessimisticRollbackRequest request;
    for (const auto& key : group) request.add_keys(key);
    request.set_start_version(head.start_ts);
    request.set_for_update_ts(head.for_update_ts);
    kvrpcpb::PessimisticRollbackResponse response;
    TBL_ASSIGN(const Outcome outcome, phase.impl.calls.send("KVPessimisticRollback", region,
                                                            request, &response, phase.backoff));
    if (outcome == Outcome::kRelocate) return false;
    if (!response.errors().empty()) return to_status(response.errors(0));
    return true;
  };
  return phase.run(std::move(keys), send);
}

Result<uint64_t> TxnCalls::heart_beat(const TxnHead& head) {
  kvrpcpb::TxnHeartBeatRequest request;
  request.set_primary_lock(head.primary);
  request.set_start_version(head.start_ts);
  request.set_advise_lock_ttl(head.ttl_ms);
  kvrpcpb::TxnHeartBeatResponse response;
  Backoff backoff = client_.impl().calls.backoff();
  TBL_TRY(client_.impl().calls.send_to_key("KvTxnHeartBeat", head.primary, request, &response,
                                           backoff));
  if (response.has_error()) return to_status(response.error());
  return response.lock_ttl();
}

}  // namespace tbl::cluster
