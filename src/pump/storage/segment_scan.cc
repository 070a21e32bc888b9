#include "pump/storage/segment_scan.h"

#include <algorithm>
#include <optional>

#include "pump/storage/binlog_fields.h"
#include "pump/storage/segment_format.h"
#include "pump/storage/segment_window.h"

namespace tbl::pump {
namespace {

constexpr size_t kSearchBytes = 64 << 10;
constexpr size_t kMagicBytes = 4;

class Scan {
 public:
  Scan(std::shared_ptr<const SegmentFile> file, uint64_t from, uint64_t end)
      : segment_(file->id()), pos_(from), end_(end) {
    window_.use(std::move(file));
  }

  Result<SegmentScanResult> run(const std::function<void(const LogItem&)>& on_record,
                                const std::function<void(const BadRange&)>& on_bad) {
    SegmentScanResult result;
    result.end = pos_;
    while (pos_ < end_) {
      TBL_ASSIGN(const bool good, read_record());
      if (!good) {
        TBL_ASSIGN(const uint64_t reserved, reserved_begin());
        if (!bad_ && reserved <= pos_) break;
        TBL_TRY(begin_bad(reserved));
        continue;
      }
      const uint64_t ts = std::max(item_.header.start_ts, item_.header.commit_ts);
      if (bad_) finish_bad(item_.place.offset, ts, on_bad);
      last_ts_ = ts;
      result.max_ts = std::max(result.max_ts, ts);
      result.end = pos_;
      on_record(item_);
    }
    if (bad_) finish_bad(end_, 0, on_bad);
    result.data_end = pos_;
    return result;
  }

 private:
  /// Reads the record at pos_ and steps over it; false: reason_ says what is wrong there. Only an
  /// error of the disk is an error.
  Result<bool> read_record() {
    TBL_ASSIGN(const Bytes head, window_.view(pos_, kRecordHeaderBytes));
    const auto header = parse_record_header(head);
    if (!header) return bad("wrong magic");
    claimed_end_ = pos_ + kRecordHeaderBytes;
    if (header->length > kMaxPayloadBytes || header->length > end_ - claimed_end_ ||
        claimed_end_ > end_) {
      claimed_end_ = end_;
      return bad("unexpected end of file");
    }
    claimed_end_ += header->length;
    item_.place = {segment_, static_cast<uint32_t>(header->length), pos_};
    TBL_ASSIGN(const bool readable, read_payload_fields());
    if (readable) pos_ = claimed_end_;
    return readable;
  }

  Result<bool> read_payload_fields() {
    const Status status = check_record(window_, item_.place);
    if (status.code() == StatusCode::kDataLoss) return bad("checksum mismatch");
    TBL_TRY(status);
    const auto fields = parse_binlog_fields(window_, item_.place);
    if (!fields.ok()) return bad(fields.status().message());
    item_.header = to_header(*fields);
    return true;
  }

  bool bad(std::string reason) {
    reason_ = std::move(reason);
    return false;
  }

  /// Where the zeros begin that may be what the writer had reserved when it crashed; end_: there
  /// are none, or more than it reserves.
  Result<uint64_t> reserved_begin() {
    if (reserved_begin_) return *reserved_begin_;
    uint64_t at = end_;
    while (at > 0) {
      const size_t n = std::min<uint64_t>(kSearchBytes, at);
      TBL_ASSIGN(const Bytes part, window_.view(at - n, n));
      const size_t last = part.find_last_not_of('\0');
      at -= n;
      if (last != Bytes::npos) at += last + 1;
      if (last != Bytes::npos || end_ - at > kMaxGroupBytes + kReservedBytes) break;
    }
    reserved_begin_ = end_ - at > kMaxGroupBytes + kReservedBytes ? end_ : at;
    return *reserved_begin_;
  }

  /// Notes the bad byte at pos_ and goes to the next place that may begin a record.
  Status begin_bad(uint64_t written_end) {
    if (!bad_) {
      bad_ = true;
      range_ = {segment_, pos_, pos_, reason_, last_ts_};
      range_.torn_tail = written_end - pos_ <= kMaxGroupBytes;
      reaches_end_ = claimed_end_ >= end_;
    }
    claimed_end_ = 0;
    for (++pos_; pos_ + kMagicBytes <= end_;) {
      const size_t n = std::min<uint64_t>(kSearchBytes, end_ - pos_);
      TBL_ASSIGN(const Bytes part, window_.view(pos_, n));
      static const std::string kMagic = [] {
        std::string bytes;
        put_le32(bytes, kRecordMagic);
        return bytes;
      }();
      const size_t found = part.find(kMagic);
      if (found != Bytes::npos) {
        pos_ += found;
        return ok_status();
      }
      if (part.size() < kMagicBytes) break;
      pos_ += part.size() - kMagicBytes + 1;
    }
    pos_ = end_;
    return ok_status();
  }

  void finish_bad(uint64_t end, uint64_t ts_after,
                  const std::function<void(const BadRange&)>& on_bad) {
    range_.end = end;
    range_.ts_after = ts_after;
    // A record longer than a group is written alone: torn, it is the last of its segment.
    if (reaches_end_ && end == end_) range_.torn_tail = true;
    bad_ = false;
    on_bad(range_);
  }

  SegmentWindow window_;
  const uint32_t segment_;
  uint64_t pos_;
  const uint64_t end_;
  LogItem item_;
  std::string reason_;
  uint64_t claimed_end_ =
      0;  ///< end of the record that begins at pos_, if its header can be trusted
  uint64_t last_ts_ = 0;
  std::optional<uint64_t> reserved_begin_;
  bool bad_ = false;  ///< within a bad range
  bool reaches_end_ =
      false;  ///< it begins with a record's header that claims the rest of the segment
  BadRange range_;
};

}  // namespace

std::string describe(const BadRange& range) {
  return "segment " + segment_name(range.segment) + " bytes " + std::to_string(range.begin) +
         " to " + std::to_string(range.end) + ": " + range.reason + ", between ts " +
         std::to_string(range.ts_before) + " and " + std::to_string(range.ts_after);
}

Result<SegmentScanResult> scan_segment(std::shared_ptr<const SegmentFile> file, uint64_t from,
                                       uint64_t end,
                                       const std::function<void(const LogItem&)>& on_record,
                                       const std::function<void(const BadRange&)>& on_bad) {
  return Scan(std::move(file), from, end).run(on_record, on_bad);
}

}  // namespace tbl::pump
