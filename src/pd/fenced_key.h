// A key of etcd that only ever moves forward.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/status.h"
#include "pd/meta_store.h"

namespace tbl::pd {

/// One key whose every write names the write before it. So a write whose answer was lost, and which
/// etcd comes to late, cannot undo a newer one; and a second PD on the same data is noticed. One
/// thread at a time; blocks.
class FencedKey {
 public:
  FencedKey(MetaStore& meta, std::string key) : meta_(meta), key_(std::move(key)) {}

  /// The present value; nothing: never written.
  Result<std::optional<std::string>> load();
  /// After an error the value may be the old or the new one. kAborted: someone else has written
  /// since.
  Status store(const std::string& value);

  const std::string& key() const { return key_; }

 private:
  MetaStore& meta_;
  const std::string key_;
  std::optional<int64_t> revision_;  ///< of the last write; nothing: not known
};

}  // namespace tbl::pd
