#include "tikv/mvcc/log_sync.h"

namespace tbl::tikv {

Status LogSync::wait() {
  std::unique_lock lock(mutex_);
  const uint64_t mine = begun_ + 1;
  while (done_ < mine && failure_.ok()) {
    if (running_) {
      changed_.wait(lock);
      continue;
    }
    running_ = true;
    const uint64_t number = ++begun_;
    lock.unlock();
    Status status = sync_();
    lock.lock();
    running_ = false;
    done_ = number;
    if (!status.ok()) failure_ = std::move(status);
    changed_.notify_all();
  }
  return failure_;
}

}  // namespace tbl::tikv
