#include "pump/storage/segment_window.h"

#include <algorithm>
#include <cstring>

#include "base/crc32c.h"
#include "pump/storage/segment_format.h"

namespace tbl::pump {
namespace {

constexpr size_t kMinReadAhead = 16 << 10;
constexpr size_t kMaxReadAhead = 128 << 10;
/// Of the buffer, unless one view is larger: what is kept is moved seldom.
constexpr size_t kCapacity = 640 << 10;

Status check_header(SegmentWindow& window, const Place& place, RecordHeader* header) {
  TBL_ASSIGN(const Bytes head, window.view(place.offset, kRecordHeaderBytes));
  const auto parsed = parse_record_header(head);
  if (!parsed) return data_loss("wrong magic").wrap(describe(place));
  if (parsed->length != place.length) {
    return data_loss("length is " + std::to_string(parsed->length) + " instead of " +
                     std::to_string(place.length))
        .wrap(describe(place));
  }
  *header = *parsed;
  return ok_status();
}

}  // namespace

std::string describe(const Place& place) {
  return "segment " + segment_name(place.segment) + " offset " + std::to_string(place.offset);
}

void SegmentWindow::use(std::shared_ptr<const SegmentFile> file) {
  if (file_ != nullptr && file_->id() == file->id()) return;
  file_ = std::move(file);
  begin_ = filled_ = 0;
  read_ahead_ = kMinReadAhead;
}

Result<Bytes> SegmentWindow::view(uint64_t offset, size_t n) {
  if (!holds(offset, n)) TBL_TRY(fill(offset, n));
  const uint64_t there = begin_ + filled_ - offset;
  return Bytes(buffer_.data() + (offset - begin_), std::min<uint64_t>(n, there));
}

Status SegmentWindow::fill(uint64_t offset, size_t n) {
  const uint64_t end = begin_ + filled_;
  const bool forward = offset >= begin_ && offset <= end + kMaxReadAhead;
  read_ahead_ = forward ? std::min(read_ahead_ * 2, kMaxReadAhead) : kMinReadAhead;
  if (offset < begin_ || offset > end) {
    begin_ = offset;
    filled_ = 0;
  }
  const size_t wanted = std::max<uint64_t>(offset + n - (begin_ + filled_), read_ahead_);
  if (filled_ + wanted > buffer_.size()) make_room(offset, wanted);
  TBL_ASSIGN(const size_t got, file_->read(begin_ + filled_, wanted, buffer_.data() + filled_));
  filled_ += got;
  return ok_status();
}

void SegmentWindow::make_room(uint64_t offset, size_t wanted) {
  if (filled_ + wanted > kCapacity) {
    const uint64_t keep =
        std::min<uint64_t>(filled_, std::max<uint64_t>(kKeptBehind, begin_ + filled_ - offset));
    std::memmove(buffer_.data(), buffer_.data() + (filled_ - keep), keep);
    begin_ += filled_ - keep;
    filled_ = keep;
  }
  const size_t needed = filled_ + wanted;
  if (needed <= buffer_.size()) return;
  buffer_.resize(std::max(needed, std::min(2 * buffer_.size(), kCapacity)));
}

Result<Bytes> read_payload(SegmentWindow& window, const Place& place) {
  RecordHeader header;
  TBL_TRY(check_header(window, place, &header));
  TBL_ASSIGN(const Bytes record,
             window.view(place.offset, kRecordHeaderBytes + size_t{place.length}));
  if (record.size() < kRecordHeaderBytes + place.length) {
    return data_loss("unexpected end of file").wrap(describe(place));
  }
  const Bytes payload = record.substr(kRecordHeaderBytes);
  if (crc32c(payload) != header.crc) return data_loss("checksum mismatch").wrap(describe(place));
  return payload;
}

Status check_record(SegmentWindow& window, const Place& place) {
  RecordHeader header;
  TBL_TRY(check_header(window, place, &header));
  const uint64_t begin = place.offset + kRecordHeaderBytes;
  uint32_t crc = 0;
  for (uint64_t done = 0; done < place.length;) {
    const size_t n = std::min<uint64_t>(kMaxReadAhead, place.length - done);
    TBL_ASSIGN(const Bytes part, window.view(begin + done, n));
    if (part.empty()) return data_loss("unexpected end of file").wrap(describe(place));
    crc = crc32c(part, crc);
    done += part.size();
  }
  if (crc != header.crc) return data_loss("checksum mismatch").wrap(describe(place));
  return ok_status();
}

Result<std::string> load_payload(const SegmentSet& segments, const Place& place) {
  SegmentWindow window;
  TBL_ASSIGN(auto file, segments.open(place.segment));
  window.use(std::move(file));
  TBL_TRY(check_record(window, place));
  std::string payload(place.length, '\0');
  for (size_t done = 0; done < payload.size();) {
    const uint64_t at = place.offset + kRecordHeaderBytes + done;
    TBL_ASSIGN(const size_t n,
               window.file()->read(at, payload.size() - done, payload.data() + done));
    if (n == 0) return data_loss("unexpected end of file").wrap(describe(place));
    done += n;
  }
  return payload;
}

}  // namespace tbl::pump
