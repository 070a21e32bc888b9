#include "pump/storage/releaser.h"

#include <algorithm>

namespace tbl::pump {

void Releaser::apply(const std::vector<IndexEntry>& released,
                     const std::vector<SorterEvent>& events) {
  index_.append(released);
  for (const IndexEntry& entry : released) {
    uint64_t& highest = highest_pointing_[entry.prewrite.segment];
    highest = std::max(highest, entry.commit_ts);
  }
  for (const SorterEvent& event : events) report(event);
}

bool Releaser::in_index(const SorterEvent& event) const {
  const auto entry = index_.find(event.commit_ts);
  return entry.ok() && entry->start_ts == event.start_ts;
}

void Releaser::report(const SorterEvent& event) {
  using Kind = SorterEvent::Kind;
  const bool may_be_repeated =
      event.kind == Kind::kLateCommit || event.kind == Kind::kCommitWithoutP;
  const bool repeated = event.kind == Kind::kDuplicate || (may_be_repeated && in_index(event));
  std::lock_guard lock(mutex_);
  if (repeated) {
    ++counters_.duplicates;
    return;
  }
  switch (event.kind) {
    case Kind::kLateCommit:
      ++counters_.late_commits;
      if (late_every_.due()) {
        log_warn(
            "transaction was proven committed after later ones were served, another pump serves it",
            {{"start ts", event.start_ts},
             {"commit ts", event.commit_ts},
             {"max commit ts", event.other_ts},
             {"so far", counters_.late_commits}});
      }
      break;
    case Kind::kCommitWithoutP:
      ++counters_.commits_without_p;
      if (without_p_every_.due()) {
        log_error("commit binlog without its prewrite binlog, not served",
                  {{"start ts", event.start_ts},
                   {"commit ts", event.commit_ts},
                   {"so far", counters_.commits_without_p}});
      }
      break;
    default:
      ++counters_.conflicting_commits;
      if (conflict_every_.due()) {
        log_error("outcome of a transaction contradicts the known one, the first counts",
                  {{"start ts", event.start_ts},
                   {"commit ts", event.commit_ts},
                   {"known", event.other_ts},
                   {"so far", counters_.conflicting_commits}});
      }
  }
}

void Releaser::count_dropped(uint64_t n) {
  std::lock_guard lock(mutex_);
  counters_.dropped += n;
}

void Releaser::count_corrupt_range() {
  std::lock_guard lock(mutex_);
  ++counters_.corrupt_ranges;
}

StorageCounters Releaser::counters() const {
  std::lock_guard lock(mutex_);
  return counters_;
}

}  // namespace tbl::pump
