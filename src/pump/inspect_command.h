// pump -check and pump -print: what they write where, and the exit code.
#pragma once

#include <string>

#include "pump/inspect/print.h"

namespace tbl::pump {

/// Findings and a summary on stdout. 0: sound; 1: damaged; 2: it could not be checked (stderr says
/// why).
int run_check(const std::string& dir);

/// Lines on stdout, damage on stderr. 0; 1: some of the log is damaged; 2: it could not be read.
int run_print(const std::string& dir, const PrintOptions& options);

}  // namespace tbl::pump
