#include "pump/storage/finished_set.h"

#include "base/clock.h"

namespace tbl::pump {
namespace {

constexpr int64_t kKeepMs = 30 * 60 * 1000;

bool expired(uint64_t ts, uint64_t now_ts) {
  return tso_physical_ms(now_ts) - tso_physical_ms(ts) > kKeepMs;
}

}  // namespace

void FinishedSet::add_released(uint64_t start_ts, uint64_t commit_ts) {
  released_.push_back({start_ts, commit_ts});
  commit_ts_of_[start_ts] = commit_ts;
  while (released_.size() > kLimit || expired(released_.front().commit_ts, commit_ts)) {
    commit_ts_of_.erase(released_.front().start_ts);
    released_.pop_front();
  }
}

void FinishedSet::add_unreleased(const Unreleased& txn) {
  unreleased_.push_back(txn);
  commit_ts_of_[txn.start_ts] = txn.commit_ts;
  while (unreleased_.size() > kLimit || expired(unreleased_.front().at_ts, txn.at_ts)) {
    commit_ts_of_.erase(unreleased_.front().start_ts);
    unreleased_.pop_front();
  }
}

std::optional<uint64_t> FinishedSet::find(uint64_t start_ts) const {
  const auto it = commit_ts_of_.find(start_ts);
  if (it == commit_ts_of_.end()) return std::nullopt;
  return it->second;
}

}  // namespace tbl::pump
