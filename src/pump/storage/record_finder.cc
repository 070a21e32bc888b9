#include "pump/storage/record_finder.h"

#include <optional>

#include "pump/storage/segment_format.h"
#include "pump/storage/segment_scan.h"

namespace tbl::pump {
namespace {

constexpr int kScannedSegments = 2;

bool is_it(const BinlogHeader& header, uint64_t ts) {
  return (header.is_prewrite() ? header.start_ts : header.commit_ts) == ts;
}

}  // namespace

Result<Place> find_record(const SegmentSet& segments, uint64_t ts) {
  int scanned = 0;
  for (const SegmentInfo& segment : segments.list()) {
    if (segment.max_ts < ts) continue;  // its records are all older
    if (scanned++ == kScannedSegments) break;
    TBL_ASSIGN(auto file, segments.open(segment.id));
    std::optional<Place> found;
    const uint64_t end = segment.size - (segment.sealed ? kFooterBytes : 0);
    TBL_TRY(scan_segment(
                std::move(file), 0, end,
                [&](const LogItem& item) {
                  if (!found && is_it(item.header, ts)) found = item.place;
                },
                [](const BadRange&) {})
                .status());
    if (found) return *found;
  }
  return not_found("no binlog of ts " + std::to_string(ts));
}

}  // namespace tbl::pump
