#include "pd/tso.h"

#include <algorithm>

#include "base/log.h"

namespace tbl::pd {
namespace {

constexpr int64_t kNsPerMs = 1'000'000;
/// The bound is moved when the physical time is this near to it, and the physical time is not moved
/// for less.
constexpr int64_t kGuardMs = 1;

}  // namespace

TsoAllocator::TsoAllocator(Clock& clock, TsoStorage& storage,
                           std::chrono::milliseconds save_interval)
    : clock_(clock), storage_(storage), save_interval_ms_(save_interval.count()) {}

Status TsoAllocator::initialize() {
  std::lock_guard saving(saving_);
  auto bound_ns = storage_.load();
  if (!bound_ns.ok()) return std::move(bound_ns).status().wrap("load the timestamp bound");
  const int64_t now_ms = clock_.unix_ms();
  const int64_t bound_ms = (*bound_ns + kNsPerMs - 1) / kNsPerMs;
  const int64_t start_ms = std::max(now_ms, bound_ms + kGuardMs);
  if (bound_ms > now_ms + save_interval_ms_) {
    log_warn("the clock is behind the timestamps given out before; continuing from those",
             {{"clock ms", now_ms}, {"timestamps ms", bound_ms}});
  }
  TBL_TRY(save_bound(start_ms));
  std::lock_guard lock(mutex_);
  last_ = {start_ms, 0};
  used_up_ = false;
  return ok_status();
}

Status TsoAllocator::save_bound(int64_t next_ms) {
  const int64_t bound_ms = next_ms + save_interval_ms_;
  TBL_TRY(storage_.save(bound_ms * kNsPerMs).wrap("save the timestamp bound"));
  bound_ms_ = bound_ms;
  return ok_status();
}

std::optional<int64_t> TsoAllocator::next_physical(int64_t now_ms) {
  std::lock_guard lock(mutex_);
  if (now_ms - last_.physical_ms > kGuardMs) return now_ms;
  if (used_up_ || last_.logical > kLogicalEnd / 2) return last_.physical_ms + 1;
  return std::nullopt;
}

Status TsoAllocator::update() {
  std::lock_guard saving(saving_);
  const auto next_ms = next_physical(clock_.unix_ms());
  if (!next_ms) return ok_status();
  if (bound_ms_ - *next_ms <= kGuardMs) TBL_TRY(save_bound(*next_ms));
  std::lock_guard lock(mutex_);
  last_ = {*next_ms, 0};
  used_up_ = false;
  return ok_status();
}

std::optional<Timestamp> TsoAllocator::allocate(uint32_t count) {
  std::lock_guard lock(mutex_);
  if (last_.logical + count >= kLogicalEnd) {
    used_up_ = true;
    return std::nullopt;
  }
  last_.logical += count;
  return last_;
}

}  // namespace tbl::pd
