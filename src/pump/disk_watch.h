// Looks after the free space of the data directory.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>

#include "base/env.h"
#include "base/status.h"
#include "pump/metrics.h"

namespace tbl::pump {

/// refresh() from one thread, check() from any.
class DiskWatch {
 public:
  /// `limit_bytes` 0: writing never stops.
  DiskWatch(Env& env, std::string dir, uint64_t limit_bytes, PumpMetrics& metrics)
      : env_(env), dir_(std::move(dir)), limit_(limit_bytes), metrics_(metrics) {}

  /// Asks the file system; warns when there is too little left.
  void refresh();
  /// As of the last refresh(): "no available space, available: N, StopWriteAtAvailableSpace: M".
  Status check() const;

 private:
  Env& env_;
  const std::string dir_;
  const uint64_t limit_;
  PumpMetrics& metrics_;
  std::atomic<uint64_t> available_{UINT64_MAX};
};

}  // namespace tbl::pump
