// A process-wide ceiling on the bytes that wait in queues (`memory-limit`).
#pragma once

#include <condition_variable>
#include <cstdint>
#include <mutex>

#include "base/stop.h"

namespace tbl {

/// Counts bytes against a limit; any thread. A single request above the limit is granted when
/// nothing else is out, so one huge item passes alone instead of blocking for ever.
class ByteBudget {
 public:
  explicit ByteBudget(uint64_t limit) : limit_(limit) {}

  /// Waits for room. False: stop was requested, nothing is taken.
  bool acquire(uint64_t bytes, const StopToken& stop);
  bool try_acquire(uint64_t bytes);
  void release(uint64_t bytes);

  uint64_t used() const;
  uint64_t limit() const { return limit_; }

 private:
  bool fits(uint64_t bytes) const { return used_ == 0 || used_ + bytes <= limit_; }

  const uint64_t limit_;
  mutable std::mutex mutex_;
  std::condition_variable_any released_;
  uint64_t used_ = 0;
};

}  // namespace tbl
