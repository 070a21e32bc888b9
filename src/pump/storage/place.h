// Where a record stands in the log.
#pragma once

#include <compare>
#include <cstdint>

namespace tbl::pump {

/// A record: segment file value/<segment>.vlog, offset of its first byte (the magic), payload
/// length.
struct Place {
  uint32_t segment = 0;
  uint32_t length = 0;
  uint64_t offset = 0;

  bool operator==(const Place&) const = default;
};

/// A position between two records.
struct LogPosition {
  uint32_t segment = 0;
  uint64_t offset = 0;

  auto operator<=>(const LogPosition&) const = default;
};

}  // namespace tbl::pump
