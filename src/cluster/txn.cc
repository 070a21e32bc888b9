#include <algorithm>
#include <cmath>

#include "base/log.h"
#include "cluster/key_error.h"
#include "cluster/tikv_impl.h"

namespace tbl::cluster {
namespace {

using Outcome = RegionCalls::Outcome;
using RegionPtr = RegionCache::RegionPtr;
using Mutations = std::vector<Mutation>;

/// A region's share goes in requests of about this size (a store refuses proposals above some MiB).
constexpr size_t kRequestBytes = 256 << 10;

Bytes key_of(const Mutation& mutation) { return mutation.key; }

uint64_t lock_ttl_ms(const Mutations& mutations) {
  constexpr double kMinTtl = 3000, kMaxTtl = 120000, kTtlFactor = 6000;
  double bytes = 0;
  for (const auto& m : mutations) bytes += static_cast<double>(m.key.size() + m.value.size());
  return static_cast<uint64_t>(
      std::clamp(kTtlFactor * std::sqrt(bytes / (1 << 20)), kMinTtl, kMaxTtl));
}

/// Cuts what exceeds one request off the group, and returns it.
Mutations cut_off(Mutations* group) {
  size_t bytes = 0;
  size_t count = 0;
  while (count < group->size() && (count == 0 || bytes < kRequestBytes)) {
    bytes += (*group)[count].key.size() + (*group)[count].value.size();
    ++count;
  }
  Mutations rest(std::make_move_iterator(group->begin() + static_cast<ptrdiff_t>(count)),
                 std::make_move_iterator(group->end()));
  group->resize(count);
  return rest;
}

/// What one phase of a transaction needs.
struct Phase {
  TikvClient::Impl& impl;
  uint64_t start_ts;
  const Mutations& all;
  Backoff backoff;

  Phase(TikvClient::Impl& i, uint64_t ts, const Mutations& mutations)
      : impl(i), start_ts(ts), all(mutations), backoff(i.calls.backoff()) {}

