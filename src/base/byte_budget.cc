#include "base/byte_budget.h"

namespace tbl {

bool ByteBudget::acquire(uint64_t bytes, const StopToken& stop) {
  std::unique_lock lock(mutex_);
  if (!released_.wait(lock, stop, [&] { return fits(bytes); })) return false;
  used_ += bytes;
  return true;
}

bool ByteBudget::try_acquire(uint64_t bytes) {
  std::lock_guard lock(mutex_);
  if (!fits(bytes)) return false;
  used_ += bytes;
  return true;
}

void ByteBudget::release(uint64_t bytes) {
  {
    std::lock_guard lock(mutex_);
    used_ -= bytes;
  }
  released_.notify_all();
}

uint64_t ByteBudget::used() const {
  std::lock_guard lock(mutex_);
  return used_;
}

}  // namespace tbl
