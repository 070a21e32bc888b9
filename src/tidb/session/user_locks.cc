#include "tidb/session/user_locks.h"

#include <chrono>

#include "tidb/types/collation.h"
#include "tidb/types/sql_error.h"

namespace tbl::tidb {
namespace {

/// How often a waiting connection looks whether it was killed.
constexpr std::chrono::milliseconds kLook{100};
constexpr double kForEver = 1e9;

}  // namespace

bool UserLocks::would_close_cycle(uint64_t connection, const std::string& name) const {
  std::string wanted = name;
  for (size_t i = 0; i <= waiting_.size(); ++i) {
    const auto held = locks_.find(wanted);
    if (held == locks_.end()) return false;
    if (held->second.owner == connection) return true;
    const auto next = waiting_.find(held->second.owner);
    if (next == waiting_.end()) return false;
    wanted = next->second;
  }
  return false;
}

Result<bool> UserLocks::lock(uint64_t connection, const std::string& name, double seconds,
                             const std::function<bool()>& killed) {
  const std::string key = ascii_lower(name);
  using Clock = std::chrono::steady_clock;
  const double limit = seconds < 0 || seconds > kForEver ? kForEver : seconds;
  const auto deadline = Clock::now() + std::chrono::duration_cast<Clock::duration>(
                                           std::chrono::duration<double>(limit));
  std::unique_lock guard(mutex_);
  while (true) {
    Lock& lock = locks_[key];
    if (lock.times == 0 || lock.owner == connection) {
      lock.owner = connection;
      ++lock.times;
      return true;
    }
    if (Clock::now() >= deadline) return false;
    if (would_close_cycle(connection, key)) {
      return sql_error(kErrUserLockDeadlock,
                       "Deadlock found when trying to get user-level lock; try rolling back "
                       "transaction/releasing locks and restarting lock acquisition.");
    }
    waiting_[connection] = key;
    changed_.wait_until(guard, std::min(deadline, Clock::now() + kLook));
    waiting_.erase(connection);
    if (killed()) return query_interrupted();
  }
}

std::optional<bool> UserLocks::release(uint64_t connection, const std::string& name) {
  std::lock_guard guard(mutex_);
  const auto it = locks_.find(ascii_lower(name));
  if (it == locks_.end()) return std::nullopt;
  if (it->second.owner != connection) return false;
  if (--it->second.times == 0) {
    locks_.erase(it);
    changed_.notify_all();
  }
  return true;
}

uint64_t UserLocks::release_all(uint64_t connection) {
  std::lock_guard guard(mutex_);
  uint64_t count = 0;
  for (auto it = locks_.begin(); it != locks_.end();) {
    if (it->second.owner != connection) {
      ++it;
      continue;
    }
    count += it->second.times;
    it = locks_.erase(it);
  }
  if (count > 0) changed_.notify_all();
  return count;
}

std::optional<uint64_t> UserLocks::holder(const std::string& name) const {
  std::lock_guard guard(mutex_);
  const auto it = locks_.find(ascii_lower(name));
  if (it == locks_.end()) return std::nullopt;
  return it->second.owner;
}

}  // namespace tbl::tidb