  /// Runs `send` on each region's share, beginning with the first mutation's; where it returns
  /// false, it is sent again.
  template <typename Send>
  Status run(Mutations mutations, Send send) {
    if (mutations.size() > 1) {
      std::sort(mutations.begin() + 1, mutations.end(),
                [](const Mutation& a, const Mutation& b) { return a.key < b.key; });
    }
    auto take = [&](const RegionPtr& region, Mutations group) -> Result<Mutations> {
      Mutations rest = cut_off(&group);
      TBL_ASSIGN(const bool done, send(region, group));
      if (!done) std::move(rest.begin(), rest.end(), std::back_inserter(group));
      return done ? std::move(rest) : std::move(group);
    };
    return for_each_region(impl.calls, std::move(mutations), backoff, key_of, take);
  }
};

Result<bool> prewrite_region(Phase& phase, const RegionPtr& region, const Mutations& group) {
  kvrpcpb::PrewriteRequest request;
  for (const auto& mutation : group) {
    auto* out = request.add_mutations();
    out->set_op(static_cast<kvrpcpb::Op>(mutation.op));
    out->set_key(mutation.key);
    out->set_value(mutation.value);
  }
  request.set_primary_lock(phase.all.front().key);
  request.set_start_version(phase.start_ts);
  request.set_lock_ttl(lock_ttl_ms(phase.all));
  request.set_txn_size(phase.all.size());
  kvrpcpb::PrewriteResponse response;
  TBL_ASSIGN(const Outcome outcome,
             phase.impl.calls.send("KvPrewrite", region, request, &response, phase.backoff));
  if (outcome == Outcome::kRelocate) return false;
  if (response.errors().empty()) return true;
  std::vector<kvrpcpb::LockInfo> locks;
  for (const auto& error : response.errors()) {
    if (!error.has_locked()) return to_status(error);
    locks.push_back(error.locked());
  }
  TBL_ASSIGN(const bool clear, phase.impl.locks.resolve(locks, 0, nullptr, phase.backoff));
  if (!clear) TBL_TRY(phase.backoff.wait(lock_status(locks.front())));
  return false;
}

Result<bool> commit_region(Phase& phase, const RegionPtr& region, const Mutations& group,
                           uint64_t commit_ts, bool* maybe_done) {
  kvrpcpb::CommitRequest request;
  for (const auto& mutation : group) request.add_keys(mutation.key);
  request.set_start_version(phase.start_ts);
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

Result<bool> rollback_region(Phase& phase, const RegionPtr& region, const Mutations& group) {
  kvrpcpb::BatchRollbackRequest request;
  for (const auto& mutation : group) request.add_keys(mutation.key);
  request.set_start_version(phase.start_ts);
  kvrpcpb::BatchRollbackResponse response;
  TBL_ASSIGN(const Outcome outcome,
             phase.impl.calls.send("KvBatchRollback", region, request, &response, phase.backoff));
  if (outcome == Outcome::kRelocate) return false;
  if (response.has_error()) return to_status(response.error());
  return true;
}

}  // namespace

void Txn::buffer(KvOp op, std::string key, std::string value) {
  const auto [position, is_new] = positions_.try_emplace(key, mutations_.size());
  if (is_new) {
    mutations_.push_back({op, std::move(key), std::move(value)});
  } else {
    mutations_[position->second] = {op, std::move(key), std::move(value)};
  }
}

void Txn::put(std::string key, std::string value) {
  buffer(KvOp::kPut, std::move(key), std::move(value));
}
void Txn::insert(std::string key, std::string value) {
  buffer(KvOp::kInsert, std::move(key), std::move(value));
}
void Txn::remove(std::string key) { buffer(KvOp::kDelete, std::move(key), {}); }
void Txn::lock(std::string key) { buffer(KvOp::kLock, std::move(key), {}); }

Status Txn::prewrite() {
  Phase phase(client_.impl(), start_ts_, mutations_);
  auto send = [&](const RegionPtr& region, const Mutations& group) {
    return prewrite_region(phase, region, group);
  };
  return phase.run(mutations_, send);
}

Status Txn::commit_at(uint64_t commit_ts) {
  bool maybe_done = false;
  Phase first(client_.impl(), start_ts_, mutations_);
  auto send_first = [&](const RegionPtr& region, const Mutations& group) {
    return commit_region(first, region, group, commit_ts, &maybe_done);
  };
  if (Status status = first.run({mutations_.front()}, send_first); !status.ok()) {
    if (!maybe_done) return status;
    return unknown_error("undetermined: commit of transaction " + std::to_string(start_ts_) + ": " +
                         status.message());
  }
  // Committed from here on: who meets one of the others still locked will find that out.
  Phase others(client_.impl(), start_ts_, mutations_);
  auto send = [&](const RegionPtr& region, const Mutations& group) {
    return commit_region(others, region, group, commit_ts, &maybe_done);
  };
  const Status status = others.run({mutations_.begin() + 1, mutations_.end()}, send);
  if (!status.ok()) {
    log_warn("committed, but some locks are left to those who meet them",
             {{"start ts", start_ts_}, {"commit ts", commit_ts}, {"error", status}});
  }
  return ok_status();
}

Status Txn::rollback() {
  Phase phase(client_.impl(), start_ts_, mutations_);
  auto send = [&](const RegionPtr& region, const Mutations& group) {
    return rollback_region(phase, region, group);
  };
  return phase.run(mutations_, send);
}

Result<uint64_t> Txn::commit() {
  if (mutations_.empty()) return uint64_t{0};
  auto give_up = [this](Status why) {
    if (const Status status = rollback(); !status.ok()) {
      log_warn("locks of a failed transaction are left to their time to live",
               {{"start ts", start_ts_}, {"error", status}});
    }
    return why;
  };
  if (Status status = prewrite(); !status.ok()) return give_up(std::move(status));
  while (true) {
    const auto commit_ts = client_.impl().calls.pd().get_ts();
    if (!commit_ts.ok()) return give_up(commit_ts.status());
    Status status = commit_at(*commit_ts);
    if (status.ok()) return *commit_ts;
    // A reader has pushed the lock: a later timestamp will do.
    if (status.code() == StatusCode::kFailedPrecondition) continue;
    if (status.code() == StatusCode::kUnknown) return status;
    return give_up(std::move(status));
  }
}

}  // namespace tbl::cluster
