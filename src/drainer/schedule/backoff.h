// Waiting between tries.
#pragma once

#include <algorithm>
#include <chrono>

#include "base/stop.h"

namespace tbl::schedule {

/// Short at first, for what is over in a moment, then a second, as the original waits. One loop's
/// own.
class Backoff {
 public:
  /// As many tries as the original makes.
  static constexpr int kMaxTries = 100;

  /// Counts a failed try, then waits. False: that was the last, or stop was requested.
  bool wait(const StopToken& stop) {
    if (++tries_ >= kMaxTries) return false;
    auto pause = pause_;
    pause_ = std::min(pause_ * 4, std::chrono::milliseconds(1000));
    return wait_for(stop, pause);
  }
  /// Not each of many tries is to be logged.
  bool is_worth_a_line() const { return tries_ % 10 == 0; }
  int tries() const { return tries_; }

 private:
  int tries_ = 0;
  std::chrono::milliseconds pause_{10};
};

}  // namespace tbl::schedule
