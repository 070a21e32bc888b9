// What the catalog needs of a transaction to keep schema metadata in TiKV.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "base/bytes.h"
#include "base/status.h"

namespace tbl::tidb {

/// Keys and values of one transaction: reads see its snapshot and its own writes; nothing is
/// visible to others before it commits. Implemented by kv's transactions, in tests by a map. One
/// thread at a time.
class MetaStore {
 public:
  virtual ~MetaStore() = default;
  /// Nothing when the key has no value.
  virtual Result<std::optional<std::string>> meta_get(Bytes key) = 0;
  virtual Status meta_put(Bytes key, Bytes value) = 0;
  virtual Status meta_remove(Bytes key) = 0;
  /// Calls `visit` for every pair whose key begins with `prefix`, in key order; an error of `visit`
  /// ends the scan and is returned. The store must not be written to meanwhile.
  using Visit = std::function<Status(Bytes key, Bytes value)>;
  virtual Status meta_scan(Bytes prefix, const Visit& visit) = 0;
};

}  // namespace tbl::tidb
