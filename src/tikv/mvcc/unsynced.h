// Keys whose last change can be seen already but is not on disk yet.
#pragma once

#include <atomic>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "tikv/mvcc/key.h"

namespace tbl::tikv {

/// Any thread. A change is entered before it is written and leaves when it is on disk, so a reader
/// that looks here after it took its snapshot learns of every change that a power cut could still
/// take back, and waits for the disk before it tells anybody.
class Unsynced {
 public:
  /// The keys of one change, while it lives. Commands of one key exclude each other by its latch,
  /// so no key is entered twice.
  class Entry {
   public:
    Entry(Unsynced& all, const std::vector<Key>& keys) : all_(all), keys_(keys) { all_.add(keys_); }
    ~Entry() { all_.remove(keys_); }
    Entry(const Entry&) = delete;
    Entry& operator=(const Entry&) = delete;

   private:
    Unsynced& all_;
    const std::vector<Key>& keys_;
  };

  bool contains(const Key& key) const {
    return contains_any({.lower = key.data(), .upper = key.data() + '\0'});
  }
  bool contains_any(const DataRange& range) const {
    if (count_.load() == 0) return false;
    std::lock_guard lock(mutex_);
    const auto first = keys_.lower_bound(range.lower);
    return first != keys_.end() && *first < range.upper;
  }

 private:
  void add(const std::vector<Key>& keys) {
    std::lock_guard lock(mutex_);
    for (const auto& key : keys) keys_.insert(key.data());
    count_.store(keys_.size());
  }
  void remove(const std::vector<Key>& keys) {
    std::lock_guard lock(mutex_);
    for (const auto& key : keys) keys_.erase(key.data());
    count_.store(keys_.size());
  }

  std::atomic<size_t> count_{0};
  mutable std::mutex mutex_;
  std::set<std::string> keys_;  ///< Key::data()
};

}  // namespace tbl::tikv
