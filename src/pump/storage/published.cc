#include "pump/storage/published.h"

namespace tbl::pump {

Published::Value Published::get() const {
  std::lock_guard lock(mutex_);
  return value_;
}

void Published::set(const Value& value) {
  bool rose = false;
  {
    std::lock_guard lock(mutex_);
    rose = value.max_ts > value_.max_ts;
    value_ = value;
  }
  if (!rose) return;
  changed_.notify_all();
  std::lock_guard lock(subscribers_mutex_);
  for (const auto& changed : subscribers_) changed();
}

bool Published::wait(uint64_t beyond, const StopToken& stop,
                     std::chrono::nanoseconds timeout) const {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, stop, timeout, [&] { return value_.max_ts > beyond; });
}

std::shared_ptr<void> Published::subscribe(std::function<void()> changed) {
  std::lock_guard lock(subscribers_mutex_);
  const auto it = subscribers_.insert(subscribers_.end(), std::move(changed));
  return std::shared_ptr<void>(&*it, [this, it](void*) {
    std::lock_guard unsubscribe(subscribers_mutex_);
    subscribers_.erase(it);
  });
}

}  // namespace tbl::pump
