// Pessimistic lock requests that wait for another transaction's lock, and the deadlocks among them.
//
// A request that finds a key locked enters here, looks at the key once more (a release just before
// it entered is not told to it), and then parks what is to be done later. It is resumed when the
// lock is released or at its deadline; the request then runs again from the start. All waiters of a
// key are resumed together: which of them gets it next is decided by the latches.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/stop.h"

namespace tbl::tikv {

/// Any thread.
class LockWaits {
 public:
  using Ticket = uint64_t;
  using Deadline = std::chrono::steady_clock::time_point;
  struct Wait {
    std::string key;      ///< raw key that is locked
    uint64_t waiter = 0;  ///< start ts of the transaction that wants it
    uint64_t holder = 0;  ///< start ts of the one that has it
    Deadline deadline;
  };
  struct Entry {
    Ticket ticket = 0;
    /// Set: not entered, since `holder` already waits, directly or through others, for `waiter`.
    /// The key that the last transaction of that chain waits for.
    std::optional<std::string> deadlock_key;
  };

  LockWaits();
  ~LockWaits() { stop(); }

  Entry enter(Wait wait);
  /// `resume` runs once, soon, on any thread: it must not block, and may call this object.
  void park(Ticket ticket, std::function<void()> resume);
  /// For a ticket that was entered and not parked.
  void leave(Ticket ticket);
  /// The locks of these keys are gone, durably.
  void released(const std::vector<std::string>& keys);
  /// Forgets everybody; nobody is resumed any more.
  void stop();

 private:
  struct Parked {
    Wait wait;
    bool released = false;
    std::function<void()> resume;
  };

  std::optional<std::string> find_path(uint64_t from, uint64_t to) const;
  void erase(std::map<Ticket, Parked>::iterator entry);
  void watch_deadlines();

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  bool stopping_ = false;
  Ticket next_ticket_ = 1;
  std::map<Ticket, Parked> entries_;
  std::unordered_multimap<std::string, Ticket> by_key_;
  std::unordered_multimap<uint64_t, Ticket> by_waiter_;
  std::multimap<Deadline, Ticket> deadlines_;  ///< of parked ones
  std::atomic<size_t> size_{0};  ///< of entries_, to see without the mutex that it is empty
  Thread watcher_;
};

}  // namespace tbl::tikv
