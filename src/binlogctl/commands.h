// What `-cmd` names. Each command prints log lines to stdout (`why`: JSON) and is silent or final
// on success.
#pragma once

#include "base/status.h"
#include "binlogctl/options.h"

namespace tbl::binlogctl {

/// Connects to what the command needs and carries it out. Error: what main() reports as "fail to
/// execute command".
Status run_command(const Options& options);

/// Text of the savepoint file: the ts, and its time in UTC and in `time_zone` as comments when a
/// zone is given. Error: the zone is unknown.
Result<std::string> savepoint_text(uint64_t commit_ts, const std::string& time_zone);

}  // namespace tbl::binlogctl
