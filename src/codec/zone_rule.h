// The rule of a time zone for the years that its transition table does not reach: POSIX's TZ text.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace tbl::codec {

/// The day and the wall clock second at which an offset ends, every year.
struct ZoneRuleDate {
  enum class Kind : uint8_t { kJulian, kZeroJulian, kWeekday };
  Kind kind = Kind::kWeekday;
  int month = 0;  ///< of kWeekday, 1 to 12
  int week = 0;   ///< of kWeekday, 1 to 5; 5 is the last
  int day = 0;    ///< weekday from Sunday 0, or the day of the year
  int64_t second = 7200;
};

/// Standard time, and perhaps daylight saving time between two dates.
struct ZoneRule {
  int64_t standard_offset = 0;  ///< seconds east of UTC
  bool has_daylight = false;
  int64_t daylight_offset = 0;
  ZoneRuleDate start;
  ZoneRuleDate end;

  int64_t offset_at(int64_t unix_seconds) const;
};

/// Reads "CST-8", "EST5EDT,M3.2.0,M11.1.0" and the like (with RFC 8536's hours from -167 to 167).
std::optional<ZoneRule> parse_zone_rule(std::string_view text);

}  // namespace tbl::codec
