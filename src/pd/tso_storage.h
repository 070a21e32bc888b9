// The bound of the timestamps in etcd.
#pragma once

#include "pd/fenced_key.h"
#include "pd/tso.h"

namespace tbl::pd {

/// Key "timestamp": 8 bytes big-endian.
class EtcdTsoStorage : public TsoStorage {
 public:
  explicit EtcdTsoStorage(MetaStore& meta) : key_(meta, "timestamp") {}
  Result<int64_t> load() override;
  Status save(int64_t unix_ns) override;

 private:
  FencedKey key_;
};

}  // namespace tbl::pd
