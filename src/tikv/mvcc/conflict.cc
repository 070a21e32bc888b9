#include "tikv/mvcc/conflict.h"

namespace tbl::tikv {

Result<std::optional<FoundConflict>> find_conflict(Reader& reader, const Key& key,
                                                   uint64_t start_ts) {
  TBL_ASSIGN(auto version, reader.newest(key, kMaxTs));
  while (version && version->commit_ts >= start_ts) {
    const Write& write = version->write;
    const bool rolled_back_here = version->commit_ts == start_ts &&
                                  (write.type == WriteType::kRollback || write.overlapped_rollback);
    if (rolled_back_here || write.type != WriteType::kRollback) {
      return std::optional<FoundConflict>({std::move(*version), rolled_back_here});
    }
    TBL_ASSIGN(version, reader.older(key));
  }
  return std::optional<FoundConflict>();
}

Result<std::optional<Version>> newest_commit(Reader& reader, const Key& key) {
  TBL_ASSIGN(auto version, reader.newest(key, kMaxTs));
  while (version && version->write.type == WriteType::kRollback) {
    TBL_ASSIGN(version, reader.older(key));
  }
  return version;
}

}  // namespace tbl::tikv
