// Waiting until what has been written is on disk, many waiters to one fsync.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>

#include "base/status.h"

namespace tbl::tikv {

/// Any thread. A sync that has begun before a write may miss it, so a caller waits for the first
/// one to begin after it came; whoever finds none running runs it for all who wait.
class LogSync {
 public:
  /// `sync` makes everything durable that was written before it began; never called twice at once.
  explicit LogSync(std::function<Status()> sync) : sync_(std::move(sync)) {}

  /// Returns when everything written before the call is on disk. After a failure every further call
  /// gives the same error: what the disk lost then, a later success would not bring back.
  Status wait();

 private:
  const std::function<Status()> sync_;
  std::mutex mutex_;
  std::condition_variable changed_;
  uint64_t begun_ = 0;  ///< number of syncs
  uint64_t done_ = 0;
  bool running_ = false;
  Status failure_;
};

}  // namespace tbl::tikv
