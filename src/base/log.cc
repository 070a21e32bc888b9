#include "base/log.h"

#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>

#include "base/clock.h"
#include "base/rotating_file.h"

namespace tbl {
namespace {

/// Where lines go. One per process, never destroyed: threads may log until the very end.
class LogSink {
 public:
  Status open(const LogOptions& options) {
    TBL_ASSIGN(LogLevel level, parse_log_level(options.level));
    if (!options.file.empty()) TBL_TRY(file_.open(options.file, options.max_file_bytes));
    level_ = level;
    is_file_ = !options.file.empty();
    return ok_status();
  }

  void write(std::string_view line) { file_.write(line); }
  bool is_file() const { return is_file_; }
  LogLevel level() const { return level_; }

 private:
  RotatingFile file_{STDOUT_FILENO};
  std::atomic<LogLevel> level_{LogLevel::kInfo};
  std::atomic<bool> is_file_{false};
};

LogSink& sink() {
  static auto* instance = new LogSink;  // leaked on purpose, see LogSink
  return *instance;
}

}  // namespace

Status set_up_log(const LogOptions& options) { return sink().open(options); }

Result<LogLevel> parse_log_level(std::string_view text) {
  std::string lower;
  for (char c : text) lower += static_cast<char>(tolower(static_cast<unsigned char>(c)));
  if (lower == "debug") return LogLevel::kDebug;
  if (lower == "info") return LogLevel::kInfo;
  if (lower == "warn" || lower == "warning") return LogLevel::kWarn;
  if (lower == "error") return LogLevel::kError;
  if (lower == "fatal") return LogLevel::kFatal;
  return invalid_argument("unrecognized level: \"" + std::string(text) + "\"");
}

bool log_enabled(LogLevel level) { return level >= sink().level(); }

void log_at(LogLevel level, std::string_view message, LogFields fields,
            const std::source_location& where) {
  if (log_enabled(level)) log_always(level, message, fields, where);
}

void log_always(LogLevel level, std::string_view message, LogFields fields,
                const std::source_location& where) {
  sink().write(format_log_line(level, message, fields, where, system_clock().unix_ms()));
}

void log_fatal(std::string_view message, LogFields fields, const std::source_location& where) {
  const std::string line =
      format_log_line(LogLevel::kFatal, message, fields, where, system_clock().unix_ms());
  sink().write(line);
  // Whoever typed the command sees why it ended without looking for the log.
  if (sink().is_file()) std::fputs(line.c_str(), stderr);
  std::_Exit(1);  // other threads may be running: no destructors under their feet
}

bool LogEvery::due() {
  auto now = std::chrono::duration_cast<std::chrono::milliseconds>(
                 system_clock().steady_now().time_since_epoch())
                 .count();
  int64_t next = next_ms_.load();
  return now >= next && next_ms_.compare_exchange_strong(next, now + interval_ms_);
}

}  // namespace tbl
