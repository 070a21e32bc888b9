// A clock that tests can move.
#pragma once

#include <atomic>
#include <string>

#include "base/clock.h"

namespace tbl::pd {

/// The system clock plus the milliseconds that a file holds. Any thread.
class FileShiftedClock : public Clock {
 public:
  /// `path` empty: never shifted.
  explicit FileShiftedClock(std::string path) : path_(std::move(path)) { reread(); }

  std::chrono::system_clock::time_point now() override;
  std::chrono::steady_clock::time_point steady_now() override;
  /// Takes the file's present content; no change if it is missing or no number.
  void reread();

 private:
  const std::string path_;
  std::atomic<int64_t> shift_ms_{0};
};

}  // namespace tbl::pd
