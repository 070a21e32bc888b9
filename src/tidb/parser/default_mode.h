// A statement's text for readers that do not know the session's sql_mode.
#pragma once

#include <string>
#include <string_view>

#include "base/status.h"
#include "tidb/types/sql_mode.h"

namespace tbl::tidb {

/// `sql`, which was read under `mode`, as it reads under the default sql_mode: drainers send the
/// text of a DDL job downstream, and none of them knows the mode. What ANSI_QUOTES and
/// NO_BACKSLASH_ESCAPES read otherwise is written anew, all else stays as it is. Error 1235: ||
/// under PIPES_AS_CONCAT, which another text cannot take the place of.
Result<std::string> in_default_mode(std::string_view sql, SqlMode mode);

}  // namespace tbl::tidb
