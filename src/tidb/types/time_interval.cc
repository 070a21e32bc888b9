// Intervals: reading, adding, differences, EXTRACT.
#include <algorithm>
#include <array>
#include <charconv>
#include <limits>

#include "tidb/types/collation.h"
#include "tidb/types/decimal.h"
#include "tidb/types/time_value.h"

namespace tbl::tidb {
namespace {

using Unit = IntervalUnit;

constexpr int64_t kMicrosPerSecond = 1'000'000;
constexpr int64_t kSecondsPerDay = 86400;

/// Day, hour, minute, second, microsecond: what a unit of several parts runs over.
enum Part : size_t { kPartDay, kPartHour, kPartMinute, kPartSecond, kPartMicro, kParts };
struct PartRange {
  size_t first;
  size_t last;
};

PartRange parts_of(Unit unit) {
  switch (unit) {
    case Unit::kSecondMicrosecond:
      return {kPartSecond, kPartMicro};
    case Unit::kMinuteMicrosecond:
      return {kPartMinute, kPartMicro};
    case Unit::kMinuteSecond:
      return {kPartMinute, kPartSecond};
    case Unit::kHourMicrosecond:
      return {kPartHour, kPartMicro};
    case Unit::kHourSecond:
      return {kPartHour, kPartSecond};
    case Unit::kHourMinute:
      return {kPartHour, kPartMinute};
    case Unit::kDayMicrosecond:
      return {kPartDay, kPartMicro};
    case Unit::kDaySecond:
      return {kPartDay, kPartSecond};
    case Unit::kDayMinute:
      return {kPartDay, kPartMinute};
    case Unit::kDayHour:
      return {kPartDay, kPartHour};
    default:
      return {kPartDay, kPartDay};
  }
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// The numbers of a text in order, whatever stands between them; false: too many or too large.
struct Numbers {
  std::array<int64_t, kParts> value{};
  size_t count = 0;
  size_t last_length = 0;  ///< digits of the last one
  bool negative = false;
};
bool scan_numbers(std::string_view text, size_t most, Numbers* out) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  if (!text.empty() && text.front() == '-') out->negative = true;
  while (true) {
    while (!text.empty() && !is_digit(text.front())) text.remove_prefix(1);
    if (text.empty()) return true;
    if (out->count == most) return false;
    int64_t v = 0;
    auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), v);
    if (error != std::errc() || v > std::numeric_limits<int32_t>::max()) return false;
    out->last_length = static_cast<size_t>(end - text.data());
    out->value[out->count++] = v;
    text.remove_prefix(out->last_length);
  }
}

std::optional<Interval> parse_parts(std::string_view text, Unit unit) {
  PartRange range = parts_of(unit);
  Numbers numbers;
  if (!scan_numbers(text, range.last - range.first + 1, &numbers)) return std::nullopt;
  std::array<int64_t, kParts> parts{};
  // Fewer numbers than parts are the last ones.
  for (size_t i = 0; i < numbers.count; ++i) {
    parts[range.last + 1 - numbers.count + i] = numbers.value[i];
  }
  if (range.last == kPartMicro) {  // '1.5' is half a second
    for (size_t n = numbers.last_length; n < 6; ++n) parts[kPartMicro] *= 10;
    for (size_t n = 6; n < numbers.last_length; ++n) parts[kPartMicro] /= 10;
  }
  Interval v;
  v.seconds = parts[kPartDay] * kSecondsPerDay + parts[kPartHour] * 3600 + parts[kPartMinute] * 60 +
              parts[kPartSecond];
  v.microseconds = parts[kPartMicro];
  v.fsp = range.last == kPartMicro ? kMaxFsp : 0;
  return numbers.negative ? negate_interval(v) : v;
}

std::optional<Interval> parse_years_months(std::string_view text) {
  Numbers numbers;
  if (!scan_numbers(text, 2, &numbers)) return std::nullopt;
  Interval v;
  v.months = numbers.count == 2 ? numbers.value[0] * 12 + numbers.value[1] : numbers.value[0];
  return numbers.negative ? negate_interval(v) : v;
}

