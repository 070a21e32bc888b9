// Finding what happened to a key since a transaction started.
#pragma once

#include <cstdint>
#include <optional>

#include "tikv/mvcc/reader.h"

namespace tbl::tikv {

struct FoundConflict {
  Version version;
  bool self_rolled_back;  ///< the transaction itself was rolled back here
};

/// The newest record that forbids the transaction of `start_ts` to write: any commit at or after
/// it, or its own rollback. Rollbacks of others do not count.
Result<std::optional<FoundConflict>> find_conflict(Reader& reader, const Key& key,
                                                   uint64_t start_ts);

/// The newest record that is not a rollback.
Result<std::optional<Version>> newest_commit(Reader& reader, const Key& key);

}  // namespace tbl::tikv
