// Dates plus and minus something, and their differences: DATE_ADD, ADDTIME, TIMESTAMPDIFF, ...
#include <algorithm>

#include "tidb/expr/families.h"
#include "tidb/expr/result_type.h"
#include "tidb/expr/time_args.h"
#include "tidb/types/sql_error.h"

namespace tbl::tidb {

namespace {

constexpr int64_t kTimeTextWidth = 29;

Result<FieldType> integer(BuildCall&) { return int_type(); }

bool has_microseconds(IntervalUnit unit) {
  return unit == IntervalUnit::kMicrosecond || unit == IntervalUnit::kSecondMicrosecond ||
         unit == IntervalUnit::kMinuteMicrosecond || unit == IntervalUnit::kHourMicrosecond ||
         unit == IntervalUnit::kDayMicrosecond;
}

/// A DATE stays one for units of whole days; a TIME stays one; texts stay texts.
FieldType shifted_type(const FieldType& date, IntervalUnit unit, const Expr& amount,
                       const BuildContext& ctx) {
  int fsp = has_microseconds(unit) ? kMaxFsp : 0;
  if (unit == IntervalUnit::kSecond && !is_null_type(amount.type())) fsp = fsp_of(amount);
  switch (eval_class(date)) {
    case EvalClass::kTime:
      if (date.tp == schema::kTypeDate && !interval_has_time(unit)) return date_type();
      return datetime_type(std::max(fsp, date.decimal));
    case EvalClass::kDuration:
      if (interval_has_time(unit) || unit == IntervalUnit::kDay) {
        return duration_type(std::max(fsp, date.decimal));
      }
      return datetime_type(std::max(fsp, date.decimal));
    default:
      return text_type(kTimeTextWidth, ctx);
  }
}

/// ADDDATE(date, days) is DATE_ADD(date, INTERVAL days DAY).
Result<FieldType> shift_type(BuildCall& call) {
  if (call.args.size() == 2) call.args.push_back(Constant::of(Value::of_string("DAY")));
  auto unit = unit_arg(*call.args[2]);
  if (!unit) return internal_error("a date function without a unit");
  return shifted_type(call.type(0), *unit, *call.args[1], call.ctx);
}

struct Shift {
  Interval interval;
  IntervalUnit unit;
};

Result<Value> overflow(const Call& call) {
  TBL_TRY(call.ctx.convert.report(
      sql_error(kErrDatetimeFunctionOverflow, "Datetime function: datetime field overflow")));
  return Value::null();
}

/// The sum in the form of a text: a date alone when there is no time in it.
Result<Value> shift_text(const Call& call, const Value& date, const Shift& shift) {
  TBL_ASSIGN(Value read, to_time(date, schema::kTypeDatetime, -1, call.ctx.convert));
  if (read.is_null()) return read;
  TimeValue time = read.as_time();
  std::string text = to_text(date);
  bool date_only = text.find(':') == std::string::npos && time.fields.hour == 0 &&
                   time.fields.minute == 0 && time.fields.second == 0;
  if (date_only) time = time_to_type(time, schema::kTypeDate);
  auto sum = add_interval(time, shift.interval, shift.unit);
  if (!sum) return overflow(call);
  if (sum->type != schema::kTypeDate) sum->fsp = sum->fields.microsecond != 0 ? kMaxFsp : 0;
  return Value::of_string(time_to_text(*sum));
}

Result<Value> shift_value(const Call& call, const Value& date, const Shift& shift) {
  const FieldType& type = call.expr.type();
  if (eval_class(type) == EvalClass::kString) return shift_text(call, date, shift);
  if (eval_class(type) == EvalClass::kDuration) {
    auto sum = add_interval(date.as_duration(), shift.interval);
    if (!sum) return overflow(call);
    sum->fsp = static_cast<uint8_t>(type.decimal);
    return Value::of_duration(*sum);
  }
  TBL_ASSIGN(
      Value read,
      to_time(date,
              type.tp == schema::kTypeDate ? type.tp : static_cast<uint8_t>(schema::kTypeDatetime),
              -1, call.ctx.convert));
  if (read.is_null()) return read;
  auto sum = add_interval(read.as_time(), shift.interval, shift.unit);
  if (!sum) return overflow(call);
  if (sum->type != schema::kTypeDate) sum->fsp = static_cast<uint8_t>(type.decimal);
  return Value::of_time(*sum);
}

template <bool kSubtract>
Result<Value> eval_shift(Call& call) {
  IntervalUnit unit = *unit_arg(call.expr.arg(2));
  TBL_ASSIGN(auto interval, to_interval(call.args[1], unit, call.ctx.convert));
  if (!interval) return Value::null();
  return shift_value(call, call.args[0],
                     {kSubtract ? negate_interval(*interval) : *interval, unit});
}

/// TIMESTAMPADD(unit, amount, date).
Result<FieldType> timestampadd_type(BuildCall& call) {
  auto unit = unit_arg(*call.args[0]);
  if (!unit) return internal_error("TIMESTAMPADD without a unit");
  return text_type(kTimeTextWidth, call.ctx);
}

Result<Value> eval_timestampadd(Call& call) {
  IntervalUnit unit = *unit_arg(call.expr.arg(0));
  TBL_ASSIGN(auto interval, to_interval(call.args[1], unit, call.ctx.convert));
  if (!interval) return Value::null();
  return shift_text(call, call.args[2], {*interval, unit});
}

Result<FieldType> timestampdiff_type(BuildCall& call) {
  if (!unit_arg(*call.args[0])) return internal_error("TIMESTAMPDIFF without a unit");
  return int_type();
}

Result<Value> eval_timestampdiff(Call& call) {
  IntervalUnit unit = *unit_arg(call.expr.arg(0));
  TBL_ASSIGN(auto a, time_arg(call, 1));
  TBL_ASSIGN(auto b, time_arg(call, 2));
  if (!a || !b) return Value::null();
  return Value::of_int(timestamp_diff(unit, a->fields, b->fields));
}

Result<Value> eval_datediff(Call& call) {
  TBL_ASSIGN(auto a, time_arg(call, 0));
  TBL_ASSIGN(auto b, time_arg(call, 1));
  if (!a || !b) return Value::null();
  auto days = [](const TimeValue& t) {
    return day_number(t.fields.year, t.fields.month, t.fields.day);
  };
  return Value::of_int(days(*a) - days(*b));
}

int common_fsp(const BuildCall& call) {
  return std::max(fsp_of(*call.args[0]), fsp_of(*call.args[1]));
}

Result<FieldType> addtime_type(BuildCall& call) {
  switch (eval_class(call.type(0))) {
    case EvalClass::kTime:
      return datetime_type(common_fsp(call));
    case EvalClass::kDuration:
      return duration_type(common_fsp(call));
    default:
      return text_type(kTimeTextWidth, call.ctx);
  }
}

Result<std::optional<TimeValue>> time_plus(const TimeValue& time, int64_t nanoseconds) {
  int64_t micros = micros_since_year_0(time.fields) + nanoseconds / 1000;
  auto fields = time_of_micros_since_year_0(micros);
  if (!fields) return std::optional<TimeValue>();
  return std::optional(TimeValue{*fields, schema::kTypeDatetime, time.fsp});
}

/// kSign 1: ADDTIME, -1: SUBTIME. The second argument is a duration.
template <int kSign>
Result<Value> eval_addtime(Call& call) {
  if (is_point_in_time(call.args[1])) return Value::null();
  TBL_ASSIGN(auto added, duration_arg(call, 1));
  if (!added) return Value::null();
  const FieldType& type = call.expr.type();
  bool as_text = eval_class(type) == EvalClass::kString;
  int64_t nanos = kSign * added->nanoseconds;
  if (is_point_in_time(call.args[0])) {
    TBL_ASSIGN(auto time, time_arg(call, 0));
    if (!time) return Value::null();
    TBL_ASSIGN(auto sum, time_plus(*time, nanos));
    if (!sum) return overflow(call);
    sum->fsp =
        static_cast<uint8_t>(as_text ? (sum->fields.microsecond ? kMaxFsp : 0) : type.decimal);
    return as_text ? Value::of_string(time_to_text(*sum)) : Value::of_time(*sum);
  }
  TBL_ASSIGN(auto time, duration_arg(call, 0));
  if (!time) return Value::null();
  TBL_ASSIGN(auto sum, duration_of_micros((time->nanoseconds + nanos) / 1000, call.ctx.convert));
  if (!as_text) sum.fsp = static_cast<uint8_t>(type.decimal);
  return as_text ? Value::of_string(duration_to_text(sum)) : Value::of_duration(sum);
}

Result<FieldType> timediff_type(BuildCall& call) { return duration_type(common_fsp(call)); }

/// NULL when one is a point in time and the other is not.
Result<Value> eval_timediff(Call& call) {
  int64_t micros = 0;
  bool points = is_point_in_time(call.args[0]);
  if (points != is_point_in_time(call.args[1])) return Value::null();
  if (points) {
    TBL_ASSIGN(auto a, time_arg(call, 0));
    TBL_ASSIGN(auto b, time_arg(call, 1));
    if (!a || !b) return Value::null();
    micros = micros_since_year_0(a->fields) - micros_since_year_0(b->fields);
  } else {
    TBL_ASSIGN(auto a, duration_arg(call, 0));
    TBL_ASSIGN(auto b, duration_arg(call, 1));
    if (!a || !b) return Value::null();
    micros = (a->nanoseconds - b->nanoseconds) / 1000;
  }
  TBL_ASSIGN(auto difference, duration_of_micros(micros, call.ctx.convert));
  difference.fsp = static_cast<uint8_t>(call.expr.type().decimal);
  return Value::of_duration(difference);
}

Result<FieldType> timestamp_type_of(BuildCall& call) {
  return datetime_type(call.args.size() > 1 ? common_fsp(call) : fsp_of(*call.args[0]));
}

Result<Value> eval_timestamp(Call& call) {
  TBL_ASSIGN(auto time, loose_time_arg(call, 0));
  if (!time) return Value::null();
  if (call.args.size() > 1) {
    TBL_ASSIGN(auto added, duration_arg(call, 1));
    if (!added) return Value::null();
    TBL_ASSIGN(time, time_plus(*time, added->nanoseconds));
    if (!time) return overflow(call);
  }
  time->fsp = static_cast<uint8_t>(call.expr.type().decimal);
  return Value::of_time(*time);
}

/// The latest period there is; what lies behind it counts as month 0.
constexpr int64_t kLastPeriod = 999912;

/// Months since year 0 of YYMM or YYYYMM.
int64_t months_of_period(int64_t period) {
  if (period > kLastPeriod) return 0;
  int64_t year = period / 100;
  if (year < 70)
    year += 2000;
  else if (year < 100)
    year += 1900;
  return year * 12 + period % 100 - 1;
}

int64_t period_of_months(uint32_t months) {
  if (months == 0) return 0;
  int64_t year = months / 12;
  if (year < 100) year += year < 70 ? 2000 : 1900;
  return year * 100 + months % 12 + 1;
}

Status bad_period(std::string_view function) {
  return sql_error(kErrWrongArguments, "Incorrect arguments to " + std::string(function));
}

bool is_period(int64_t period) { return period > 0 && period % 100 >= 1 && period % 100 <= 12; }

Result<Value> eval_period_add(Call& call) {
  TBL_ASSIGN(int64_t period, length_arg(call, 0));
  TBL_ASSIGN(int64_t added, length_arg(call, 1));
  if (period == 0) return Value::of_int(0);
  if (!is_period(period)) return bad_period("period_add");
  // Months are 32 bits, as in MySQL: sums beyond wrap around.
  return Value::of_int(period_of_months(static_cast<uint32_t>(months_of_period(period)) +
                                        static_cast<uint32_t>(added)));
}

Result<Value> eval_period_diff(Call& call) {
  TBL_ASSIGN(int64_t a, length_arg(call, 0));
  TBL_ASSIGN(int64_t b, length_arg(call, 1));
  if (!is_period(a) || !is_period(b)) return bad_period("period_diff");
  return Value::of_int(months_of_period(a) - months_of_period(b));
}

constexpr FunctionDef kFunctions[] = {
    {"date_add", 3, 3, shift_type, eval_shift<false>},
    {"adddate", 2, 3, shift_type, eval_shift<false>},
    {"date_sub", 3, 3, shift_type, eval_shift<true>},
    {"subdate", 2, 3, shift_type, eval_shift<true>},
    {"timestampadd", 3, 3, timestampadd_type, eval_timestampadd},
    {"timestampdiff", 3, 3, timestampdiff_type, eval_timestampdiff},
    {"datediff", 2, 2, integer, eval_datediff},
    {"addtime", 2, 2, addtime_type, eval_addtime<1>},
    {"subtime", 2, 2, addtime_type, eval_addtime<-1>},
    {"timediff", 2, 2, timediff_type, eval_timediff},
    {"timestamp", 1, 2, timestamp_type_of, eval_timestamp},
    {"period_add", 2, 2, integer, eval_period_add},
    {"period_diff", 2, 2, integer, eval_period_diff},
};

}  // namespace

std::span<const FunctionDef> date_arithmetic_functions() { return kFunctions; }

}  // namespace tbl::tidb
