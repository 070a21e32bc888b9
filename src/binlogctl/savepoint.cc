#include <cstdlib>
#include <ctime>
#include <filesystem>

#include "base/clock.h"
#include "base/go_time.h"
#include "binlogctl/commands.h"

namespace tbl::binlogctl {
namespace {

/// Runs `format` with the process in another time zone. Only for a program with one thread at work.
std::string in_time_zone(const std::string& zone, uint64_t ts) {
  const char* old = std::getenv("TZ");
  const std::string saved = old != nullptr ? old : "";
  const bool had = old != nullptr;
  setenv("TZ", zone.c_str(), 1);
  tzset();
  std::string text = format_tso_time(ts);
  if (had) {
    setenv("TZ", saved.c_str(), 1);
  } else {
    unsetenv("TZ");
  }
  tzset();
  return text;
}

bool is_known_zone(const std::string& zone) {
  return zone.find("..") == std::string::npos &&
         std::filesystem::is_regular_file("/usr/share/zoneinfo/" + zone);
}

}  // namespace

Result<std::string> savepoint_text(uint64_t commit_ts, const std::string& time_zone) {
  std::string text = "commitTS = " + std::to_string(commit_ts) + "\n";
  if (time_zone.empty()) return text;
  if (time_zone != "Local" && !is_known_zone(time_zone)) {
    return invalid_argument("unknown time zone " + time_zone);
  }
  // The original writes the two times as bare lines, which makes the file unreadable as TOML.
  text += "# " + in_time_zone("UTC", commit_ts) + "\n";
  text += "# " +
          (time_zone == "Local" ? format_tso_time(commit_ts) : in_time_zone(time_zone, commit_ts)) +
          "\n";
  return text;
}

}  // namespace tbl::binlogctl
