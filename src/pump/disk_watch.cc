#include "pump/disk_watch.h"

#include "base/log.h"

namespace tbl::pump {

void DiskWatch::refresh() {
  auto space = env_.disk_space(dir_);
  if (!space.ok()) {
    log_error("update storage size failed", {{"error", space.status()}});
    return;
  }
  available_ = space->available_bytes;
  metrics_.disk_capacity.set(static_cast<double>(space->capacity_bytes));
  metrics_.disk_available.set(static_cast<double>(space->available_bytes));
  if (!check().ok()) {
    log_warn(
        "no available space, you may want to free up some space or decrease "
        "`stop-write-at-available-space` configuration",
        {{"available", space->available_bytes}, {"StopWriteAtAvailableSpace", limit_}});
  }
}

Status DiskWatch::check() const {
  uint64_t available = available_;
  if (limit_ == 0 || available > limit_) return ok_status();
  return unknown_error("no available space, available: " + std::to_string(available) +
                       ", StopWriteAtAvailableSpace: " + std::to_string(limit_));
}

}  // namespace tbl::pump
