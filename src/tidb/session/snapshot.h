// tidb_snapshot: a past moment, given as a ts or as a date and time.
#pragma once

#include <cstdint>
#include <string>

#include "base/status.h"

namespace tbl::tidb {

class Session;

/// The ts of '2020-01-02 03:04:05' (in the session's zone) or of '415000000000000000'. Errors: no
/// such form (1231), older than what the garbage collector keeps.
Result<uint64_t> parse_snapshot(const Session& session, const std::string& text);

}  // namespace tbl::tidb
