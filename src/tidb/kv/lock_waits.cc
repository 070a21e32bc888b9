#include "tidb/kv/lock_waits.h"

#include <algorithm>

namespace tbl::tidb {
namespace {

constexpr std::chrono::milliseconds kUnheardWait{5};

}  // namespace

void LockWaits::begun(uint64_t start_ts) {
  std::lock_guard lock(mutex_);
  active_.insert(start_ts);
}

bool LockWaits::would_close_cycle(uint64_t waiter, uint64_t holder) const {
  for (auto it = waits_for_.find(holder); it != waits_for_.end();
       it = waits_for_.find(it->second)) {
    if (it->second == waiter) return true;
  }
  return false;
}

LockWaits::Outcome LockWaits::wait(uint64_t waiter, uint64_t holder,
                                   std::chrono::milliseconds limit) {
  std::unique_lock lock(mutex_);
  if (would_close_cycle(waiter, holder)) return Outcome::kDeadlock;
  if (!active_.contains(holder)) limit = std::min(limit, kUnheardWait);
  waits_for_[waiter] = holder;
  const uint64_t before = ended_[holder];
  changed_.wait_for(lock, limit, [&] { return ended_[holder] != before; });
  waits_for_.erase(waiter);
  bool others = false;
  for (const auto& [_, waited_for] : waits_for_) others = others || waited_for == holder;
  if (!others) ended_.erase(holder);
  return Outcome::kTryAgain;
}

void LockWaits::ended(uint64_t start_ts) {
  {
    std::lock_guard lock(mutex_);
    active_.erase(start_ts);
    auto it = ended_.find(start_ts);
    if (it == ended_.end()) return;
    ++it->second;
  }
  changed_.notify_all();
}

size_t LockWaits::size() const {
  std::lock_guard lock(mutex_);
  return waits_for_.size();
}

}  // namespace tbl::tidb