std::optional<Interval> parse_seconds(std::string_view text) {
  Decimal d = Decimal::parse(text).value;
  auto micros = Decimal::multiply(d, Decimal::of_int(kMicrosPerSecond));
  bool clipped = true;
  int64_t all = micros ? micros->to_int(&clipped) : 0;
  if (clipped) return std::nullopt;
  Interval v;
  v.seconds = all / kMicrosPerSecond;
  v.microseconds = all % kMicrosPerSecond;
  v.fsp = d.frac() > 0 ? kMaxFsp : 0;
  return v;
}

}  // namespace

std::optional<Interval> interval_of(int64_t count, IntervalUnit unit) {
  constexpr int64_t kFar = 1'000'000'000'000'000;  // beyond every date, and no sum overflows
  if (unit != Unit::kMicrosecond) count = std::clamp(count, -kFar, kFar);
  Interval v;
  switch (unit) {
    case Unit::kMicrosecond:
      v.seconds = count / kMicrosPerSecond;
      v.microseconds = count % kMicrosPerSecond;
      v.fsp = kMaxFsp;
      break;
    case Unit::kSecond:
      v.seconds = count;
      break;
    case Unit::kMinute:
      v.seconds = count * 60;
      break;
    case Unit::kHour:
      v.seconds = count * 3600;
      break;
    case Unit::kDay:
      v.days = count;
      break;
    case Unit::kWeek:
      v.days = count * 7;
      break;
    case Unit::kMonth:
      v.months = count;
      break;
    case Unit::kQuarter:
      v.months = count * 3;
      break;
    case Unit::kYear:
      v.months = count * 12;
      break;
    default:
      return parse_interval(std::to_string(count), unit);
  }
  return v;
}

std::optional<Interval> parse_interval(std::string_view text, IntervalUnit unit) {
  if (unit == Unit::kSecond) return parse_seconds(text);
  if (unit == Unit::kYearMonth) return parse_years_months(text);
  if (unit > Unit::kYear) return parse_parts(text, unit);
  return interval_of(Decimal::parse(text).value.truncate(0).to_int(nullptr), unit);
}

Interval negate_interval(const Interval& v) {
  return {-v.months, -v.days, -v.seconds, -v.microseconds, v.fsp};
}

namespace {

std::optional<TimeFields> add_months(TimeFields t, int64_t months) {
  int64_t count = int64_t{t.year} * 12 + t.month - 1 + months;
  if (count < 0 || count >= 10000 * 12) return std::nullopt;
  t.year = static_cast<uint32_t>(count / 12);
  t.month = static_cast<uint32_t>(count % 12 + 1);
  t.day = std::min(t.day, static_cast<uint32_t>(days_in_month(t.year, t.month)));
  return t;
}

}  // namespace

std::optional<TimeValue> add_interval(const TimeValue& v, const Interval& interval,
                                      IntervalUnit unit) {
  if (v.fields.month == 0 || v.fields.day == 0) return std::nullopt;
  TimeValue out = v;
  if (v.type == schema::kTypeDate && interval_has_time(unit)) out.type = schema::kTypeDatetime;
  if (interval.months != 0) {
    auto moved = add_months(v.fields, interval.months);
    if (!moved) return std::nullopt;
    out.fields = *moved;
    return out;
  }
  int64_t seconds = 0;
  int64_t micros = 0;
  if (__builtin_mul_overflow(interval.days, kSecondsPerDay, &seconds) ||
      __builtin_add_overflow(seconds, interval.seconds, &seconds) ||
      __builtin_mul_overflow(seconds, kMicrosPerSecond, &micros) ||
      __builtin_add_overflow(micros, interval.microseconds, &micros) ||
      __builtin_add_overflow(micros, micros_since_year_0(v.fields), &micros)) {
    return std::nullopt;
  }
  auto moved = time_of_micros_since_year_0(micros);
  if (!moved) return std::nullopt;
  out.fields = *moved;
  out.fsp = std::max(out.fsp, interval.fsp);
  return out;
}

std::optional<DurationValue> add_interval(const DurationValue& v, const Interval& interval) {
  if (interval.months != 0) return std::nullopt;
  constexpr int64_t kFar = 2 * kMaxDurationNanos / kNanosPerSecond;
  if (std::abs(interval.days) > kFar || std::abs(interval.seconds) > kFar) return std::nullopt;
  int64_t seconds = interval.days * kSecondsPerDay + interval.seconds;
  if (std::abs(seconds) > kFar) return std::nullopt;
  DurationValue out = v;
  out.nanoseconds += seconds * kNanosPerSecond + interval.microseconds * 1000;
  if (std::abs(out.nanoseconds) > kMaxDurationNanos) return std::nullopt;
  out.fsp = std::max(out.fsp, interval.fsp);
  return out;
}

