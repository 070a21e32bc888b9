#include "pump/verdict.h"

#include <algorithm>

#include "base/clock.h"
#include "base/log.h"

namespace tbl::pump {
namespace {

using cluster::KvOp;
using Kind = Verdict::Kind;

Verdict rolled_back() { return {Kind::kDropped, 0, "rolled back"}; }

Verdict committed_at(uint64_t commit_ts) {
  return {Kind::kCommitted, commit_ts, "committed at " + std::to_string(commit_ts)};
}

Verdict undecidable() {
  return {Kind::kUndecidable, 0, "no record, and garbage collection has passed the start ts"};
}

/// What the versions of the primary prove, or kWait.
Verdict read_versions(const cluster::MvccInfo& info, uint64_t start_ts) {
  for (const cluster::MvccWrite& write : info.writes) {
    // A rollback may share its place with the commit of another transaction.
    if (write.has_overlapped_rollback && write.commit_ts == start_ts) return rolled_back();
    if (write.start_ts != start_ts) continue;
    if (write.type == KvOp::kRollback) return rolled_back();
    if (write.commit_ts > start_ts) return committed_at(write.commit_ts);
    log_error("TiKV shows a commit ts that is not above the start ts",
              {{"start ts", start_ts}, {"commit ts", write.commit_ts}});
  }
  return {};
}

bool has_lock(const cluster::MvccInfo& info, uint64_t start_ts) {
  return info.lock && info.lock->start_ts == start_ts;
}

/// Age at which the lock's owner is given up.
int64_t abandoned_after_ms(const cluster::MvccLock& lock) {
  if (lock.ttl_ms == 0 || lock.ttl_ms > static_cast<uint64_t>(kYoungMs)) return kYoungMs;
  return static_cast<int64_t>(lock.ttl_ms) + kAbandonedMs;
}

/// Nothing was found: proof only when nothing can have been collected.
Result<Verdict> nothing_found(uint64_t start_ts, Oracle& oracle) {
  TBL_ASSIGN(uint64_t safe_point, oracle.gc_safe_point());
  if (safe_point >= start_ts) return undecidable();
  return Verdict{Kind::kDropped, 0, "no record"};
}

Result<Verdict> settle(const Question& question, bool locked, Oracle& oracle) {
  if (!locked) {
    TBL_ASSIGN(Verdict collected, nothing_found(question.start_ts, oracle));
    if (collected.kind == Kind::kUndecidable) return collected;
  }
  TBL_ASSIGN(auto status, oracle.settle(question.primary_key, question.start_ts));
  Verdict verdict;
  if (status.ttl_ms > 0) {
    verdict.said = "locked, alive for another " + std::to_string(status.ttl_ms) + " ms";
  } else {
    verdict = status.committed() ? committed_at(status.commit_ts) : rolled_back();
  }
  verdict.settled = true;
  return verdict;
}

}  // namespace

Result<Verdict> decide(const Question& question, Oracle& oracle) {
  TBL_ASSIGN(auto info, oracle.versions(question.primary_key));
  Verdict verdict = read_versions(info, question.start_ts);
  if (verdict.kind != Kind::kWait) return verdict;
  bool locked = has_lock(info, question.start_ts);
  bool rollback_seen = question.why == AskWhy::kRollback;
  if (rollback_seen && !locked) return nothing_found(question.start_ts, oracle);
  TBL_ASSIGN(uint64_t now, oracle.latest_ts());
  int64_t age_ms = tso_physical_ms(now) - tso_physical_ms(question.start_ts);
  int64_t patience_ms = rollback_seen ? kLockAfterRollbackMs : kYoungMs;
  if (locked) patience_ms = std::min(patience_ms, abandoned_after_ms(*info.lock));
  if (age_ms <= patience_ms) {
    verdict.young = !locked;
    verdict.said = locked ? "locked, not yet committed" : "no record yet, the transaction is young";
    return verdict;
  }
  return settle(question, locked, oracle);
}

Result<Verdict> decide_by_keys(uint64_t start_ts, const std::vector<std::string>& keys,
                               Oracle& oracle) {
  for (const std::string& key : keys) {
    TBL_ASSIGN(auto info, oracle.versions(key));
    Verdict verdict = read_versions(info, start_ts);
    if (verdict.kind != Kind::kWait) return verdict;
  }
  return undecidable();
}

}  // namespace tbl::pump
