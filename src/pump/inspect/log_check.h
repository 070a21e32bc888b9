// The segments of a data directory, read from front to end.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "pump/inspect/check.h"
#include "pump/inspect/findings.h"
#include "pump/inspect/index_reader.h"
#include "pump/storage/segment_scan.h"
#include "pump/storage/segment_set.h"
#include "pump/storage/snapshot.h"

namespace tbl::pump {

/// What the log is compared with; null: there is none that can be trusted.
struct LogCheckParts {
  SegmentSet& segments;
  const Snapshot* snapshot;
  IndexReader* index;
  Findings& findings;
};

/// Checks every byte of the segments, their footers, and that each commit that the snapshot counts
/// as released stands in the index. One thread.
class LogCheck {
 public:
  explicit LogCheck(LogCheckParts parts) : parts_(parts) {}

  void run(CheckSummary* summary);

 private:
  struct Commit {
    uint64_t start_ts = 0;
    uint64_t commit_ts = 0;
    Place place;
    bool has_prewrite = false;
  };

  void check_segment(const SegmentInfo& segment, bool newest, CheckSummary* summary);
  void check_footer(const SegmentInfo& segment, const SegmentScanResult& scan);
  void check_position(CheckSummary* summary);
  void report(const BadRange& range, uint64_t last_good_end);
  void look_up(const LogItem& item);
  bool is_released(const LogItem& item) const;
  std::optional<IndexEntry> find_entry(uint64_t commit_ts);
  /// Which of the missing ones have a prewrite here: only those should be in the index.
  void find_prewrites();
  void report_missing();
  /// 0 while no file was removed from the index's front.
  uint64_t first_indexed_ts();

  LogCheckParts parts_;
  std::vector<Commit> missing_;
};

}  // namespace tbl::pump