namespace {

/// Whole months from a to b.
int64_t months_between(const TimeFields& a, const TimeFields& b) {
  if (micros_since_year_0(a) > micros_since_year_0(b)) return -months_between(b, a);
  auto within_month = [](const TimeFields& t) {
    return ((int64_t{t.day} * 24 + t.hour) * 60 + t.minute) * 60 * kMicrosPerSecond +
           int64_t{t.second} * kMicrosPerSecond + t.microsecond;
  };
  int64_t months = (int64_t{b.year} - a.year) * 12 + b.month - a.month;
  return within_month(b) < within_month(a) ? months - 1 : months;
}

}  // namespace

int64_t timestamp_diff(IntervalUnit unit, const TimeFields& a, const TimeFields& b) {
  int64_t micros = micros_since_year_0(b) - micros_since_year_0(a);
  int64_t seconds = micros / kMicrosPerSecond;
  switch (unit) {
    case Unit::kMicrosecond:
      return micros;
    case Unit::kSecond:
      return seconds;
    case Unit::kMinute:
      return seconds / 60;
    case Unit::kHour:
      return seconds / 3600;
    case Unit::kDay:
      return seconds / kSecondsPerDay;
    case Unit::kWeek:
      return seconds / (7 * kSecondsPerDay);
    case Unit::kMonth:
      return months_between(a, b);
    case Unit::kQuarter:
      return months_between(a, b) / 3;
    case Unit::kYear:
      return months_between(a, b) / 12;
    default:
      return 0;
  }
}

namespace {

/// The digits of the parts of a unit, one after the other: DAY_MINUTE of 1 02:03 is 10203.
int64_t extract_parts(Unit unit, const std::array<int64_t, kParts>& parts) {
  PartRange range = parts_of(unit);
  int64_t v = 0;
  for (size_t i = range.first; i <= range.last; ++i) {
    v = v * (i == kPartMicro ? kMicrosPerSecond : 100) + parts[i];
  }
  return v;
}

std::optional<int64_t> extract_clock(Unit unit, const std::array<int64_t, kParts>& parts) {
  switch (unit) {
    case Unit::kMicrosecond:
      return parts[kPartMicro];
    case Unit::kSecond:
      return parts[kPartSecond];
    case Unit::kMinute:
      return parts[kPartMinute];
    case Unit::kHour:
      return parts[kPartHour];
    default:
      return std::nullopt;
  }
}

}  // namespace

int64_t extract_unit(IntervalUnit unit, const TimeValue& v) {
  const TimeFields& t = v.fields;
  std::array<int64_t, kParts> parts = {t.day, t.hour, t.minute, t.second, t.microsecond};
  if (auto clock = extract_clock(unit, parts)) return *clock;
  switch (unit) {
    case Unit::kDay:
      return t.day;
    case Unit::kWeek:
      return week_of(t, 0, nullptr);
    case Unit::kMonth:
      return t.month;
    case Unit::kQuarter:
      return (t.month + 2) / 3;
    case Unit::kYear:
      return t.year;
    case Unit::kYearMonth:
      return int64_t{t.year} * 100 + t.month;
    default:
      return extract_parts(unit, parts);
  }
}

int64_t extract_unit(IntervalUnit unit, const DurationValue& v) {
  int64_t micros = std::abs(v.nanoseconds) / 1000;
  int64_t seconds = micros / kMicrosPerSecond;
  std::array<int64_t, kParts> parts = {0, seconds / 3600, seconds % 3600 / 60, seconds % 60,
                                       micros % kMicrosPerSecond};
  int64_t magnitude = 0;
  if (auto clock = extract_clock(unit, parts)) {
    magnitude = *clock;
  } else if (unit > Unit::kYear && unit != Unit::kYearMonth) {
    magnitude = extract_parts(unit, parts);
  }
  return v.nanoseconds < 0 ? -magnitude : magnitude;
}

}  // namespace tbl::tidb
