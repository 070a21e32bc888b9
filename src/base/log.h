// The log, in TiDB's unified format, one line per event:
//   [2019/04/28 09:29:59.016 +00:00] [INFO] [nodes.cc:48] ["query node"] [type=pump] [node="{...}"]
// A message, key or value is quoted (and JSON-escaped) when it holds a byte <= 0x20 or one of \ " [
// ] =.
//
//   log_info("start to serve", {{"addr", addr}, {"max commit ts", ts}});
//   log_error("write failed", {{"segment", id}, {"error", status}});
//
// Any thread. Before set_up_log() lines of INFO and above go to stdout.
#pragma once

#include <atomic>
#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <source_location>
#include <string>
#include <string_view>

#include "base/status.h"

namespace tbl {

enum class LogLevel : uint8_t { kDebug, kInfo, kWarn, kError, kFatal };

/// One "key=value" of a line. The key must outlive the call (a literal).
struct LogField {
  std::string_view key;
  std::string value;

  LogField(std::string_view k, std::string_view v) : key(k), value(v) {}
  LogField(std::string_view k, const std::string& v) : key(k), value(v) {}
  LogField(std::string_view k, const char* v) : key(k), value(v) {}
  LogField(std::string_view k, const Status& v) : key(k), value(v.message()) {}
  LogField(std::string_view k, bool v) : key(k), value(v ? "true" : "false") {}
  LogField(std::string_view k, double v);
  template <std::integral T>
  requires(!std::same_as<T, bool>) LogField(std::string_view k, T v)
      : key(k), value(std::to_string(v)) {}
};
using LogFields = std::initializer_list<LogField>;

struct LogOptions {
  std::string level = "info";              ///< debug, info, warn, error, fatal; any case
  std::string file{};                      ///< empty: stdout
  uint64_t max_file_bytes = 300ULL << 20;  ///< then renamed to <name>-<time>.<ext>; never deleted
};

/// Error: unknown level, or the file cannot be opened.
Status set_up_log(const LogOptions& options);
/// "debug" ... "fatal", any case; "warning" is taken too.
Result<LogLevel> parse_log_level(std::string_view text);
bool log_enabled(LogLevel level);

void log_at(LogLevel level, std::string_view message, LogFields fields,
            const std::source_location& where = std::source_location::current());

/// Whatever the level is: the few start-up lines that say what is running.
void log_always(LogLevel level, std::string_view message, LogFields fields,
                const std::source_location& where = std::source_location::current());

inline void log_debug(std::string_view message, LogFields fields = {},
                      const std::source_location& where = std::source_location::current()) {
  if (log_enabled(LogLevel::kDebug)) log_at(LogLevel::kDebug, message, fields, where);
}
inline void log_info(std::string_view message, LogFields fields = {},
                     const std::source_location& where = std::source_location::current()) {
  log_at(LogLevel::kInfo, message, fields, where);
}
inline void log_warn(std::string_view message, LogFields fields = {},
                     const std::source_location& where = std::source_location::current()) {
  log_at(LogLevel::kWarn, message, fields, where);
}
inline void log_error(std::string_view message, LogFields fields = {},
                      const std::source_location& where = std::source_location::current()) {
  log_at(LogLevel::kError, message, fields, where);
}
/// Writes the line and ends the process with exit code 1. Only for main() and start-up.
[[noreturn]] void log_fatal(std::string_view message, LogFields fields = {},
                            const std::source_location& where = std::source_location::current());

/// The formatted line with its newline, at a given time; what log_at() writes.
std::string format_log_line(LogLevel level, std::string_view message, LogFields fields,
                            const std::source_location& where, int64_t unix_ms);

/// True at most once per interval per object; for messages that would repeat.
class LogEvery {
 public:
  explicit LogEvery(int64_t interval_ms) : interval_ms_(interval_ms) {}
  /// Any thread.
  bool due();

 private:
  const int64_t interval_ms_;
  std::atomic<int64_t> next_ms_{0};
};

}  // namespace tbl
