#include "base/version.h"

#include "base/log.h"

#ifndef TBL_RELEASE_VERSION
#define TBL_RELEASE_VERSION "v0.1.0"
#endif
#ifndef TBL_GIT_HASH
#define TBL_GIT_HASH "unknown"
#endif

namespace tbl {
namespace {

constexpr char kBuildTime[] = __DATE__ " " __TIME__;
// The originals name their Go version here; ours is the compiler.
constexpr char kCompiler[] = "none (C++20, gcc " __VERSION__ ")";
constexpr char kPlatform[] = "linux/amd64";

}  // namespace

std::string version_text() {
  return std::string("Release Version: ") + TBL_RELEASE_VERSION +
         "\nGit Commit Hash: " + TBL_GIT_HASH + "\nBuild TS: " + kBuildTime +
         "\nGo Version: " + kCompiler + "\nGo OS/Arch: " + kPlatform + "\n\n";
}

void log_welcome(const std::string& program) {
  log_always(LogLevel::kInfo, "Welcome to " + program,
             {{"Release Version", TBL_RELEASE_VERSION},
              {"Git Commit Hash", TBL_GIT_HASH},
              {"Build TS", kBuildTime},
              {"Go Version", kCompiler},
              {"Go OS/Arch", kPlatform}});
}

}  // namespace tbl
