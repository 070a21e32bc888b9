// How records stand in a relay file: magic, length, payload, CRC-32C; all numbers little endian.
#pragma once

#include <optional>
#include <string>

#include "base/bytes.h"
#include "base/status.h"

namespace tbl::relay {

constexpr uint32_t kMagic = 471532804;
/// Of a record, beside its payload.
constexpr size_t kFrameBytes = 16;

/// What stands before the payload, and what behind it.
std::string frame_head(Bytes payload);
std::string frame_tail(Bytes payload);

/// Walks over the records of one file's content. One thread; `content` must outlive it.
class FrameReader {
 public:
  explicit FrameReader(Bytes content) : content_(content) {}

  /// The next payload; nothing at the end. A record that is cut off or damaged, with nothing whole
  /// behind it, is what a crash leaves of the last one: that is the end, too, and torn() says so.
  /// Errors, kDataLoss: one that has whole ones behind it, with the place.
  Result<std::optional<Bytes>> next();

  /// Up to here all records are whole.
  size_t offset() const { return offset_; }
  /// What is wrong behind offset(); ok: nothing.
  const Status& torn() const { return torn_; }

 private:
  Result<std::optional<Bytes>> end_or_damage(const std::string& what);

  const Bytes content_;
  size_t offset_ = 0;
  Status torn_;
};

}  // namespace tbl::relay
