// Times in mysql.tidb, as TiDB writes them: "20190417-10:11:12 +0000".
#pragma once

#include <cstdint>
#include <string>

#include "base/status.h"

namespace tbl::tidb {

/// In UTC.
std::string format_gc_time(int64_t unix_ms);
/// Any zone offset. Error: kInvalidArgument with the text. Milliseconds since 1970.
Result<int64_t> parse_gc_time(const std::string& text);

}  // namespace tbl::tidb
