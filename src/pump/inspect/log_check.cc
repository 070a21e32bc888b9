#include "pump/inspect/log_check.h"

#include <algorithm>
#include <unordered_map>

#include "pump/storage/segment_format.h"
#include "pump/storage/segment_window.h"

namespace tbl::pump {
namespace {

/// Commits looked at more closely when the index lacks them.
constexpr size_t kMaxMissing = 100'000;

std::string name_of(const SegmentInfo& segment) { return "segment " + segment_name(segment.id); }

uint64_t data_end(const SegmentInfo& segment) {
  return segment.size - (segment.sealed ? kFooterBytes : 0);
}

uint64_t ts_of(const BinlogHeader& header) { return std::max(header.start_ts, header.commit_ts); }

}  // namespace

void LogCheck::run(CheckSummary* summary) {
  const auto segments = parts_.segments.list();
  for (const SegmentInfo& segment : segments) {
    check_segment(segment, segment.id == segments.back().id, summary);
  }
  check_position(summary);
  if (missing_.empty()) return;
  find_prewrites();
  report_missing();
}

void LogCheck::check_segment(const SegmentInfo& segment, bool newest, CheckSummary* summary) {
  ++summary->segments;
  summary->log_bytes += segment.size;
  auto file = parts_.segments.open(segment.id);
  if (!file.ok()) return parts_.findings.damage(file.status().message());
  std::vector<BadRange> bad;
  auto scan = scan_segment(
      std::move(file).value(), 0, data_end(segment),
      [&](const LogItem& item) {
        ++summary->records;
        const uint64_t ts = ts_of(item.header);
        if (summary->first_ts == 0 || ts < summary->first_ts) summary->first_ts = ts;
        summary->last_ts = std::max(summary->last_ts, ts);
        if (is_released(item)) look_up(item);
      },
      [&](const BadRange& range) { bad.push_back(range); });
  if (!scan.ok()) {
    return parts_.findings.damage(name_of(segment) + ": " + scan.status().message());
  }
  for (const BadRange& range : bad) report(range, scan->end);
  check_footer(segment, *scan);
  if (!segment.sealed && !newest && segment.size > 0) {
    parts_.findings.note(name_of(segment) + " has no footer, the next start gives it one");
  }
}

/// A crash leaves torn bytes only at the very end. Good records behind them may be of the same
/// group, whose pages reach the disk in any order: or the bytes were destroyed later.
void LogCheck::report(const BadRange& range, uint64_t last_good_end) {
  const std::string text = describe(range);
  if (range.torn_tail && range.begin >= last_good_end) {
    parts_.findings.note("unclean stops", text + ": left by an unclean stop");
  } else if (range.torn_tail) {
    parts_.findings.damage("log", text + ": destroyed, unless a loss of power tore it");
  } else {
    parts_.findings.damage("log", text);
  }
}

void LogCheck::check_footer(const SegmentInfo& segment, const SegmentScanResult& scan) {
  // A damaged record may have had the highest ts.
  if (!segment.sealed || segment.max_ts == scan.max_ts) return;
  parts_.findings.damage("footers", name_of(segment) + " offset " +
                                        std::to_string(data_end(segment)) +
                                        ": footer says max ts " + std::to_string(segment.max_ts) +
                                        ", its records have " + std::to_string(scan.max_ts));
}

void LogCheck::check_position(CheckSummary* summary) {
  if (parts_.snapshot == nullptr) return;
  summary->gc_ts = parts_.snapshot->gc_ts;
  summary->max_commit_ts = parts_.snapshot->sorter.max_ts;
  const LogPosition& position = parts_.snapshot->position;
  if (position.offset == 0) return;
  const auto segments = parts_.segments.list();
  const auto at = std::find_if(segments.begin(), segments.end(),
                               [&](const SegmentInfo& s) { return s.id == position.segment; });
  const std::string name = "segment " + segment_name(position.segment);
  if (at == segments.end()) {
    parts_.findings.damage(name + " is missing, the snapshot has seen it");
  } else if (data_end(*at) < position.offset) {
    parts_.findings.damage(name + " has " + std::to_string(data_end(*at)) +
                           " bytes, the snapshot has seen " + std::to_string(position.offset));
  }
}

bool LogCheck::is_released(const LogItem& item) const {
  if (parts_.snapshot == nullptr || parts_.index == nullptr) return false;
  const BinlogHeader& header = item.header;
  if (header.is_prewrite() || header.is_rollback() || header.commit_ts <= header.start_ts) {
    return false;
  }
  const LogPosition at{item.place.segment, item.place.offset};
  return at < parts_.snapshot->position && header.commit_ts > parts_.snapshot->gc_ts &&
         header.commit_ts <= parts_.snapshot->sorter.max_ts;
}

std::optional<IndexEntry> LogCheck::find_entry(uint64_t commit_ts) {
  const auto& tail = parts_.snapshot->index_end.tail;
  const auto at =
      std::lower_bound(tail.begin(), tail.end(), commit_ts,
                       [](const IndexEntry& e, uint64_t ts) { return e.commit_ts < ts; });
  if (at != tail.end() && at->commit_ts == commit_ts) return *at;
  return parts_.index->find(commit_ts);
}

void LogCheck::look_up(const LogItem& item) {
  const auto entry = find_entry(item.header.commit_ts);
  if (entry && entry->start_ts == item.header.start_ts) return;
  if (missing_.size() == kMaxMissing) return;
  missing_.push_back({item.header.start_ts, item.header.commit_ts, item.place});
}

void LogCheck::find_prewrites() {
  std::unordered_multimap<uint64_t, Commit*> by_start;
  for (Commit& commit : missing_) by_start.emplace(commit.start_ts, &commit);
  for (const SegmentInfo& segment : parts_.segments.list()) {
    auto file = parts_.segments.open(segment.id);
    if (!file.ok()) continue;
    // What is unreadable was reported before.
    (void)scan_segment(
        std::move(file).value(), 0, data_end(segment),
        [&](const LogItem& item) {
          if (!item.header.is_prewrite()) return;
          const auto [first, last] = by_start.equal_range(item.header.start_ts);
          for (auto it = first; it != last; ++it) it->second->has_prewrite = true;
        },
        [](const BadRange&) {});
  }
}

uint64_t LogCheck::first_indexed_ts() {
  if (parts_.index->first_block() == 0) return 0;
  const auto entries = parts_.index->read(parts_.index->first_block());
  return entries.ok() ? entries->front().commit_ts : 0;
}

void LogCheck::report_missing() {
  const uint64_t first_ts = first_indexed_ts();
  for (const Commit& commit : missing_) {
    if (!commit.has_prewrite) continue;
    const std::string text = describe(commit.place) + ": commit ts " +
                             std::to_string(commit.commit_ts) + " of start ts " +
                             std::to_string(commit.start_ts) + " is not in the index";
    if (commit.commit_ts < first_ts) {
      parts_.findings.damage("index", text + ", which begins behind it");
    } else {
      parts_.findings.note("late commits", text + ": it was proven too late, or contradicted");
    }
  }
}

}  // namespace tbl::pump
