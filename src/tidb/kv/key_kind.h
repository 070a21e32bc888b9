// What a transaction has to know of the keys it writes.
#pragma once

#include <cstdint>
#include <optional>

#include "tidb/kv/mem_buffer.h"

namespace tbl::tidb {

/// The table or partition of a row's or index entry's key; nothing for metadata.
std::optional<int64_t> table_of_key(Bytes key);

/// Whether a pessimistic statement locks the key: rows, entries of unique indexes, metadata; not
/// entries whose key holds the row's handle.
bool needs_lock(Bytes key, const BufferedWrite& write);

}  // namespace tbl::tidb
