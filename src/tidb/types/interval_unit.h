// The units of INTERVAL, EXTRACT and TIMESTAMPDIFF.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace tbl::tidb {

enum class IntervalUnit : uint8_t {
  kMicrosecond,
  kSecond,
  kMinute,
  kHour,
  kDay,
  kWeek,
  kMonth,
  kQuarter,
  kYear,
  kSecondMicrosecond,
  kMinuteMicrosecond,
  kMinuteSecond,
  kHourMicrosecond,
  kHourSecond,
  kHourMinute,
  kDayMicrosecond,
  kDaySecond,
  kDayMinute,
  kDayHour,
  kYearMonth,
};
/// "DAY_HOUR", any case.
std::optional<IntervalUnit> interval_unit_of(std::string_view name);
std::string_view interval_unit_name(IntervalUnit unit);
/// The unit has parts below a day.
bool interval_has_time(IntervalUnit unit);

}  // namespace tbl::tidb
