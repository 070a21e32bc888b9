// Messages of one call that are queued together.
#pragma once

#include <cstdint>
#include <string>

#include "base/bytes.h"

namespace tbl::rpc {

/// Framed one behind the other in one buffer: a stream of small messages costs neither an
/// allocation nor a lock for each.
class MessageBatch {
 public:
  MessageBatch() = default;
  /// In the memory of `buffer`.
  explicit MessageBatch(std::string buffer) : frames_(std::move(buffer)) { frames_.clear(); }
  /// Begins the next message: the caller appends exactly `size` bytes to the buffer it gets.
  std::string& begin(uint64_t size);
  /// Frames included.
  size_t bytes() const { return frames_.size(); }
  bool empty() const { return frames_.empty(); }
  std::string take() { return std::move(frames_); }

 private:
  std::string frames_;
};

/// Takes the first message off `frames`, which take() gave.
Bytes next_of_batch(Bytes* frames);

}  // namespace tbl::rpc
