// tidb_snapshot: a past moment, given as a ts or as a date and time.
#pragma once

#include <cstdint>
#include <string>

#include "base/status.h"

namespace tbl::tidb {

class Session;

/// The ts of '2020-01-02 03:04:05' (in the session's zone) or of '415000000000000000'. Error: no
/// such form (1231).
Result<uint64_t> parse_snapshot(const Session& session, const std::string& text);
/// Error 1105 when the garbage collector has passed it.
Status check_snapshot_is_kept(Session& session, uint64_t ts);

}  // namespace tbl::tidb
