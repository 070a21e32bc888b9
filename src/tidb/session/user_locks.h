// GET_LOCK and its kin: locks by name, held by connections of this server.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>

#include "base/status.h"

namespace tbl::tidb {

/// Any thread. A connection may hold many locks, and one lock several times. Names are compared
/// without regard to (ASCII) case.
class UserLocks {
 public:
  /// True when got, false when `seconds` are over; negative: waits without an end. `killed` is
  /// asked while waiting (1317). Error 3058 when waiting would close a cycle of connections.
  Result<bool> lock(uint64_t connection, const std::string& name, double seconds,
                    const std::function<bool()>& killed);
  /// True: was ours; false: another's; none: nobody held it.
  std::optional<bool> release(uint64_t connection, const std::string& name);
  /// All of a connection; gives how many times it held one.
  uint64_t release_all(uint64_t connection);
  std::optional<uint64_t> holder(const std::string& name) const;

 private:
  struct Lock {
    uint64_t owner = 0;
    uint64_t times = 0;
  };
  bool would_close_cycle(uint64_t connection, const std::string& name) const;

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::map<std::string, Lock> locks_;
  std::map<uint64_t, std::string> waiting_;  ///< connection -> the lock it waits for
};

}  // namespace tbl::tidb
