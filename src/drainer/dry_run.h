// `drainer -dry-run`: connects as a start would, changes nothing, and tells what it found.
#pragma once

#include <string>

#include "base/status.h"
#include "base/stop.h"
#include "drainer/config.h"
#include "drainer/mysql/finding.h"

namespace tbl::drainer {

/// PD, pumps, the checkpoint, the downstream server and every table that is to get rows. What
/// cannot be reached is a finding too, so this never fails.
mysql::Findings dry_run(const DrainerConfig& config, const StopToken& stop);

/// As a table: severity, check, object, finding; fatal ones first. Ends with a line that counts
/// them.
std::string format_findings(mysql::Findings findings);

bool has_fatal(const mysql::Findings& findings);

}  // namespace tbl::drainer
