#include "drainer/mysql/mark_ledger.h"

#include <algorithm>

namespace tbl::mysql {

void MarkLedger::add(uint64_t number, uint64_t high_ts) {
  std::lock_guard lock(mutex_);
  view_.high_ts_by_number.emplace(number, high_ts);
}

std::vector<uint64_t> MarkLedger::at_or_below(uint64_t commit_ts) const {
  std::lock_guard lock(mutex_);
  std::vector<uint64_t> out;
  for (const auto& [number, high_ts] : view_.high_ts_by_number) {
    if (high_ts <= commit_ts) out.push_back(number);
  }
  return out;
}

void MarkLedger::remove(std::span<const uint64_t> numbers) {
  std::lock_guard lock(mutex_);
  for (uint64_t number : numbers) view_.high_ts_by_number.erase(number);
}

void MarkLedger::set_saved_ts(uint64_t commit_ts) {
  std::lock_guard lock(mutex_);
  view_.saved_ts = std::max(view_.saved_ts, commit_ts);
}

MarkLedger::View MarkLedger::view() const {
  std::lock_guard lock(mutex_);
  return view_;
}

}  // namespace tbl::mysql
