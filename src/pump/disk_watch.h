// Looks after the free space of the data directory.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>

#include "base/env.h"
#include "base/log.h"
#include "base/status.h"
#include "pump/metrics.h"

namespace tbl::pump {

/// Says in the log and by a gauge that writing will stop soon, that it has stopped, and that it
/// goes on. refresh() from one thread, the rest from any.
class DiskWatch {
 public:
  /// `limit_bytes` 0: writing never stops.
  DiskWatch(Env& env, std::string dir, uint64_t limit_bytes, PumpMetrics& metrics)
      : env_(env), dir_(std::move(dir)), limit_(limit_bytes), metrics_(metrics) {}

  /// Asks the file system.
  void refresh();
  /// As of the last refresh().
  DiskSpace space() const { return {capacity_, available_}; }
  uint64_t limit() const { return limit_; }
  /// So many bytes are about to be written: check() takes them off until the next refresh().
  void count(uint64_t bytes) { written_ += bytes; }
  /// As of the last refresh(), less what was counted since: "no available space, available: N,
  /// StopWriteAtAvailableSpace: M".
  Status check() const;

 private:
  Env& env_;
  const std::string dir_;
  const uint64_t limit_;
  PumpMetrics& metrics_;
  void say(uint64_t available);

  bool stopped_ = false;
  LogEvery soon_every_{60'000};
  std::atomic<uint64_t> capacity_{UINT64_MAX};
  std::atomic<uint64_t> written_{0};
  std::atomic<uint64_t> available_{UINT64_MAX};
};

}  // namespace tbl::pump
