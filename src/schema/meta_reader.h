// How this folder reads TiDB's meta keys; src/cluster gives the real one, tests a map.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "base/bytes.h"
#include "base/status.h"

namespace tbl::schema {

/// Snapshot reads of TiKV. One thread at a time.
class MetaReader {
 public:
  virtual ~MetaReader() = default;
  /// Value of `key` as of `ts`; nothing when there is none.
  virtual Result<std::optional<std::string>> get(Bytes key, uint64_t ts) = 0;
  /// Calls `visit` for every pair in [start, end) as of `ts`, in key order, reading in portions; an
  /// error of `visit` ends the scan and is returned.
  using Visit = std::function<Status(Bytes key, Bytes value)>;
  virtual Status scan(Bytes start, Bytes end, uint64_t ts, const Visit& visit) = 0;
};

}  // namespace tbl::schema
