// The timestamp oracle: every timestamp is above all that were given out before, also before a
// crash and when the clock was set back.
//
// In memory stand a physical millisecond and a counter; on disk a bound above every physical time
// ever used. The bound is moved ahead before the physical time reaches it, and a restart begins at
// the bound.
#pragma once

#include <chrono>
#include <cstdint>
#include <mutex>
#include <optional>

#include "base/clock.h"
#include "base/status.h"

namespace tbl::pd {

/// Where the bound is kept. Called from one thread at a time; may block.
class TsoStorage {
 public:
  virtual ~TsoStorage() = default;
  /// Unix nanoseconds; 0: nothing was ever saved.
  virtual Result<int64_t> load() = 0;
  /// Durable when it returns ok. After an error the bound may be either.
  virtual Status save(int64_t unix_ns) = 0;
};

struct Timestamp {
  int64_t physical_ms = 0;
  int64_t logical = 0;
};

/// initialize() whenever this PD begins to lead, then allocate(), and update() every
/// kUpdateInterval. Any thread.
class TsoAllocator {
 public:
  static constexpr std::chrono::milliseconds kUpdateInterval{50};
  static constexpr int64_t kLogicalEnd = 1 << kTsoLogicalBits;

  /// Clock and storage must outlive the allocator.
  TsoAllocator(Clock& clock, TsoStorage& storage, std::chrono::milliseconds save_interval);

  Status initialize();
  /// Moves the physical time to the clock's, or by one millisecond where the clock is behind and
  /// the counter is used up. While the bound cannot be saved, time stands still.
  Status update();
  /// Takes `count` >= 1 timestamps; the result is the highest, the others stand right below it.
  /// Nothing: the millisecond is used up, ask again after the next update().
  std::optional<Timestamp> allocate(uint32_t count);

 private:
  Status save_bound(int64_t next_ms);
  std::optional<int64_t> next_physical(int64_t now_ms);

  Clock& clock_;
  TsoStorage& storage_;
  const int64_t save_interval_ms_;
  std::mutex saving_;     ///< before mutex_
  int64_t bound_ms_ = 0;  ///< saved; under saving_

  std::mutex mutex_;
  Timestamp last_;
  bool used_up_ = false;  ///< an allocation did not fit
};

}  // namespace tbl::pd
