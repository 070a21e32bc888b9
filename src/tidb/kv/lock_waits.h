// Transactions of this server that wait for locks of others: who waits for whom.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <map>
#include <mutex>
#include <unordered_set>

namespace tbl::tidb {

/// Any thread. A transaction waits for at most one other at a time. Deadlocks among the
/// transactions of this server are found here; the store's own search finds the others.
class LockWaits {
 public:
  enum class Outcome : uint8_t {
    kTryAgain,  ///< the holder has ended, or some time has passed
    kDeadlock,  ///< the holder waits, maybe through others, for the waiter
  };

  /// A transaction of this server exists.
  void begun(uint64_t start_ts);
  /// Waits until `holder` ends, at most `limit`. One that is not of this server, or has just ended,
  /// tells nobody: then only some milliseconds.
  Outcome wait(uint64_t waiter, uint64_t holder, std::chrono::milliseconds limit);
  /// A transaction has committed or rolled back: wakes who waits for it.
  void ended(uint64_t start_ts);
  size_t size() const;

 private:
  bool would_close_cycle(uint64_t waiter, uint64_t holder) const;

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::unordered_set<uint64_t> active_;
  std::map<uint64_t, uint64_t> waits_for_;
  std::map<uint64_t, uint64_t> ended_;  ///< transaction waited for -> number of its ends seen
};

}  // namespace tbl::tidb
