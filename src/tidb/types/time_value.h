// Dates, times of day and durations as SQL values, and their arithmetic.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "codec/time.h"
#include "codec/time_zone.h"
#include "schema/mysql_type.h"
#include "tidb/types/interval_unit.h"
#include "tidb/types/sql_mode.h"

namespace tbl::tidb {

using codec::TimeFields;

/// A DATE, DATETIME or TIMESTAMP. A TIMESTAMP's fields are wall clock time of the session's zone;
/// stored, it is UTC (convert.h).
struct TimeValue {
  TimeFields fields;
  uint8_t type = schema::kTypeDatetime;  ///< kTypeDate, kTypeDatetime or kTypeTimestamp
  uint8_t fsp = 0;                       ///< digits behind the seconds, 0 to 6

  bool is_zero() const { return fields == TimeFields(); }
  bool operator==(const TimeValue&) const = default;
};

/// A TIME: between -838:59:59 and 838:59:59.
struct DurationValue {
  int64_t nanoseconds = 0;
  uint8_t fsp = 0;

  bool operator==(const DurationValue&) const = default;
};

constexpr int kMaxFsp = 6;
constexpr int64_t kNanosPerSecond = 1'000'000'000;
constexpr int64_t kMaxDurationNanos = (838LL * 3600 + 59 * 60 + 59) * kNanosPerSecond;

// ---- text and numbers

std::string time_to_text(const TimeValue& v);
std::string duration_to_text(const DurationValue& v);
/// 20200102030405 or 20200102; without the fraction.
int64_t time_to_number(const TimeValue& v);
/// hhmmss with the sign; without the fraction.
int64_t duration_to_number(const DurationValue& v);

/// How far a literal was understood.
struct ParsedTime {
  TimeValue value;
  bool truncated = false;  ///< something after it was left over
};
/// Every literal of MySQL: '2020-01-02 03:04:05.6', 'T' between, any punctuation as delimiter,
/// '20200102030405', '200102', 2-digit years. `fsp` digits are kept, rounded (-1: as many as the
/// text has); the type decides what is kept: a kTypeDate drops the time. Does not look at
/// sql_mode: see check_time(). Nothing: no time at all, or fields out of range.
std::optional<ParsedTime> parse_time(std::string_view text, uint8_t type, int fsp);
/// 20200102, 200102, 20200102030405, 101 ... Nothing: it stands for no date.
std::optional<TimeValue> time_from_number(int64_t number, uint8_t type, int fsp);

struct ParsedDuration {
  DurationValue value;
  bool truncated = false;  ///< something was left over
  bool clipped = false;    ///< beyond 838:59:59
};
/// '11:12:13.4', '1 11:12:13', '11:12', '111213', '-1:2:3', also a full datetime's time of day.
/// Nothing: no time at all, or minutes or seconds above 59.
std::optional<ParsedDuration> parse_sql_duration(std::string_view text, int fsp);
std::optional<ParsedDuration> duration_from_number(int64_t number, int fsp);

/// What is wrong with a time.
enum class TimeCheck : uint8_t { kOk, kZeroDate, kZeroInDate, kInvalid };
/// Under NO_ZERO_DATE, NO_ZERO_IN_DATE and ALLOW_INVALID_DATES; TIMESTAMPs must lie between 1970
/// and 2038 in `zone` and not in a gap of it.
TimeCheck check_time(const TimeValue& v, SqlMode mode, const codec::TimeZone& zone);

/// Rounded half up to `fsp` digits; nothing: past year 9999.
std::optional<TimeValue> round_time(const TimeValue& v, int fsp);
DurationValue round_duration(const DurationValue& v, int fsp);

// ---- conversions

TimeValue time_to_type(const TimeValue& v, uint8_t type);
DurationValue time_of_day(const TimeValue& v);
/// The day of `now` plus the duration.
std::optional<TimeValue> duration_to_time(const DurationValue& v, const TimeFields& now,
                                          uint8_t type);
TimeValue time_from_unix_micros(int64_t micros, const codec::TimeZone& zone, int fsp);
/// Microseconds since 1970; nothing for zero dates and what is before 1970 or after 2038.
std::optional<int64_t> unix_micros_of(const TimeValue& v, const codec::TimeZone& zone);

// ---- calendar

constexpr bool is_leap_year(uint32_t year) {
  return year % 4 == 0 && (year % 100 != 0 || (year % 400 == 0 && year != 0));
}
int days_in_month(uint32_t year, uint32_t month);
/// Real month and day (not zero), the day within the month.
bool is_real_date(const TimeFields& t);
/// TO_DAYS and FROM_DAYS: days since year 0. FROM_DAYS gives 0000-00-00 outside of 366..3652424.
int64_t day_number(uint32_t year, uint32_t month, uint32_t day);
TimeFields date_of_day_number(int64_t days);
/// 0 is Monday.
int weekday(const TimeFields& t);
int day_of_year(const TimeFields& t);
/// WEEK(date, mode), mode 0 to 7; `*year` (may be null) is the year the week belongs to, as
/// YEARWEEK gives it (with mode | 2).
int week_of(const TimeFields& t, int mode, int* year);

// ---- intervals

/// Only one of months and the rest is set.
struct Interval {
  int64_t months = 0;
  int64_t days = 0;
  int64_t seconds = 0;
  int64_t microseconds = 0;
  uint8_t fsp = 0;  ///< digits behind the seconds that a sum shows at least
};
/// '1:30' of MINUTE_SECOND, '-1 10' of DAY_HOUR, '2' of DAY; whatever is no digit is a delimiter.
/// Nothing: too many parts or too large.
std::optional<Interval> parse_interval(std::string_view text, IntervalUnit unit);
std::optional<Interval> interval_of(int64_t count, IntervalUnit unit);
Interval negate_interval(const Interval& v);
/// The last day of the month where the day does not exist. A date becomes a datetime when
/// interval_has_time(unit). Nothing: outside of years 0 to 9999, or a date with zeros.
std::optional<TimeValue> add_interval(const TimeValue& v, const Interval& interval,
                                      IntervalUnit unit);
/// Nothing: beyond 838:59:59.
std::optional<DurationValue> add_interval(const DurationValue& v, const Interval& interval);
/// TIMESTAMPDIFF(unit, a, b): b - a in whole units.
int64_t timestamp_diff(IntervalUnit unit, const TimeFields& a, const TimeFields& b);
/// EXTRACT(unit FROM v).
int64_t extract_unit(IntervalUnit unit, const TimeValue& v);
int64_t extract_unit(IntervalUnit unit, const DurationValue& v);
/// Seconds since year 0 and the microseconds' part of them, for comparisons and sums.
int64_t micros_since_year_0(const TimeFields& t);
std::optional<TimeFields> time_of_micros_since_year_0(int64_t micros);

// ---- formats

/// DATE_FORMAT. Nothing: a name (%M, %b, %a, %W) or a week of a date with zeros.
std::optional<std::string> format_time(const TimeFields& t, std::string_view format);
/// TIME_FORMAT: date letters give zeros or nothing.
std::string format_duration(const DurationValue& v, std::string_view format);
/// STR_TO_DATE's outcome: which of date and time the format held.
struct FormattedTime {
  TimeFields fields;
  bool negative = false;
  bool has_date = false;
  bool has_time = false;
  bool has_micro = false;
  bool truncated = false;  ///< text was left over
};
std::optional<FormattedTime> parse_formatted(std::string_view text, std::string_view format);
/// GET_FORMAT; empty when there is none.
std::string_view format_name(std::string_view kind, std::string_view locale);
std::string_view month_name(uint32_t month);  ///< 1 to 12
std::string_view weekday_name(int weekday);   ///< 0 is Monday

}  // namespace tbl::tidb
