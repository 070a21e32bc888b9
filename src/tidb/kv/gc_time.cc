#include "tidb/kv/gc_time.h"

#include <cstdio>

#include "codec/time.h"

namespace tbl::tidb {

std::string format_gc_time(int64_t unix_ms) {
  const codec::TimeFields t = codec::time_from_unix(unix_ms / 1000, 0);
  char text[64];
  std::snprintf(text, sizeof text, "%04u%02u%02u-%02u:%02u:%02u +0000", t.year, t.month, t.day,
                t.hour, t.minute, t.second);
  return text;
}

Result<int64_t> parse_gc_time(const std::string& text) {
  codec::TimeFields t;
  char sign = 0;
  unsigned zone_hours = 0, zone_minutes = 0;
  // Newer versions put milliseconds behind the seconds.
  const int read =
      std::sscanf(text.c_str(), "%4u%2u%2u-%2u:%2u:%2u%*[.0-9] %c%2u%2u", &t.year, &t.month, &t.day,
                  &t.hour, &t.minute, &t.second, &sign, &zone_hours, &zone_minutes);
  constexpr int kDateAndTime = 6, kAll = 9;
  if (read == kDateAndTime &&
      std::sscanf(text.c_str(), "%*15c%*2c %c%2u%2u", &sign, &zone_hours, &zone_minutes) != 3) {
    return invalid_argument("not a time of the garbage collector: " + text);
  }
  if (read != kDateAndTime && read != kAll) {
    return invalid_argument("not a time of the garbage collector: " + text);
  }
  const int64_t offset = (static_cast<int64_t>(zone_hours) * 60 + zone_minutes) * 60;
  return (codec::unix_seconds(t) - (sign == '-' ? -offset : offset)) * 1000;
}

}  // namespace tbl::tidb
