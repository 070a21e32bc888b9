// The record of a finished transaction on a key, as TiKV writes it into the write CF:
//   type ('P' put, 'D' delete, 'L' lock, 'R' rollback) | uvarint start ts | optional:
//   'v' u8 length and bytes of a short value, 'R' another transaction rolled back at this commit ts
// A rollback stands at its start ts.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/bytes.h"
#include "base/status.h"
#include "tikv/mvcc/lock.h"

namespace tbl::tikv {

enum class WriteType : char { kPut = 'P', kDelete = 'D', kLock = 'L', kRollback = 'R' };

/// Whether readers see the record.
constexpr bool is_change(WriteType type) {
  return type == WriteType::kPut || type == WriteType::kDelete;
}

struct Write {
  WriteType type = WriteType::kPut;
  uint64_t start_ts = 0;
  std::optional<std::string> short_value;
  bool overlapped_rollback = false;

  bool operator==(const Write&) const = default;
};

/// What a lock becomes when it is committed; a pessimistic one changes nothing, so it counts as
/// kLock.
WriteType committed_type(LockType type);

std::string encode_write(const Write& write);
/// Error: kDataLoss.
Result<Write> decode_write(Bytes record);

}  // namespace tbl::tikv
