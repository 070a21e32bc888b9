// Test helper: the transactional store as a map, with versions, locks and a clock of its own.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "tidb/kv/storage.h"

namespace tbl::tidb {

/// Any thread. Locks live until their transaction ends: there is no time to live. A read that meets
/// a lock and a prewrite that meets one wait until it is gone, at most `wait` (kUnavailable).
class MemStorage : public Storage {
 public:
  explicit MemStorage(std::chrono::milliseconds wait = std::chrono::seconds(10)) : wait_(wait) {}

  Result<uint64_t> get_ts() override;
  Result<std::optional<std::string>> get(Bytes key, uint64_t ts) override;
  Result<std::vector<KvPair>> batch_get(const std::vector<std::string>& keys, uint64_t ts) override;
  Result<std::vector<KvPair>> scan(const ScanOptions& options, uint64_t ts) override;
  Status prewrite(const TxnHead& head, const std::vector<TxnWrite>& writes, KeyFailure* failure,
                  const LockWaiter& wait) override;
  /// The primary alone.
  Status commit_primary(const TxnHead& head, uint64_t commit_ts,
                        std::vector<std::string>* others) override;
  Status commit_others(const TxnHead& head, std::vector<std::string> keys,
                       uint64_t commit_ts) override;
  Status rollback(const TxnHead& head, std::vector<std::string> keys) override;
  Status lock(const TxnHead& head, const std::vector<TxnLockKey>& keys,
              KeyFailure* failure) override;
  Result<LockedValue> lock_existing(const TxnHead& head, const std::string& key,
                                    KeyFailure* failure) override;
  Status unlock(const TxnHead& head, std::vector<std::string> keys) override;
  Result<uint64_t> heart_beat(const TxnHead& head) override;

  /// Number of keys that are locked now.
  size_t locks() const;
  int heart_beats() const { return heart_beats_; }
  /// Runs before the phase of this name ("prewrite", "commit_primary", …), without the lock of the
  /// store; an error is that phase's. For tests that interfere or break things.
  void on_call(std::function<Status(const std::string& phase)> hook);

 private:
  struct Lock {
    uint64_t start_ts = 0;
    KvOp op = KvOp::kPut;
    std::string value;
    std::string primary;
    uint64_t for_update_ts = 0;
  };
  struct Version {
    uint64_t commit_ts = 0;
    uint64_t start_ts = 0;
    KvOp op = KvOp::kPut;
    std::string value;
  };
  struct Cell {
    std::optional<Lock> lock;
    std::vector<Version> versions;  ///< newest first
  };
  using Guard = std::unique_lock<std::mutex>;

  Status call(const std::string& phase);
  Cell& cell(const std::string& key) { return cells_[key]; }
  static const Version* visible(const Cell& cell, uint64_t ts);
  bool wait_unlocked(Guard& guard, const std::string& key, uint64_t reader_ts);
  Status lock_one(const TxnHead& head, const TxnLockKey& key, KeyFailure* failure);
  Status prewrite_one(const TxnHead& head, const TxnWrite& write, KeyFailure* failure);
  void commit_key(const std::string& key, uint64_t start_ts, uint64_t commit_ts);

  const std::chrono::milliseconds wait_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::map<std::string, Cell> cells_;
  std::set<uint64_t> rolled_back_;
  uint64_t last_ts_ = 1000;
  std::function<Status(const std::string&)> hook_;
  std::atomic<int> heart_beats_{0};
};

}  // namespace tbl::tidb
