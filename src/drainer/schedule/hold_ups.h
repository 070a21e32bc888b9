// What the applying threads wait for downstream, for people who ask why nothing moves.
#pragma once

#include <chrono>
#include <list>
#include <mutex>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/status.h"

namespace tbl::schedule {

/// The calls downstream that are under way. Any thread; outlives its calls.
class HoldUps {
 public:
  explicit HoldUps(Clock& clock = system_clock()) : clock_(clock) {}

  /// One call, with all its tries, for as long as this object lives. One thread.
  class Call {
   public:
    /// `what` is written for a reader: "rows", "the checkpoint". Commit ts 0: of none.
    Call(HoldUps& owner, uint64_t commit_ts, std::string what);
    ~Call();
    Call(const Call&) = delete;
    Call& operator=(const Call&) = delete;

    /// A try failed, and there will be another one.
    void failed(const Status& error);

   private:
    friend class HoldUps;
    HoldUps& owner_;
    const uint64_t commit_ts_;
    const std::string what_;
    const std::chrono::steady_clock::time_point begun_;
    Status error_;  // of the last try; under the owner's mutex
    std::list<const Call*>::iterator place_;
  };

  /// At most one sentence about calls that failed and are tried again, and one about calls that
  /// have no answer for more than three seconds. Nothing: nobody waits.
  std::vector<std::string> sentences() const;

 private:
  std::string sentence(const Call& oldest, size_t count) const;

  Clock& clock_;
  mutable std::mutex mutex_;
  std::list<const Call*> calls_;  // the oldest first
};

}  // namespace tbl::schedule
