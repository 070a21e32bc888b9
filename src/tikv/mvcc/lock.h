// The record of a lock, as TiKV writes it into the lock CF:
//   type ('P' put, 'D' delete, 'L' lock, 'S' pessimistic) | varint length and bytes of the primary
//   key | uvarint start ts | uvarint ttl in ms | optional, each once: 'v' u8 length and bytes of a
//   short value, 'f' BE64 for-update ts, 't' BE64 transaction size, 'c' BE64 min commit ts
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/bytes.h"
#include "base/status.h"

namespace tbl::tikv {

/// Longer values stand in the default CF at the transaction's start ts.
constexpr size_t kShortValueMaxBytes = 255;

enum class LockType : char { kPut = 'P', kDelete = 'D', kLock = 'L', kPessimistic = 'S' };

struct Lock {
  LockType type = LockType::kPut;
  std::string primary;  ///< user key
  uint64_t start_ts = 0;
  uint64_t ttl_ms = 0;
  std::optional<std::string> short_value;
  uint64_t for_update_ts = 0;
  uint64_t txn_size = 0;
  uint64_t min_commit_ts = 0;

  /// Past its time to live, seen from `current_ts`.
  bool expired_at(uint64_t current_ts) const;
  bool operator==(const Lock&) const = default;
};

std::string encode_lock(const Lock& lock);
/// Error: kDataLoss.
Result<Lock> decode_lock(Bytes record);

}  // namespace tbl::tikv
