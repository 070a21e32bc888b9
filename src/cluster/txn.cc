#include <algorithm>
#include <cmath>

#include "base/log.h"
#include "cluster/tikv_impl.h"
#include "cluster/txn_calls.h"

namespace tbl::cluster {
namespace {

uint64_t lock_ttl_ms(const std::vector<Mutation>& mutations) {
  uint64_t bytes = 0;
  for (const auto& m : mutations) bytes += m.key.size() + m.value.size();
  return prewrite_ttl_ms(bytes);
}

TxnHead head_of(const std::vector<Mutation>& mutations, uint64_t start_ts) {
  return {.primary = mutations.front().key,
          .start_ts = start_ts,
          .for_update_ts = 0,
          .ttl_ms = lock_ttl_ms(mutations),
          .txn_size = mutations.size()};
}

}  // namespace

uint64_t prewrite_ttl_ms(uint64_t bytes) {
  constexpr double kMinTtl = 3000, kMaxTtl = 120000, kTtlFactor = 6000;
  const double mib = static_cast<double>(bytes) / (1 << 20);
  return static_cast<uint64_t>(std::clamp(kTtlFactor * std::sqrt(mib), kMinTtl, kMaxTtl));
}

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
  std::vector<TxnWrite> writes;
  for (const auto& m : mutations_) writes.push_back({m.op, m.key, m.value, false});
  KeyFailure failure;
  return TxnCalls(client_).prewrite(head_of(mutations_, start_ts_), writes, &failure);
}

Status Txn::commit_at(uint64_t commit_ts) {
  const TxnHead head = head_of(mutations_, start_ts_);
  TBL_TRY(TxnCalls(client_).commit_primary(head, commit_ts));
  // Committed from here on: who meets one of the others still locked will find that out.
  std::vector<std::string> others;
  for (size_t i = 1; i < mutations_.size(); ++i) others.push_back(mutations_[i].key);
  const Status status = TxnCalls(client_).commit_others(head, std::move(others), commit_ts);
  if (!status.ok()) {
    log_warn("committed, but some locks are left to those who meet them",
             {{"start ts", start_ts_}, {"commit ts", commit_ts}, {"error", status}});
  }
  return ok_status();
}

Status Txn::rollback() {
  std::vector<std::string> keys;
  for (const auto& m : mutations_) keys.push_back(m.key);
  return TxnCalls(client_).rollback(head_of(mutations_, start_ts_), std::move(keys));
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
