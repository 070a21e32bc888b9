#include "pump/disk_watch.h"

#include <algorithm>

namespace tbl::pump {
namespace {

/// The warning begins when a quarter of the limit is left above it.
constexpr uint64_t kSoonShare = 4;

}  // namespace

void DiskWatch::refresh() {
  auto space = env_.disk_space(dir_);
  if (!space.ok()) {
    log_error("update storage size failed", {{"error", space.status()}});
    return;
  }
  capacity_ = space->capacity_bytes;
  available_ = space->available_bytes;
  written_ = 0;
  metrics_.disk_capacity.set(static_cast<double>(space->capacity_bytes));
  metrics_.disk_available.set(static_cast<double>(space->available_bytes));
  metrics_.writable.set(check().ok() ? 1 : 0);
  say(space->available_bytes);
}

void DiskWatch::say(uint64_t available) {
  const LogFields fields = {
      {"dir", dir_}, {"available", available}, {"StopWriteAtAvailableSpace", limit_}};
  const bool stopped = !check().ok();
  if (stopped && !stopped_) {
    log_error("pump takes no more prewrite, commit and rollback binlogs: the disk is full", fields);
  }
  if (stopped) {
    log_warn(
        "no available space, you may want to free up some space or decrease "
        "`stop-write-at-available-space` configuration",
        fields);
  } else if (stopped_) {
    log_warn("there is space again, pump takes binlogs", fields);
  } else if (available <= limit_ + limit_ / kSoonShare && soon_every_.due()) {
    log_warn("the disk is nearly full, pump will stop taking binlogs soon", fields);
  }
  stopped_ = stopped;
}

Status DiskWatch::check() const {
  const uint64_t written = written_;
  const uint64_t available = available_ - std::min<uint64_t>(available_, written);
  if (limit_ == 0 || available > limit_) return ok_status();
  return unknown_error("no available space, available: " + std::to_string(available) +
                       ", StopWriteAtAvailableSpace: " + std::to_string(limit_));
}

}  // namespace tbl::pump
