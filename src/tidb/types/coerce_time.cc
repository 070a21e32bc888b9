// Values as dates, times and intervals.
#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <limits>

#include "tidb/types/convert.h"
#include "tidb/types/json_value.h"
#include "tidb/types/number_text.h"
#include "tidb/types/sql_error.h"

namespace tbl::tidb {
namespace {

constexpr uint64_t kMaxInt = std::numeric_limits<int64_t>::max();

std::string_view time_type_name(uint8_t type) {
  if (type == schema::kTypeDate) return "date";
  return type == schema::kTypeTimestamp ? "timestamp" : "datetime";
}

/// NULL and a warning; strict: an error.
Result<Value> no_time(const Value& v, std::string_view type, const ConvertContext& ctx) {
  TBL_TRY(ctx.report(incorrect_value(type, to_text(v))));
  return Value::null();
}

/// Rounded to fsp digits (-1: as it is); nothing: past the last year.
std::optional<TimeValue> with_fsp(const TimeValue& t, uint8_t type, int fsp) {
  if (type == schema::kTypeDate || fsp < 0) return time_to_type(t, type);
  auto rounded = round_time(t, fsp);
  if (!rounded) return std::nullopt;
  return time_to_type(*rounded, type);
}

/// A number like 20200102030405.5.
std::optional<TimeValue> time_of_decimal(const Decimal& d, uint8_t type, int fsp) {
  bool clipped = false;
  Decimal whole = d.truncate(0);
  auto time = time_from_number(whole.to_int(&clipped), schema::kTypeDatetime, 0);
  auto fraction = Decimal::subtract(d, whole);
  if (!time || clipped || !fraction) return std::nullopt;
  constexpr int kMicroDigits = 6;
  auto micros = Decimal::multiply(*fraction, Decimal::of_int(1'000'000));
  time->fields.microsecond =
      static_cast<uint32_t>(std::clamp<int64_t>(micros->to_int(nullptr), 0, 999'999));
  time->fsp = static_cast<uint8_t>(std::min(d.frac(), kMicroDigits));
  return with_fsp(*time, type, fsp);
}

std::optional<TimeValue> time_of_text(const std::string& text, uint8_t type, int fsp,
                                      bool* truncated) {
  auto parsed = parse_time(text, type, fsp);
  if (!parsed) return std::nullopt;
  *truncated = parsed->truncated;
  return parsed->value;
}

std::optional<TimeValue> raw_time(const Value& v, uint8_t type, int fsp, bool* truncated,
                                  const ConvertContext& ctx) {
  switch (v.kind()) {
    case ValueKind::kTime:
      return with_fsp(v.as_time(), type, fsp);
    case ValueKind::kDuration: {
      auto t = duration_to_time(v.as_duration(), ctx.now, schema::kTypeDatetime);
      if (!t) return std::nullopt;
      return with_fsp(*t, type, fsp);
    }
    case ValueKind::kInt:
      return time_from_number(v.as_int(), type, fsp);
    case ValueKind::kUint:
      return time_from_number(static_cast<int64_t>(std::min(v.as_uint(), kMaxInt)), type, fsp);
    case ValueKind::kDouble:
      return time_of_decimal(Decimal::of_double(v.as_double()), type, fsp);
    case ValueKind::kDecimal:
      return time_of_decimal(v.as_decimal(), type, fsp);
    case ValueKind::kJson:
      return time_of_text(json_as_string(v.as_string()).value_or(""), type, fsp, truncated);
    default:
      return time_of_text(to_text(v), type, fsp, truncated);
  }
}

}  // namespace

Result<Value> to_time(const Value& v, uint8_t type, int fsp, const ConvertContext& ctx) {
  if (v.is_null()) return Value::null();
  bool truncated = false;
  auto time = raw_time(v, type, fsp, &truncated, ctx);
  if (!time) return no_time(v, time_type_name(type), ctx);
  // A value that is a time already was let in before; a TIMESTAMP's range is checked when stored.
  TimeValue checked = *time;
  if (checked.type == schema::kTypeTimestamp) checked.type = schema::kTypeDatetime;
  bool computed = v.kind() == ValueKind::kTime || v.kind() == ValueKind::kDuration;
  if (!computed && check_time(checked, ctx.sql_mode & ~SqlMode{kModeNoZeroInDate}, ctx.zone()) !=
                       TimeCheck::kOk) {
    return no_time(v, time_type_name(type), ctx);
  }
  if (truncated) TBL_TRY(ctx.report(truncated_wrong_value(time_type_name(type), to_text(v))));
  return Value::of_time(*time);
}

namespace {

std::optional<ParsedDuration> duration_of_decimal(const Decimal& d, int fsp) {
  std::string text = d.to_string();
  size_t point = text.find('.');
  size_t digits = point == std::string::npos ? text.size() : point;
  bool looks_like_datetime = digits >= 12;
  if (looks_like_datetime) return duration_from_number(d.truncate(0).to_int(nullptr), fsp);
  return parse_sql_duration(text, fsp);
}

std::optional<ParsedDuration> raw_duration(const Value& v, int fsp) {
  switch (v.kind()) {
    case ValueKind::kDuration: {
      const DurationValue& d = v.as_duration();
      return ParsedDuration{fsp < 0 ? d : round_duration(d, fsp)};
    }
    case ValueKind::kTime: {
      DurationValue d = time_of_day(v.as_time());
      return ParsedDuration{fsp < 0 ? d : round_duration(d, fsp)};
    }
    case ValueKind::kInt:
      return duration_from_number(v.as_int(), fsp);
    case ValueKind::kUint:
      return duration_from_number(static_cast<int64_t>(std::min(v.as_uint(), kMaxInt)), fsp);
    case ValueKind::kDouble:
      return duration_of_decimal(Decimal::of_double(v.as_double()), fsp);
    case ValueKind::kDecimal:
      return duration_of_decimal(v.as_decimal(), fsp);
    case ValueKind::kJson:
      return parse_sql_duration(json_as_string(v.as_string()).value_or(""), fsp);
    default:
      return parse_sql_duration(to_text(v), fsp);
  }
}

}  // namespace

Result<Value> to_duration(const Value& v, int fsp, const ConvertContext& ctx) {
  if (v.is_null()) return Value::null();
  auto duration = raw_duration(v, fsp);
  if (!duration) return no_time(v, "time", ctx);
  if (duration->truncated || duration->clipped) {
    TBL_TRY(ctx.report(truncated_wrong_value("time", to_text(v))));
  }
  return Value::of_duration(duration->value);
}

Result<DurationValue> duration_of_micros(int64_t micros, const ConvertContext& ctx) {
  constexpr int64_t kMaxMicros = kMaxDurationNanos / 1000;
  if (std::abs(micros) > kMaxMicros) {
    const int64_t seconds = std::abs(micros) / 1'000'000;
    const std::string text = fmt::format("{}{:02}:{:02}:{:02}", micros < 0 ? "-" : "",
                                         seconds / 3600, seconds / 60 % 60, seconds % 60);
    TBL_TRY(ctx.report(truncated_wrong_value("time", text)));
    micros = std::clamp(micros, -kMaxMicros, kMaxMicros);
  }
  return DurationValue{micros * 1000, static_cast<uint8_t>(micros % 1'000'000 != 0 ? kMaxFsp : 0)};
}

Result<std::optional<Interval>> to_interval(const Value& v, IntervalUnit unit,
                                            const ConvertContext& ctx) {
  if (v.is_null()) return std::optional<Interval>();
  bool is_text = v.kind() == ValueKind::kString || v.kind() == ValueKind::kEnum ||
                 v.kind() == ValueKind::kSet || v.kind() == ValueKind::kBits;
  bool has_parts = unit > IntervalUnit::kYear;
  if (unit == IntervalUnit::kSecond && v.kind() != ValueKind::kInt) {
    TBL_ASSIGN(Decimal d, to_decimal(v, ctx));
    auto interval = parse_interval(d.to_string(), unit);
    bool exact = v.kind() == ValueKind::kDecimal;
    if (interval && exact) interval->fsp = static_cast<uint8_t>(std::min(d.frac(), kMaxFsp));
    return interval;
  }
  if (is_text || has_parts) return parse_interval(to_text(v), unit);
  TBL_ASSIGN(int64_t count, to_int(v, ctx));
  return interval_of(count, unit);
}

}  // namespace tbl::tidb
