// Carries out what a sorter decided: index entries, log lines, counters.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <vector>

#include "base/log.h"
#include "pump/storage/commit_index.h"
#include "pump/storage/sorter.h"
#include "pump/storage/storage.h"

namespace tbl::pump {

/// Used by recovery, then by the sorter's thread. counters() from any thread.
class Releaser {
 public:
  explicit Releaser(CommitIndex& index) : index_(index) {}

  /// Appends the released transactions to the index and reports the events.
  void apply(const std::vector<IndexEntry>& released, const std::vector<SorterEvent>& events);
  void count_dropped(uint64_t n);
  void count_corrupt_range();

  StorageCounters counters() const;
  /// Segment -> highest commit ts in the index whose P stands there.
  std::map<uint32_t, uint64_t>& highest_pointing() { return highest_pointing_; }

 private:
  void report(const SorterEvent& event);
  bool in_index(const SorterEvent& event) const;

  CommitIndex& index_;
  std::map<uint32_t, uint64_t> highest_pointing_;
  LogEvery late_every_{1000};
  LogEvery without_p_every_{1000};
  LogEvery conflict_every_{1000};
  mutable std::mutex mutex_;
  StorageCounters counters_;
};

}  // namespace tbl::pump
