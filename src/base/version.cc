#include "base/version.h"

#include "base/log.h"

namespace tbl {
namespace {

constexpr char kPlatform[] = "linux/amd64";

}  // namespace

const BuildInfo& build_info() {
  static constexpr BuildInfo kInfo = {TBL_RELEASE_VERSION, TBL_GIT_HASH, TBL_GIT_BRANCH,
                                      __DATE__ " " __TIME__, "none (C++20, gcc " __VERSION__ ")"};
  return kInfo;
}

std::string version_text() {
  const BuildInfo& info = build_info();
  return std::string("Release Version: ") + info.release + "\nGit Commit Hash: " + info.git_hash +
         "\nBuild TS: " + info.time + "\nGo Version: " + info.compiler +
         "\nGo OS/Arch: " + kPlatform + "\n\n";
}

void log_welcome(const std::string& program) {
  const BuildInfo& info = build_info();
  log_always(LogLevel::kInfo, "Welcome to " + program,
             {{"Release Version", info.release},
              {"Git Commit Hash", info.git_hash},
              {"Build TS", info.time},
              {"Go Version", info.compiler},
              {"Go OS/Arch", kPlatform}});
}

}  // namespace tbl
