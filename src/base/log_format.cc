// The text of a log line. Where it goes is log.cc's.
#include <fmt/format.h>
#include <time.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <iterator>

#include "base/go_json.h"
#include "base/log.h"

namespace tbl {
namespace {

bool needs_quotes(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](unsigned char c) {
    return c <= 0x20 || c == '\\' || c == '"' || c == '[' || c == ']' || c == '=';
  });
}

void append_token(std::string& out, std::string_view text) {
  bool quoted = needs_quotes(text);
  if (quoted) out += '"';
  append_go_escaped(out, text, GoJson::kPlain);
  if (quoted) out += '"';
}

std::string_view base_name(std::string_view path) {
  size_t slash = path.rfind('/');
  return slash == path.npos ? path : path.substr(slash + 1);
}

/// "2019/04/28 09:29:59.016 +00:00", local time.
void append_time(std::string& out, int64_t unix_ms) {
  auto seconds = static_cast<time_t>(unix_ms / 1000);
  tm local{};
  localtime_r(&seconds, &local);
  long offset_minutes = local.tm_gmtoff / 60;
  char sign = offset_minutes < 0 ? '-' : '+';
  if (offset_minutes < 0) offset_minutes = -offset_minutes;
  fmt::format_to(std::back_inserter(out), "{:04}/{:02}/{:02} {:02}:{:02}:{:02}.{:03} {}{:02}:{:02}",
                 local.tm_year + 1900, local.tm_mon + 1, local.tm_mday, local.tm_hour, local.tm_min,
                 local.tm_sec, unix_ms % 1000, sign, offset_minutes / 60, offset_minutes % 60);
}

std::string_view level_name(LogLevel level) {
  static constexpr std::array<std::string_view, 5> kNames = {"DEBUG", "INFO", "WARN", "ERROR",
                                                             "FATAL"};
  return kNames[static_cast<size_t>(level)];
}

}  // namespace

LogField::LogField(std::string_view k, double v) : key(k), value(fmt::format("{}", v)) {}

std::string format_log_line(LogLevel level, std::string_view message, LogFields fields,
                            const std::source_location& where, int64_t unix_ms) {
  std::string line = "[";
  append_time(line, unix_ms);
  fmt::format_to(std::back_inserter(line), "] [{}] [{}:{}] [", level_name(level),
                 base_name(where.file_name()), where.line());
  append_token(line, message);
  line += ']';
  for (const LogField& field : fields) {
    line += " [";
    append_token(line, field.key);
    line += '=';
    append_token(line, field.value);
    line += ']';
  }
  line += '\n';
  return line;
}

}  // namespace tbl
