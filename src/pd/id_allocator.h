// Numbers that are given out once: ids of stores, regions and peers.
#pragma once

#include <cstdint>
#include <mutex>

#include "base/status.h"
#include "pd/fenced_key.h"

namespace tbl::pd {

/// Reserves a thousand at a time under "alloc_id", so ids jump after a restart but never repeat.
/// Any thread; blocks once in a thousand.
class IdAllocator {
 public:
  explicit IdAllocator(MetaStore& meta) : key_(meta, "alloc_id") {}

  Status load();
  Result<uint64_t> next();

 private:
  std::mutex mutex_;
  FencedKey key_;
  uint64_t last_ = 0;
  uint64_t reserved_ = 0;
};

}  // namespace tbl::pd
