// The payload of a record that is not held in memory.
#pragma once

#include <cstdint>

#include "base/status.h"

namespace tbl::pump {

/// Immutable; any thread.
class LargePayload {
 public:
  virtual ~LargePayload() = default;
  virtual uint64_t size() const = 0;
  /// CRC-32C of all of it.
  virtual uint32_t crc() const = 0;
  /// All `n` bytes at `offset`, or an error.
  virtual Status read(uint64_t offset, size_t n, char* buffer) const = 0;
};

}  // namespace tbl::pump
