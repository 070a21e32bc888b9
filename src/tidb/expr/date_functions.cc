// Parts of dates and times: YEAR, WEEK, HOUR, DATE, LAST_DAY, TO_DAYS, EXTRACT, ...
#include "tidb/expr/families.h"
#include "tidb/expr/result_type.h"
#include "tidb/expr/time_args.h"
#include "tidb/types/sql_error.h"

namespace tbl::tidb {

namespace {

constexpr int64_t kSecondsPerDay = 86400;

template <int64_t kWidth>
Result<FieldType> integer(BuildCall&) {
  return int_type_of_width(kWidth);
}
Result<FieldType> name_type(BuildCall& call) { return text_type(10, call.ctx); }
Result<FieldType> date(BuildCall&) { return date_type(); }
Result<FieldType> duration(BuildCall& call) { return duration_type(fsp_of(*call.args[0])); }

using DatePart = int64_t (*)(const TimeFields&);

/// Of a date that may have zeros.
template <DatePart kPart>
Result<Value> eval_loose_part(Call& call) {
  TBL_ASSIGN(auto time, loose_time_arg(call, 0));
  if (!time) return Value::null();
  return Value::of_int(kPart(time->fields));
}
/// Of a real date.
template <DatePart kPart>
Result<Value> eval_part(Call& call) {
  TBL_ASSIGN(auto time, time_arg(call, 0));
  if (!time) return Value::null();
  return Value::of_int(kPart(time->fields));
}

int64_t year_of(const TimeFields& t) { return t.year; }
int64_t month_of(const TimeFields& t) { return t.month; }
int64_t day_of(const TimeFields& t) { return t.day; }
int64_t quarter_of(const TimeFields& t) { return (t.month + 2) / 3; }
int64_t day_of_week_of(const TimeFields& t) { return (weekday(t) + 1) % 7 + 1; }
int64_t weekday_of(const TimeFields& t) { return weekday(t); }
int64_t day_of_year_of(const TimeFields& t) { return day_of_year(t); }
int64_t week_of_year_of(const TimeFields& t) { return week_of(t, 3, nullptr); }
int64_t days_of(const TimeFields& t) { return day_number(t.year, t.month, t.day); }
int64_t seconds_of(const TimeFields& t) {
  return days_of(t) * kSecondsPerDay + t.hour * 3600 + t.minute * 60 + t.second;
}

using DurationPart = int64_t (*)(int64_t nanoseconds);

template <DurationPart kPart>
Result<Value> eval_duration_part(Call& call) {
  TBL_ASSIGN(auto time, duration_arg(call, 0));
  if (!time) return Value::null();
  int64_t nanos = time->nanoseconds;
  return Value::of_int(kPart(nanos < 0 ? -nanos : nanos));
}

int64_t hour_of(int64_t ns) { return ns / kNanosPerSecond / 3600; }
int64_t minute_of(int64_t ns) { return ns / kNanosPerSecond / 60 % 60; }
int64_t second_of(int64_t ns) { return ns / kNanosPerSecond % 60; }
int64_t microsecond_of(int64_t ns) { return ns % kNanosPerSecond / 1000; }

Result<Value> eval_time_to_sec(Call& call) {
  TBL_ASSIGN(auto time, duration_arg(call, 0));
  if (!time) return Value::null();
  return Value::of_int(time->nanoseconds / kNanosPerSecond);
}

Result<Value> eval_dayname(Call& call) {
  TBL_ASSIGN(auto time, time_arg(call, 0));
  if (!time) return Value::null();
  return Value::of_string(std::string(weekday_name(weekday(time->fields))));
}

Result<Value> eval_monthname(Call& call) {
  TBL_ASSIGN(auto time, loose_time_arg(call, 0));
  if (!time || time->fields.month == 0) return Value::null();
  return Value::of_string(std::string(month_name(time->fields.month)));
}

Result<int> week_mode(const Call& call) {
  if (call.args.size() < 2) return static_cast<int>(call.ctx.default_week_format & 7);
  TBL_ASSIGN(int64_t mode, int_arg(call, 1));
  return static_cast<int>(mode & 7);
}

Result<Value> eval_week(Call& call) {
  TBL_ASSIGN(auto time, time_arg(call, 0));
  TBL_ASSIGN(int mode, week_mode(call));
  if (!time) return Value::null();
  return Value::of_int(week_of(time->fields, mode, nullptr));
}

Result<Value> eval_yearweek(Call& call) {
  TBL_ASSIGN(auto time, time_arg(call, 0));
  int mode = 0;
  if (call.args.size() > 1) {
    TBL_ASSIGN(mode, week_mode(call));
  }
  if (!time) return Value::null();
  int year = 0;
  constexpr int kYearOfWeek = 2;
  int week = week_of(time->fields, mode | kYearOfWeek, &year);
  return Value::of_int(year * 100 + week);
}

Result<Value> eval_date(Call& call) {
  TBL_ASSIGN(auto time, loose_time_arg(call, 0));
  if (!time) return Value::null();
  TimeValue date = time_to_type(*time, schema::kTypeDate);
  if (date.is_zero() && (call.ctx.convert.sql_mode & kModeNoZeroDate)) {
    TBL_TRY(call.ctx.convert.report(incorrect_value("datetime", to_text(call.args[0]))));
    return Value::null();
  }
  return Value::of_time(date);
}

Result<Value> eval_time(Call& call) {
  return to_duration(call.args[0], call.expr.type().decimal, call.ctx.convert);
}

Result<Value> eval_last_day(Call& call) {
  TBL_ASSIGN(auto time, loose_time_arg(call, 0));
  if (!time || time->fields.month == 0) return Value::null();
  TimeValue last = time_to_type(*time, schema::kTypeDate);
  last.fields.day = static_cast<uint32_t>(days_in_month(last.fields.year, last.fields.month));
  return Value::of_time(last);
}

Result<Value> eval_from_days(Call& call) {
  TBL_ASSIGN(int64_t days, length_arg(call, 0));
  return Value::of_time({date_of_day_number(days), schema::kTypeDate, 0});
}

Result<FieldType> extract_type(BuildCall& call) {
  if (!unit_arg(*call.args[0])) return internal_error("EXTRACT without a unit");
  return int_type_of_width(kIntWidth);
}

/// Units of a day and below are also those of a duration.
Result<Value> eval_extract(Call& call) {
  IntervalUnit unit = *unit_arg(call.expr.arg(0));
  bool in_duration = interval_has_time(unit) && !is_point_in_time(call.args[1]);
  if (in_duration) {
    TBL_ASSIGN(auto time, duration_arg(call, 1));
    return time ? Value::of_int(extract_unit(unit, *time)) : Value::null();
  }
  TBL_ASSIGN(auto time, loose_time_arg(call, 1));
  return time ? Value::of_int(extract_unit(unit, *time)) : Value::null();
}

constexpr FunctionDef kFunctions[] = {
    {"year", 1, 1, integer<4>, eval_loose_part<year_of>},
    {"month", 1, 1, integer<2>, eval_loose_part<month_of>},
    {"day", 1, 1, integer<2>, eval_loose_part<day_of>},
    {"dayofmonth", 1, 1, integer<2>, eval_loose_part<day_of>},
    {"quarter", 1, 1, integer<2>, eval_loose_part<quarter_of>},
    {"dayofweek", 1, 1, integer<1>, eval_part<day_of_week_of>},
    {"weekday", 1, 1, integer<1>, eval_part<weekday_of>},
    {"dayofyear", 1, 1, integer<3>, eval_part<day_of_year_of>},
    {"weekofyear", 1, 1, integer<2>, eval_part<week_of_year_of>},
    {"to_days", 1, 1, integer<6>, eval_part<days_of>},
    {"to_seconds", 1, 1, integer<kIntWidth>, eval_part<seconds_of>},
    {"week", 1, 2, integer<2>, eval_week},
    {"yearweek", 1, 2, integer<6>, eval_yearweek},
    {"hour", 1, 1, integer<3>, eval_duration_part<hour_of>},
    {"minute", 1, 1, integer<2>, eval_duration_part<minute_of>},
    {"second", 1, 1, integer<2>, eval_duration_part<second_of>},
    {"microsecond", 1, 1, integer<6>, eval_duration_part<microsecond_of>},
    {"time_to_sec", 1, 1, integer<10>, eval_time_to_sec},
    {"dayname", 1, 1, name_type, eval_dayname},
    {"monthname", 1, 1, name_type, eval_monthname},
    {"date", 1, 1, date, eval_date},
    {"time", 1, 1, duration, eval_time},
    {"last_day", 1, 1, date, eval_last_day},
    {"from_days", 1, 1, date, eval_from_days},
    {"extract", 2, 2, extract_type, eval_extract},
};

}  // namespace

std::span<const FunctionDef> date_functions() { return kFunctions; }

}  // namespace tbl::tidb
