#include "pump/storage/recovery.h"

#include <algorithm>
#include <set>

#include "base/log.h"
#include "pump/storage/original_import.h"
#include "pump/storage/segment_format.h"
#include "pump/storage/segment_scan.h"
#include "pump/storage/snapshot.h"

namespace tbl::pump {
namespace {

constexpr size_t kRecordsPerFlush = 4096;
constexpr size_t kMaxReportBytes = 1000;
constexpr uint64_t kRewrittenBytes = 1 << 20;  ///< at a time
/// Released transactions remembered from before the start, so that a start reads little (768 KiB).
/// A repeated binlog of an older one costs a question to TiKV.
constexpr size_t kRememberedTxns = 16 << 10;

class Recovery {
 public:
  explicit Recovery(const RecoveryParts& parts) : parts_(parts) {}

  Result<Recovered> run() {
    TBL_ASSIGN(const auto original, read_original(parts_.dir.root, parts_.env));
    TBL_TRY(parts_.segments.load());
    TBL_TRY(load_state(original));
    TBL_TRY(replay());
    if (original) drop_finished_by_original(original->sorted_until);
    out_.sorter.trust_rollbacks_below(0);
    flush();
    TBL_TRY(parts_.env.sync_dir(parts_.segments.dir()));
    out_.from_original = original.has_value();
    log_info("recovered", {{"max commit ts", out_.sorter.max_ts()},
                           {"unresolved transactions", out_.sorter.unresolved()},
                           {"records replayed", replayed_}});
    return std::move(out_);
  }

 private:
  Status load_state(const std::optional<OriginalState>& original) {
    if (original) {
      // The original wrote last, so what we may have left here is stale.
      TBL_TRY(parts_.dropped.clear());
      TBL_TRY(parts_.index.reset());
      out_.gc_ts = original->gc_ts;
      out_.sorter.trust_rollbacks_below(original->max_commit_ts);
      return ok_status();
    }
    const Status status = load_snapshot();
    if (!status.ok()) {
      if (status.code() != StatusCode::kDataLoss) return status;
      log_error("no usable snapshot, will rebuild everything from the log", {{"error", status}});
      out_.sorter = Sorter();
      out_.position = {};
      out_.segment_max_ts = 0;
      parts_.releaser.highest_pointing().clear();
      has_snapshot_ = false;
      TBL_TRY(parts_.index.reset());
    }
    TBL_ASSIGN(const auto dropped, parts_.dropped.read());
    dropped_.insert(dropped.begin(), dropped.end());
    for (const uint64_t start_ts : dropped) out_.sorter.drop(start_ts);
    return ok_status();
  }

  Status load_snapshot() {
    if (!parts_.env.exists(parts_.dir.snapshot())) return parts_.index.reset();
    TBL_ASSIGN(const std::string data, parts_.env.read_file(parts_.dir.snapshot()));
    TBL_ASSIGN(Snapshot snapshot, decode_snapshot(data));
    out_.gc_ts = snapshot.gc_ts;
    TBL_TRY(parts_.index.open(std::move(snapshot.index_end)));
    TBL_ASSIGN(const auto finished, parts_.index.read_last(kRememberedTxns));
    out_.sorter = Sorter(std::move(snapshot.sorter), finished, parts_.now_ms);
    out_.position = snapshot.position;
    out_.segment_max_ts = snapshot.segment_max_ts;
    parts_.releaser.highest_pointing() = std::move(snapshot.highest_pointing);
    has_snapshot_ = true;
    return ok_status();
  }

  Status replay() {
    const auto segments = parts_.segments.list();
    const LogPosition from = out_.position;
    for (const SegmentInfo& segment : segments) {
      const bool last = segment.id == segments.back().id;
      TBL_TRY(replay_segment(segment, from, last).wrap(parts_.segments.path(segment.id)));
    }
    if (out_.next_segment.size > 0) return ok_status();
    const bool first_start = segments.empty() && from == LogPosition();
    const uint32_t newest = segments.empty() ? 0 : segments.back().id;
    out_.next_segment = SegmentInfo{first_start ? 0 : std::max(newest, from.segment) + 1};
    return ok_status();
  }

  Status replay_segment(SegmentInfo segment, const LogPosition& from, bool last) {
    const bool seen = segment.id < from.segment;
    if (seen && segment.sealed) return ok_status();
    const bool partly = has_snapshot_ && segment.id == from.segment;
    uint64_t data_end = segment.size - (segment.sealed ? kFooterBytes : 0);
    const uint64_t begin = partly ? from.offset : 0;
    if (begin > data_end) {
      report("segment " + segment_name(segment.id) + " has " + std::to_string(data_end) +
             " bytes, the snapshot has seen " + std::to_string(begin));
    }
    TBL_ASSIGN(const SegmentScanResult scan, scan_records(segment, begin, data_end, seen));
    if (!segment.sealed && begin <= data_end) segment.size = data_end = scan.data_end;
    if (!seen) {
      out_.segment_max_ts = std::max(partly ? out_.segment_max_ts : 0, scan.max_ts);
      out_.position = {segment.id, data_end};
    }
    if (segment.sealed) return ok_status();
    segment.max_ts = seen ? scan.max_ts : out_.segment_max_ts;
    if (last && partly && data_end > 0 && data_end == begin) {
      // Ends exactly where the snapshot was taken: cleanly stopped, or idle since.
      parts_.segments.set(segment);
      out_.next_segment = segment;
      return settle(segment);
    }
    return seal(segment, begin);
  }

