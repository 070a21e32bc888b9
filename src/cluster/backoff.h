// Waits between tries: growing, jittered, and over at a deadline.
#pragma once

#include <chrono>

#include "base/status.h"
#include "base/stop.h"

namespace tbl::cluster {

/// One chain of tries. One thread.
class Backoff {
 public:
  using Millis = std::chrono::milliseconds;

  Backoff(Millis total, StopToken stop, Millis first = Millis(20), Millis longest = Millis(2000))
      : total_(total), first_(first), longest_(longest), stop_(std::move(stop)) {
    restart();
  }

  /// What was waited for has made progress: the next tries have the whole time again.
  void restart();

  /// Waits between half and all of the current step, then doubles it. Ok: try again. Else the chain
  /// is over: `why` with the number of tries in front (the deadline would pass), or kCancelled
  /// (stop).
  Status wait(const Status& why) { return wait_at_least(why, Millis(0)); }
  /// The same, when the other side has asked for a pause of this length.
  Status wait_at_least(const Status& why, Millis least);

  /// For a failure that told us where to go instead: the first few are followed at once.
  Status wait_a_little(const Status& why);

  /// What is left until the deadline, at most `most`; but never so little that the last try could
  /// not say what is wrong.
  Millis left(Millis most) const;
  const StopToken& stop() const { return stop_; }

 private:
  const Millis total_;
  const Millis first_;
  const Millis longest_;
  const StopToken stop_;
  std::chrono::steady_clock::time_point deadline_;
  Millis next_{0};
  int tries_ = 0;
  int hints_ = 0;
};

}  // namespace tbl::cluster
