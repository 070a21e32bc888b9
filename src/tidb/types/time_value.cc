// Numbers and texts of times, checks, rounding, conversions between the time types.
#include "tidb/types/time_value.h"

#include <algorithm>
#include <array>

namespace tbl::tidb {
namespace {

constexpr int64_t kLastTimestampSecond = 2147483647;  ///< 2038-01-19 03:14:07 UTC
constexpr std::array<int64_t, 8> kPow10 = {1, 10, 100, 1000, 10000, 100000, 1000000, 10000000};

int64_t pow10(int n) { return kPow10[static_cast<size_t>(std::clamp(n, 0, 7))]; }

}  // namespace

std::string time_to_text(const TimeValue& v) {
  std::string text;
  if (v.type == schema::kTypeDate) {
    codec::append_date(text, v.fields);
  } else {
    codec::append_datetime(text, v.fields, v.fsp);
  }
  return text;
}

std::string duration_to_text(const DurationValue& v) {
  std::string text;
  codec::append_duration(text, v.nanoseconds, v.fsp);
  return text;
}

int64_t time_to_number(const TimeValue& v) {
  const TimeFields& t = v.fields;
  int64_t date = int64_t{t.year} * 10000 + t.month * 100 + t.day;
  if (v.type == schema::kTypeDate) return date;
  return date * 1'000'000 + t.hour * 10000 + t.minute * 100 + t.second;
}

int64_t duration_to_number(const DurationValue& v) {
  int64_t seconds = v.nanoseconds / kNanosPerSecond;
  return seconds / 3600 * 10000 + seconds % 3600 / 60 * 100 + seconds % 60;
}

TimeCheck check_time(const TimeValue& v, SqlMode mode, const codec::TimeZone& zone) {
  const TimeFields& t = v.fields;
  if (v.is_zero()) return (mode & kModeNoZeroDate) != 0 ? TimeCheck::kZeroDate : TimeCheck::kOk;
  bool is_timestamp = v.type == schema::kTypeTimestamp;
  if (t.month == 0 || t.day == 0) {
    if (is_timestamp) return TimeCheck::kInvalid;
    return (mode & kModeNoZeroInDate) != 0 ? TimeCheck::kZeroInDate : TimeCheck::kOk;
  }
  if (!is_real_date(t)) {
    bool allowed = (mode & kModeInvalidDates) != 0 && !is_timestamp && t.month <= 12 && t.day <= 31;
    return allowed ? TimeCheck::kOk : TimeCheck::kInvalid;
  }
  if (!is_timestamp) return TimeCheck::kOk;
  TimeFields utc = zone.to_utc(t);
  int64_t seconds = codec::unix_seconds(utc);
  if (seconds < 1 || seconds > kLastTimestampSecond) return TimeCheck::kInvalid;
  return zone.from_utc(utc) == t ? TimeCheck::kOk : TimeCheck::kInvalid;
}

std::optional<TimeValue> round_time(const TimeValue& v, int fsp) {
  TimeValue out = v;
  out.fsp = static_cast<uint8_t>(fsp);
  int64_t unit = pow10(kMaxFsp - fsp);
  int64_t micros = (int64_t{v.fields.microsecond} + unit / 2) / unit * unit;
  if (micros < 1'000'000) {
    out.fields.microsecond = static_cast<uint32_t>(micros);
    return out;
  }
  out.fields.microsecond = 0;
  if (!is_real_date(v.fields)) {  // only the time of day can go on
    int64_t seconds = int64_t{v.fields.hour} * 3600 + v.fields.minute * 60 + v.fields.second + 1;
    if (seconds == 86400) return std::nullopt;
    out.fields.hour = static_cast<uint32_t>(seconds / 3600);
    out.fields.minute = static_cast<uint32_t>(seconds % 3600 / 60);
    out.fields.second = static_cast<uint32_t>(seconds % 60);
    return out;
  }
  out.fields = codec::time_from_unix(codec::unix_seconds(out.fields) + 1, 0);
  if (out.fields.year > 9999) return std::nullopt;
  return out;
}

DurationValue round_duration(const DurationValue& v, int fsp) {
  int64_t unit = 1000 * pow10(kMaxFsp - fsp);
  int64_t magnitude = (std::abs(v.nanoseconds) + unit / 2) / unit * unit;
  magnitude = std::min(magnitude, kMaxDurationNanos);
  return {v.nanoseconds < 0 ? -magnitude : magnitude, static_cast<uint8_t>(fsp)};
}

TimeValue time_to_type(const TimeValue& v, uint8_t type) {
  TimeValue out = v;
  out.type = type;
  if (type == schema::kTypeDate) {
    out.fields = {.year = v.fields.year, .month = v.fields.month, .day = v.fields.day};
    out.fsp = 0;
  }
  return out;
}

DurationValue time_of_day(const TimeValue& v) {
  const TimeFields& t = v.fields;
  int64_t seconds = int64_t{t.hour} * 3600 + t.minute * 60 + t.second;
  return {seconds * kNanosPerSecond + int64_t{t.microsecond} * 1000, v.fsp};
}

std::optional<TimeValue> duration_to_time(const DurationValue& v, const TimeFields& now,
                                          uint8_t type) {
  TimeFields day{.year = now.year, .month = now.month, .day = now.day};
  auto fields = time_of_micros_since_year_0(micros_since_year_0(day) + v.nanoseconds / 1000);
  if (!fields) return std::nullopt;
  return time_to_type(TimeValue{*fields, schema::kTypeDatetime, v.fsp}, type);
}

TimeValue time_from_unix_micros(int64_t micros, const codec::TimeZone& zone, int fsp) {
  int64_t fraction = (micros % 1'000'000 + 1'000'000) % 1'000'000;
  TimeFields utc =
      codec::time_from_unix((micros - fraction) / 1'000'000, static_cast<uint32_t>(fraction));
  return {zone.from_utc(utc), schema::kTypeDatetime, static_cast<uint8_t>(fsp)};
}

std::optional<int64_t> unix_micros_of(const TimeValue& v, const codec::TimeZone& zone) {
  if (!is_real_date(v.fields)) return std::nullopt;
  int64_t seconds = codec::unix_seconds(zone.to_utc(v.fields));
  if (seconds < 0 || seconds > kLastTimestampSecond) return std::nullopt;
  return seconds * 1'000'000 + v.fields.microsecond;
}

}  // namespace tbl::tidb