  Result<SegmentScanResult> scan_records(const SegmentInfo& segment, uint64_t begin, uint64_t end,
                                         bool seen) {
    TBL_ASSIGN(auto file, parts_.segments.open(segment.id));
    return scan_segment(
        std::move(file), begin, end,
        [&](const LogItem& item) {
          if (!seen) add(item);
        },
        [&](const BadRange& range) {
          if (!seen) report_bad(range);
        });
  }

  void add(const LogItem& item) {
    out_.sorter.add(item, parts_.now_ms);
    if (item.header.is_prewrite() && dropped_.contains(item.header.start_ts)) {
      out_.sorter.drop(item.header.start_ts);
    }
    if (++replayed_ % kRecordsPerFlush == 0) flush();
  }

  void flush() { parts_.releaser.apply(out_.sorter.take_released(), out_.sorter.take_events()); }

  void report_bad(const BadRange& range) {
    const std::string text = describe(range);
    if (range.torn_tail && range.ts_after != 0) {
      // Of the last group some pages reached the disk and some did not; or the disk destroyed what
      // had been acknowledged.
      log_warn("damaged bytes before the end of a segment, harmless only after a loss of power",
               {{"where", text}});
      return;
    }
    if (range.torn_tail) {
      log_info("skip what an unclean stop left at the end of a segment", {{"where", text}});
      return;
    }
    report(text);
  }

  void report(const std::string& text) {
    log_error("the log is damaged, binlogs may be lost", {{"where", text}});
    parts_.releaser.count_corrupt_range();
    if (out_.corruption.size() > kMaxReportBytes) return;
    if (!out_.corruption.empty()) out_.corruption += "; ";
    out_.corruption += text;
  }

  /// Also makes everything before the footer durable, which a stop without a crash of the machine
  /// did not. What the snapshot has not seen, from `unsure` on, may stand behind a failed sync.
  Status seal(SegmentInfo segment, uint64_t unsure) {
    TBL_ASSIGN(const auto file, open_without_reserved(segment));
    TBL_TRY(write_again(segment, unsure, *file));
    TBL_TRY(file->append(encode_footer(segment.max_ts)));
    TBL_TRY(file->sync());
    segment.size = file->size();
    segment.sealed = true;
    parts_.segments.set(segment);
    return ok_status();
  }

  Status write_again(const SegmentInfo& segment, uint64_t from, WritableFile& file) {
    if (from >= segment.size) return ok_status();
    TBL_ASSIGN(const auto reader, parts_.env.open_read(parts_.segments.path(segment.id)));
    std::string piece(std::min<uint64_t>(kRewrittenBytes, segment.size - from), '\0');
    for (uint64_t at = from; at < segment.size; at += piece.size()) {
      piece.resize(std::min<uint64_t>(piece.size(), segment.size - at));
      TBL_ASSIGN(const size_t got, reader->read(at, piece.size(), piece.data()));
      TBL_TRY(file.rewrite(at, Bytes(piece).substr(0, got)));
    }
    return ok_status();
  }

  Status settle(const SegmentInfo& segment) {
    TBL_ASSIGN(const auto file, open_without_reserved(segment));
    return file->sync();
  }

  Result<std::unique_ptr<WritableFile>> open_without_reserved(const SegmentInfo& segment) {
    TBL_ASSIGN(auto file, parts_.env.open_append(parts_.segments.path(segment.id)));
    if (file->size() > segment.size) TBL_TRY(file->truncate(segment.size));
    return file;
  }

  void drop_finished_by_original(const LogPosition& until) {
    std::vector<uint64_t> finished;
    for (const auto& [start_ts, txn] : out_.sorter.txns()) {
      const LogPosition at{txn.prewrite.segment, txn.prewrite.offset};
      if (!txn.resolved() && at < until) finished.push_back(start_ts);
    }
    for (const uint64_t start_ts : finished) out_.sorter.drop(start_ts);
  }

  RecoveryParts parts_;
  Recovered out_;
  std::set<uint64_t> dropped_;
  bool has_snapshot_ = false;
  uint64_t replayed_ = 0;
};

}  // namespace

Result<Recovered> recover(const RecoveryParts& parts) { return Recovery(parts).run(); }

}  // namespace tbl::pump
