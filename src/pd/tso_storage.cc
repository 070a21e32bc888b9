#include "pd/tso_storage.h"

namespace tbl::pd {

Result<int64_t> EtcdTsoStorage::load() {
  TBL_ASSIGN(const auto stored, key_.load());
  if (!stored) return int64_t{0};
  TBL_ASSIGN(const uint64_t bound, decode_number(*stored, key_.key()));
  return static_cast<int64_t>(bound);
}

Status EtcdTsoStorage::save(int64_t unix_ns) {
  return key_.store(encode_number(static_cast<uint64_t>(unix_ns)));
}

}  // namespace tbl::pd
