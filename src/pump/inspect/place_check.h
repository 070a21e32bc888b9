// The records that the index and the snapshot point to.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "pump/inspect/findings.h"
#include "pump/storage/binlog_fields.h"
#include "pump/storage/segment_set.h"
#include "pump/storage/segment_window.h"
#include "pump/storage/snapshot.h"

namespace tbl::pump {

/// Reads both records of a transaction, with their checksums, and compares them with what points
/// there. Entries up to the gc ts may point to segments that are gone. One thread.
class PlaceCheck {
 public:
  PlaceCheck(const SegmentSet& segments, const Snapshot& snapshot, Findings& findings)
      : segments_(segments), snapshot_(snapshot), findings_(findings) {}

  void check(const IndexEntry& entry);
  /// A transaction of the snapshot.
  void check(uint64_t start_ts, const Txn& txn);

 private:
  struct Expected {
    uint64_t start_ts = 0;
    uint64_t commit_ts = 0;  ///< 0: a prewrite is wanted
  };
  void check_highest(const IndexEntry& entry);
  /// "" or what is wrong.
  std::string problem_of(SegmentWindow& window, const Place& place, const Expected& expected);

  const SegmentSet& segments_;
  const Snapshot& snapshot_;
  Findings& findings_;
  SegmentWindow prewrites_;
  SegmentWindow commits_;
};

}  // namespace tbl::pump
