// Reads a segment from front to end, past bad bytes: what recovery does.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "base/status.h"
#include "pump/storage/place.h"
#include "pump/storage/segment_set.h"
#include "pump/storage/sorter.h"

namespace tbl::pump {

/// Bytes that are no record.
struct BadRange {
  uint32_t segment = 0;
  uint64_t begin = 0;
  uint64_t end = 0;
  std::string reason;      ///< of its first byte: "wrong magic", "checksum mismatch", ...
  uint64_t ts_before = 0;  ///< highest ts of the record before it, 0: none
  uint64_t ts_after = 0;   ///< the same of the record behind it, 0: none
  /// At the end of the segment, as far back as one group of records and what is reserved behind it
  /// reach: what a crash leaves.
  bool torn_tail = false;
};

/// "segment 000003.vlog bytes 10 to 90: checksum mismatch, between ts 7 and 9"
std::string describe(const BadRange& range);

struct SegmentScanResult {
  uint64_t end = 0;  ///< end of the last good record, `from` if there is none
  uint64_t data_end =
      0;                ///< where the zeros that were only reserved begin, `end` if there are none
  uint64_t max_ts = 0;  ///< highest ts of the good records
};

/// Gives all good records of [from, end) in order to `on_record`, and bad ranges to `on_bad` (the
/// zeros that the writer reserves at the end are not bad); `end`
/// is the file's length without the footer. Memory is bounded whatever a record's length. Errors:
/// the disk's.
Result<SegmentScanResult> scan_segment(std::shared_ptr<const SegmentFile> file, uint64_t from,
                                       uint64_t end,
                                       const std::function<void(const LogItem&)>& on_record,
                                       const std::function<void(const BadRange&)>& on_bad);

}  // namespace tbl::pump
