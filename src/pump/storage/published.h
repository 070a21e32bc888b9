// U, as feeds see it.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <mutex>

#include "base/stop.h"

namespace tbl::pump {

/// The highest released ts and the newest fake at or below it. Any thread.
class Published {
 public:
  struct Value {
    uint64_t max_ts = 0;
    uint64_t newest_fake_ts = 0;
  };

  Value get() const;
  /// After the index holds everything up to value.max_ts. Calls the subscribers when max_ts rose.
  void set(const Value& value);
  /// True: max_ts > beyond. False: stop was requested, or the time is over.
  bool wait(uint64_t beyond, const StopToken& stop, std::chrono::nanoseconds timeout) const;
  /// `changed` is called until the handle dies; its destructor waits for a running call.
  std::shared_ptr<void> subscribe(std::function<void()> changed);

 private:
  mutable std::mutex mutex_;
  mutable std::condition_variable_any changed_;
  Value value_;

  std::mutex subscribers_mutex_;  ///< held while they are called
  std::list<std::function<void()>> subscribers_;
};

}  // namespace tbl::pump
