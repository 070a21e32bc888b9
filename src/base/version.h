// What -V prints and what a daemon says when it starts.
#pragma once

#include <string>

namespace tbl {

/// "Release Version: ...", "Git Commit Hash: ...", "Build TS: ..." and two lines that scripts of
/// the originals may look for; then an empty line.
std::string version_text();

/// The start-up line ["Welcome to <program>"] with the same facts as fields, at any log level.
void log_welcome(const std::string& program);

}  // namespace tbl
