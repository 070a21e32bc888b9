// What -V prints and what a daemon says when it starts.
#pragma once

#include <string>

namespace tbl {

/// Where this binary comes from. All are C strings that live for ever.
struct BuildInfo {
  const char* release;     ///< "v0.1.0"
  const char* git_hash;    ///< or "unknown" when built outside of a checkout
  const char* git_branch;  ///< or "unknown"
  const char* time;        ///< when it was compiled
  const char* compiler;    ///< stands where the originals name their Go version
};
const BuildInfo& build_info();

/// "Release Version: ...", "Git Commit Hash: ...", "Build TS: ..." and two lines that scripts of
/// the originals may look for; then an empty line.
std::string version_text();

/// The start-up line ["Welcome to <program>"] with the same facts as fields, at any log level.
void log_welcome(const std::string& program);

}  // namespace tbl
