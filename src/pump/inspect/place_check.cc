#include "pump/inspect/place_check.h"

#include "pump/storage/segment_format.h"

namespace tbl::pump {

void PlaceCheck::check(const IndexEntry& entry) {
  if (entry.commit_ts <= snapshot_.gc_ts) return;
  check_highest(entry);
  const std::string what = "commit ts " + std::to_string(entry.commit_ts) + " cannot be served: ";
  const std::string prewrite = problem_of(prewrites_, entry.prewrite, {entry.start_ts});
  if (!prewrite.empty()) findings_.damage("index", what + prewrite);
  const std::string commit = problem_of(commits_, entry.commit, {entry.start_ts, entry.commit_ts});
  if (!commit.empty()) findings_.damage("index", what + commit);
}

void PlaceCheck::check(uint64_t start_ts, const Txn& txn) {
  const std::string what = "sorter.snap: open transaction of start ts " + std::to_string(start_ts);
  const std::string prewrite = problem_of(prewrites_, txn.prewrite, {start_ts});
  if (!prewrite.empty()) findings_.damage("snapshot", what + ": " + prewrite);
  if (!txn.resolved()) return;
  const std::string commit = problem_of(commits_, txn.commit, {start_ts, txn.commit_ts});
  if (!commit.empty()) findings_.damage("snapshot", what + ": " + commit);
}

/// GC trusts this list when it removes segments.
void PlaceCheck::check_highest(const IndexEntry& entry) {
  const auto highest = snapshot_.highest_pointing.find(entry.prewrite.segment);
  if (highest != snapshot_.highest_pointing.end() && highest->second >= entry.commit_ts) return;
  findings_.damage("snapshot", "sorter.snap: its list of needed segments lacks " +
                                   segment_name(entry.prewrite.segment) +
                                   ", into which commit ts " + std::to_string(entry.commit_ts) +
                                   " points");
}

std::string PlaceCheck::problem_of(SegmentWindow& window, const Place& place,
                                   const Expected& expected) {
  if (window.file() == nullptr || window.file()->id() != place.segment) {
    auto file = segments_.open(place.segment);
    if (!file.ok()) return describe(place) + ": " + file.status().message();
    window.use(std::move(file).value());
  }
  if (Status status = check_record(window, place); !status.ok()) return status.message();
  const auto fields = parse_binlog_fields(window, place);
  if (!fields.ok()) return describe(place) + ": " + fields.status().message();
  const BinlogHeader header = to_header(*fields);
  const bool prewrite = expected.commit_ts == 0;
  const bool same = header.is_prewrite() == prewrite && header.start_ts == expected.start_ts &&
                    (prewrite || header.commit_ts == expected.commit_ts);
  if (same) return "";
  return describe(place) + ": holds start ts " + std::to_string(header.start_ts) + ", commit ts " +
         std::to_string(header.commit_ts) + ", type " + std::to_string(header.tp) +
         " instead of start ts " + std::to_string(expected.start_ts);
}

}  // namespace tbl::pump
