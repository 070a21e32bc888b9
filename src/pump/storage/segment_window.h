// Buffered reading of a segment.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "base/bytes.h"
#include "base/status.h"
#include "pump/storage/place.h"
#include "pump/storage/segment_set.h"

namespace tbl::pump {

/// Payloads up to this length are handled in memory, longer ones are read in pieces.
constexpr uint64_t kWholePayloadBytes = 1 << 20;

/// Reads a segment through one buffer, ahead of the reader while it goes forward. The last
/// kKeptBehind bytes before its end stay, for a reader who goes to and fro. One thread.
class SegmentWindow {
 public:
  /// The n bytes at `offset`, valid until the next call; fewer only at the end of the file.
  Result<Bytes> view(uint64_t offset, size_t n);
  /// These bytes of the segment were read already: a view of them moves nothing.
  bool holds(uint64_t offset, uint64_t n) const {
    return offset >= begin_ && offset + n <= begin_ + filled_;
  }
  /// Switches to another segment; the same one keeps what was read.
  void use(std::shared_ptr<const SegmentFile> file);
  const std::shared_ptr<const SegmentFile>& file() const { return file_; }

  static constexpr size_t kKeptBehind = 128 << 10;

 private:
  /// Reads on until the n bytes at `offset` are there, or the file ends.
  Status fill(uint64_t offset, size_t n);
  /// For `wanted` bytes more, without what stands well before `offset`.
  void make_room(uint64_t offset, size_t wanted);

  std::shared_ptr<const SegmentFile> file_;
  std::string buffer_;
  uint64_t begin_ = 0;  ///< offset of buffer_[0]
  size_t filled_ = 0;   ///< bytes of buffer_ that were read
  size_t read_ahead_ = 0;
};

/// Payload of a record after checking magic, length and CRC, for places of at most
/// kWholePayloadBytes; valid until the window's next view. Errors name segment and offset.
Result<Bytes> read_payload(SegmentWindow& window, const Place& place);

/// The same checks for a payload of any length, in bounded memory.
Status check_record(SegmentWindow& window, const Place& place);

/// Reads a whole payload into memory, whatever its length.
Result<std::string> load_payload(const SegmentSet& segments, const Place& place);

/// "segment 000003.vlog offset 4711"
std::string describe(const Place& place);

}  // namespace tbl::pump
