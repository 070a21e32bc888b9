#include "pump/write_gate.h"

namespace tbl::pump {

bool WriteGate::pass_or_wait(Waiter waiter) {
  {
    std::lock_guard lock(mutex_);
    if (settled_ && status_.ok()) return true;
    if (!settled_) {
      waiters_.push_back(std::move(waiter));
      return false;
    }
  }
  waiter(status_);  // no longer changes
  return false;
}

bool WriteGate::open() const {
  std::lock_guard lock(mutex_);
  return settled_ && status_.ok();
}

void WriteGate::settle(const Status& status) {
  std::vector<Waiter> waiters;
  {
    std::lock_guard lock(mutex_);
    if (settled_) return;
    settled_ = true;
    status_ = status;
    waiters.swap(waiters_);
  }
  for (Waiter& waiter : waiters) waiter(status);
}

}  // namespace tbl::pump
