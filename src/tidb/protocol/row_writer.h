// A row of a result as bytes: text protocol (queries) and binary protocol (prepared statements).
#pragma once

#include <string>
#include <vector>

#include "base/status.h"
#include "tidb/protocol/query_handler.h"

namespace tbl::tidb::protocol {

/// Error: the row has another number of values than there are columns (a bug of the caller).
Result<std::string> write_text_row(const Row& row, const std::vector<ColumnMeta>& columns);

/// The form of a value follows its column's type, whatever kind the value has.
Result<std::string> write_binary_row(const Row& row, const std::vector<ColumnMeta>& columns);

}  // namespace tbl::tidb::protocol
