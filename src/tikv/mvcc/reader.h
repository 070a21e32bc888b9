// What a snapshot says about keys: their lock, their versions, and how a transaction ended on them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "tikv/mvcc/engine.h"
#include "tikv/mvcc/key.h"
#include "tikv/mvcc/lock.h"
#include "tikv/mvcc/write.h"

namespace tbl::tikv {

/// A write record and where it stands.
struct Version {
  uint64_t commit_ts = 0;
  Write write;
};

struct Value {
  std::string bytes;
  uint64_t commit_ts = 0;
};

/// How a transaction ended on one key.
struct Outcome {
  enum class Kind : uint8_t {
    kUnknown,  ///< it left no record: still locked, or never here
    kCommitted,
    kRolledBack,
  };
  Kind kind = Kind::kUnknown;
  uint64_t commit_ts = 0;  ///< when committed
};

/// Reads one snapshot; one thread; must not outlive the snapshot. Errors: kDataLoss for a record
/// that does not parse or a value that is missing, kInternal from RocksDB.
class Reader {
 public:
  explicit Reader(const Snapshot& snapshot) : snapshot_(snapshot) {}

  Result<std::optional<Lock>> lock(const Key& key);
  /// The newest record of any type with commit ts <= `ts`.
  Result<std::optional<Version>> newest(const Key& key, uint64_t ts);
  /// The record below the one that newest() or older() found last, of the same key.
  Result<std::optional<Version>> older(const Key& key);
  /// The record at exactly this commit ts.
  Result<std::optional<Write>> record_at(const Key& key, uint64_t commit_ts);
  /// The newest put or delete with commit ts <= `ts`.
  Result<std::optional<Version>> newest_change(const Key& key, uint64_t ts);
  /// What a read at `ts` sees, locks apart; nothing: no such key then.
  Result<std::optional<Value>> value(const Key& key, uint64_t ts);
  /// The value of a put, from the record or the default CF.
  Result<std::string> value_of(const Key& key, uint64_t start_ts,
                               const std::optional<std::string>& short_value);
  Result<Outcome> outcome(const Key& key, uint64_t start_ts);

  const Snapshot& snapshot() const { return snapshot_; }

 private:
  Result<std::optional<Version>> version_here(const Key& key);

  const Snapshot& snapshot_;
  std::optional<Cursor> writes_;
};

}  // namespace tbl::tikv
