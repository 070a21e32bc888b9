#include "tikv/mvcc/lock_waits.h"

#include <unordered_set>
#include <utility>

namespace tbl::tikv {
namespace {

/// Erases one (key, value) pair of a multimap.
template <typename Map, typename K, typename V>
void erase_pair(Map& map, const K& key, const V& value) {
  auto [begin, end] = map.equal_range(key);
  for (auto it = begin; it != end; ++it) {
    if (it->second != value) continue;
    map.erase(it);
    return;
  }
}

}  // namespace

LockWaits::LockWaits() : watcher_("lock-waits", [this] { watch_deadlines(); }) {}

LockWaits::Entry LockWaits::enter(Wait wait) {
  std::lock_guard lock(mutex_);
  if (auto key = find_path(wait.holder, wait.waiter)) return {0, std::move(key)};
  const Ticket ticket = next_ticket_++;
  by_key_.emplace(wait.key, ticket);
  by_waiter_.emplace(wait.waiter, ticket);
  entries_[ticket].wait = std::move(wait);
  size_ = entries_.size();
  return {ticket, std::nullopt};
}

std::optional<std::string> LockWaits::find_path(uint64_t from, uint64_t to) const {
  std::vector<uint64_t> todo{from};
  std::unordered_set<uint64_t> seen{from};
  while (!todo.empty()) {
    const uint64_t txn = todo.back();
    todo.pop_back();
    auto [begin, end] = by_waiter_.equal_range(txn);
    for (auto it = begin; it != end; ++it) {
      const Wait& wait = entries_.at(it->second).wait;
      if (wait.holder == to) return wait.key;
      if (seen.insert(wait.holder).second) todo.push_back(wait.holder);
    }
  }
  return std::nullopt;
}

void LockWaits::erase(std::map<Ticket, Parked>::iterator entry) {
  const auto& [ticket, parked] = *entry;
  erase_pair(by_key_, parked.wait.key, ticket);
  erase_pair(by_waiter_, parked.wait.waiter, ticket);
  if (parked.resume) erase_pair(deadlines_, parked.wait.deadline, ticket);
  entries_.erase(entry);
  size_ = entries_.size();
}

void LockWaits::park(Ticket ticket, std::function<void()> resume) {
  {
    std::lock_guard lock(mutex_);
    const auto entry = entries_.find(ticket);
    if (entry == entries_.end()) return;  // stopped
    if (!entry->second.released) {
      entry->second.resume = std::move(resume);
      deadlines_.emplace(entry->second.wait.deadline, ticket);
      changed_.notify_one();
      return;
    }
    erase(entry);
  }
  resume();
}

void LockWaits::leave(Ticket ticket) {
  std::lock_guard lock(mutex_);
  const auto entry = entries_.find(ticket);
  if (entry != entries_.end()) erase(entry);
}

void LockWaits::released(const std::vector<std::string>& keys) {
  if (size_.load() == 0) return;
  std::vector<std::function<void()>> resumed;
  {
    std::lock_guard lock(mutex_);
    for (const auto& key : keys) {
      std::vector<Ticket> tickets;
      auto [begin, end] = by_key_.equal_range(key);
      for (auto it = begin; it != end; ++it) tickets.push_back(it->second);
      for (const Ticket ticket : tickets) {
        const auto entry = entries_.find(ticket);
        entry->second.released = true;
        if (!entry->second.resume) continue;
        resumed.push_back(entry->second.resume);
        erase(entry);
      }
    }
  }
  for (const auto& resume : resumed) resume();
}

void LockWaits::watch_deadlines() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    if (deadlines_.empty()) {
      changed_.wait(lock);
      continue;
    }
    const auto [deadline, ticket] = *deadlines_.begin();
    if (std::chrono::steady_clock::now() < deadline) {
      changed_.wait_until(lock, deadline);
      continue;
    }
    const auto entry = entries_.find(ticket);
    const auto resume = entry->second.resume;
    erase(entry);
    lock.unlock();
    resume();
    lock.lock();
  }
}

void LockWaits::stop() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
    entries_.clear();
    by_key_.clear();
    by_waiter_.clear();
    deadlines_.clear();
    size_ = 0;
    changed_.notify_one();
  }
  watcher_.join();
}

}  // namespace tbl::tikv
