// Dates and times made of numbers and texts, and shown in formats: MAKETIME, STR_TO_DATE,
// DATE_FORMAT, ...
#include <algorithm>

#include "tidb/expr/families.h"
#include "tidb/expr/result_type.h"
#include "tidb/expr/time_args.h"
#include "tidb/types/sql_error.h"

namespace tbl::tidb {

namespace {

constexpr int64_t kFormattedWidth = 255;

Result<FieldType> text(BuildCall& call) { return text_type(kFormattedWidth, call.ctx); }
Result<FieldType> date(BuildCall&) { return date_type(); }

Value text_or_null(std::optional<std::string> v) {
  return v ? Value::of_string(std::move(*v)) : Value::null();
}

Result<Value> eval_date_format(Call& call) {
  TBL_ASSIGN(auto time, loose_time_arg(call, 0));
  if (!time) return Value::null();
  return text_or_null(format_time(time->fields, text_arg(call, 1)));
}

Result<Value> eval_time_format(Call& call) {
  TBL_ASSIGN(auto time, duration_arg(call, 0));
  if (!time) return Value::null();
  return Value::of_string(format_duration(*time, text_arg(call, 1)));
}

Result<Value> eval_get_format(Call& call) {
  std::string_view name = format_name(text_arg(call, 0), text_arg(call, 1));
  return name.empty() ? Value::null() : Value::of_string(std::string(name));
}

/// What a format of STR_TO_DATE holds: letters after % of the date, of the time, and %f.
struct FormatParts {
  bool date = false;
  bool time = false;
  bool micro = false;
};

FormatParts parts_of_format(std::string_view format) {
  FormatParts parts;
  for (size_t i = 0; i + 1 < format.size(); ++i) {
    if (format[i] != '%') continue;
    char c = format[++i];
    parts.date |= std::string_view("abcDdejMmUuVvWwXxYy").find(c) != std::string_view::npos;
    parts.time |= std::string_view("fHhIiklpRrSsT").find(c) != std::string_view::npos;
    parts.micro |= c == 'f';
  }
  return parts;
}

/// A constant format tells the type; else DATETIME(6).
Result<FieldType> str_to_date_type(BuildCall& call) {
  const Expr& format = *call.args[1];
  if (format.kind() != ExprKind::kConstant) return datetime_type(kMaxFsp);
  const Value& v = static_cast<const Constant&>(format).value();
  if (!v.is_string()) return datetime_type(kMaxFsp);
  FormatParts parts = parts_of_format(v.as_string());
  int fsp = parts.micro ? kMaxFsp : 0;
  if (parts.date && parts.time) return datetime_type(fsp);
  if (parts.time) return duration_type(fsp);
  return date_type();
}

Result<Value> no_date(const Call& call, const std::string& text) {
  TBL_TRY(call.ctx.convert.report(sql_error(
      kErrWrongValueForType, "Incorrect datetime value: '" + text + "' for function str_to_date")));
  return Value::null();
}

Result<Value> eval_str_to_date(Call& call) {
  std::string source = text_arg(call, 0);
  auto parsed = parse_formatted(source, text_arg(call, 1));
  if (!parsed) return no_date(call, source);
  const FieldType& type = call.expr.type();
  auto fsp = static_cast<uint8_t>(std::max(type.decimal, 0));
  const TimeFields& t = parsed->fields;
  if (parsed->truncated) {
    TBL_TRY(call.ctx.convert.report(truncated_wrong_value("datetime", source)));
  }
  if (eval_class(type) == EvalClass::kDuration) {
    int64_t seconds = (int64_t{t.day} * 24 + t.hour) * 3600 + t.minute * 60 + t.second;
    int64_t nanos = seconds * kNanosPerSecond + int64_t{t.microsecond} * 1000;
    return Value::of_duration({parsed->negative ? -nanos : nanos, fsp});
  }
  TimeValue value{t, type.tp, fsp};
  const auto& convert = call.ctx.convert;
  if (check_time(value, convert.sql_mode, convert.zone()) != TimeCheck::kOk) {
    return no_date(call, source);
  }
  return Value::of_time(time_to_type(value, type.tp));
}

Result<Value> eval_makedate(Call& call) {
  TBL_ASSIGN(int64_t year, length_arg(call, 0));
  TBL_ASSIGN(int64_t day, length_arg(call, 1));
  if (day <= 0 || year < 0 || year > 9999) return Value::null();
  if (year < 70)
    year += 2000;
  else if (year < 100)
    year += 1900;
  constexpr int64_t kMostDays = 3652424;
  if (day > kMostDays) return Value::null();
  int64_t number = day_number(static_cast<uint32_t>(year), 1, 1) + day - 1;
  if (number > kMostDays) return Value::null();
  return Value::of_time({date_of_day_number(number), schema::kTypeDate, 0});
}

/// Clipped to the largest TIME, with a warning; strict: an error.
Result<Value> duration_within_limits(const Call& call, const Decimal& nanos,
                                     const std::string& text) {
  auto fsp = static_cast<uint8_t>(call.expr.type().decimal);
  bool clipped = false;
  int64_t count = nanos.to_int(&clipped);
  if (clipped || count > kMaxDurationNanos || count < -kMaxDurationNanos) {
    TBL_TRY(call.ctx.convert.report(truncated_wrong_value("time", text)));
    count = nanos.negative() ? -kMaxDurationNanos : kMaxDurationNanos;
  }
  return Value::of_duration(round_duration({count, fsp}, fsp));
}

Result<FieldType> sec_to_time_type(BuildCall& call) {
  bool text_or_real = numeric_class(call.type(0)) == EvalClass::kDouble;
  return duration_type(text_or_real ? kMaxFsp : fsp_of(*call.args[0]));
}

Result<Value> eval_sec_to_time(Call& call) {
  TBL_ASSIGN(Decimal seconds, decimal_arg(call, 0));
  auto nanos = Decimal::multiply(seconds, Decimal::of_int(kNanosPerSecond));
  if (!nanos) return Value::null();
  return duration_within_limits(call, *nanos, text_arg(call, 0));
}

Result<FieldType> maketime_type(BuildCall& call) {
  bool text_or_real = numeric_class(call.type(2)) == EvalClass::kDouble;
  return duration_type(text_or_real ? kMaxFsp : fsp_of(*call.args[2]));
}

/// NULL for minutes or seconds outside of 0 to 59.
Result<Value> eval_maketime(Call& call) {
  TBL_ASSIGN(int64_t hour, length_arg(call, 0));
  TBL_ASSIGN(int64_t minute, length_arg(call, 1));
  TBL_ASSIGN(Decimal second, decimal_arg(call, 2));
  bool too_many = Decimal::compare(second, Decimal::of_int(60)) >= 0;
  if (minute < 0 || minute > 59 || second.negative() || too_many) return Value::null();
  constexpr int64_t kManyHours = 1'000'000;
  hour = std::clamp(hour, -kManyHours, kManyHours);
  int64_t magnitude = ((hour < 0 ? -hour : hour) * 60 + minute) * 60;
  auto seconds = Decimal::add(Decimal::of_int(magnitude), second);
  auto nanos = Decimal::multiply(*seconds, Decimal::of_int(kNanosPerSecond));
  std::string shown = text_arg(call, 0) + ":" + text_arg(call, 1) + ":" + text_arg(call, 2);
  return duration_within_limits(call, hour < 0 ? nanos->negate() : *nanos, shown);
}

constexpr FunctionDef kFunctions[] = {
    {"date_format", 2, 2, text, eval_date_format},
    {"time_format", 2, 2, text, eval_time_format},
    {"get_format", 2, 2, text, eval_get_format},
    {"str_to_date", 2, 2, str_to_date_type, eval_str_to_date},
    {"makedate", 2, 2, date, eval_makedate},
    {"maketime", 3, 3, maketime_type, eval_maketime},
    {"sec_to_time", 1, 1, sec_to_time_type, eval_sec_to_time},
};

}  // namespace

std::span<const FunctionDef> date_format_functions() { return kFunctions; }

}  // namespace tbl::tidb
