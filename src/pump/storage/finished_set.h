// The recently finished transactions, to tell a repeated record from a new one.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <unordered_map>
#include <vector>

namespace tbl::pump {

/// The transactions finished last, those of 30 minutes by their ts, at most kLimit released and as
/// many others. The released ones can be read back from the index after a restart. Not thread-safe.
class FinishedSet {
 public:
  static constexpr size_t kLimit = 1 << 18;

  /// Finished without being released.
  struct Unreleased {
    uint64_t start_ts = 0;
    uint64_t commit_ts = 0;  ///< of one that committed too late, 0: dropped
    uint64_t at_ts = 0;      ///< U at that time

    bool operator==(const Unreleased&) const = default;
  };

  /// In ascending order of commit ts.
  void add_released(uint64_t start_ts, uint64_t commit_ts);
  void add_unreleased(const Unreleased& txn);
  /// Commit ts, 0 for a dropped one; nothing when unknown or forgotten.
  std::optional<uint64_t> find(uint64_t start_ts) const;
  /// Oldest first.
  const std::deque<Unreleased>& unreleased() const { return unreleased_; }

 private:
  struct Released {
    uint64_t start_ts;
    uint64_t commit_ts;
  };

  std::deque<Released> released_;
  std::deque<Unreleased> unreleased_;
  std::unordered_map<uint64_t, uint64_t> commit_ts_of_;
};

}  // namespace tbl::pump
