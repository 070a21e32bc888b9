// The one queue between stations: bounded in bytes, closable, woken by stop.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include "base/stop.h"

namespace tbl {

/// Many producers, many consumers, first in first out. Each item carries its weight in bytes;
/// push() waits while the weights inside exceed the limit (an item above the limit enters an empty
/// queue). After close() pushes are refused and pops drain what is left, then report the end.
template <typename T>
class Queue {
 public:
  explicit Queue(uint64_t limit_bytes) : limit_(limit_bytes) {}

  /// False: closed, or stop was requested; the item is gone.
  bool push(T item, uint64_t bytes, const StopToken& stop = {}) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, stop,
                  [&] { return closed_ || items_.empty() || bytes_ + bytes <= limit_; });
    if (closed_ || stop.stop_requested()) return false;
    items_.emplace_back(std::move(item), bytes);
    bytes_ += bytes;
    lock.unlock();
    changed_.notify_all();
    return true;
  }

  /// Waits for an item. Nothing: closed and empty, or stop was requested.
  std::optional<T> pop(const StopToken& stop = {}) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, stop, [&] { return closed_ || !items_.empty(); });
    if (items_.empty() || stop.stop_requested()) return std::nullopt;
    return take(lock);
  }

  std::optional<T> try_pop() {
    std::unique_lock lock(mutex_);
    if (items_.empty()) return std::nullopt;
    return take(lock);
  }

  void close() {
    {
      std::lock_guard lock(mutex_);
      closed_ = true;
    }
    changed_.notify_all();
  }

  size_t size() const {
    std::lock_guard lock(mutex_);
    return items_.size();
  }
  uint64_t bytes() const {
    std::lock_guard lock(mutex_);
    return bytes_;
  }

 private:
  std::optional<T> take(std::unique_lock<std::mutex>& lock) {
    std::optional<T> item(std::move(items_.front().first));
    bytes_ -= items_.front().second;
    items_.pop_front();
    lock.unlock();
    changed_.notify_all();
    return item;
  }

  const uint64_t limit_;
  mutable std::mutex mutex_;
  std::condition_variable_any changed_;
  std::deque<std::pair<T, uint64_t>> items_;
  uint64_t bytes_ = 0;
  bool closed_ = false;
};

}  // namespace tbl
