// What time it is: NOW, CURDATE, CURTIME, UTC_*, SYSDATE; seconds since 1970; time zones.
#include <chrono>

#include "tidb/expr/families.h"
#include "tidb/expr/result_type.h"
#include "tidb/expr/time_args.h"

namespace tbl::tidb {

namespace {

constexpr int64_t kMicros = 1'000'000;

Result<FieldType> datetime_of_fsp(BuildCall& call) {
  TBL_ASSIGN(int fsp, fsp_argument(call, 0));
  return datetime_type(fsp);
}
Result<FieldType> duration_of_fsp(BuildCall& call) {
  TBL_ASSIGN(int fsp, fsp_argument(call, 0));
  return duration_type(fsp);
}
Result<FieldType> date(BuildCall&) { return date_type(); }

Result<Value> eval_now(Call& call) {
  return Value::of_time(statement_time(call.ctx, call.expr.type().decimal));
}
Result<Value> eval_utc_timestamp(Call& call) {
  return Value::of_time(statement_time_utc(call.ctx, call.expr.type().decimal));
}
Result<Value> eval_curdate(Call& call) {
  return Value::of_time(time_to_type(statement_time(call.ctx, 0), schema::kTypeDate));
}
Result<Value> eval_utc_date(Call& call) {
  return Value::of_time(time_to_type(statement_time_utc(call.ctx, 0), schema::kTypeDate));
}
Result<Value> eval_curtime(Call& call) {
  return Value::of_duration(time_of_day(statement_time(call.ctx, call.expr.type().decimal)));
}
Result<Value> eval_utc_time(Call& call) {
  return Value::of_duration(time_of_day(statement_time_utc(call.ctx, call.expr.type().decimal)));
}

/// The time of this evaluation, not of the statement.
Result<Value> eval_sysdate(Call& call) {
  auto since_1970 = std::chrono::system_clock::now().time_since_epoch();
  EvalContext moment;
  moment.convert.time_zone = call.ctx.convert.time_zone;
  moment.now_micros = std::chrono::duration_cast<std::chrono::microseconds>(since_1970).count();
  return Value::of_time(statement_time(moment, call.expr.type().decimal));
}

/// A decimal when the argument has digits behind its seconds.
Result<FieldType> unix_type(BuildCall& call) {
  int fsp = call.args.empty() ? 0 : fsp_of(*call.args[0]);
  return fsp > 0 ? limited_decimal_type(12 + fsp, fsp) : int_type_of_width(11);
}

Result<Value> eval_unix_timestamp(Call& call) {
  int64_t micros = call.ctx.now_micros;
  if (!call.args.empty()) {
    TBL_ASSIGN(auto time, loose_time_arg(call, 0));
    if (!time)
      return eval_class(call.expr.type()) == EvalClass::kInt ? Value::of_int(0)
                                                             : Value::of_decimal({});
    micros = unix_micros_of(*time, call.ctx.convert.zone()).value_or(0);
  }
  if (eval_class(call.expr.type()) == EvalClass::kInt) return Value::of_int(micros / kMicros);
  auto seconds = Decimal::divide(Decimal::of_int(micros), Decimal::of_int(kMicros), kMaxFsp);
  return Value::of_decimal(seconds->truncate(call.expr.type().decimal));
}

/// Seconds may have a fraction. Nothing: outside of 1970 to 2038.
Result<std::optional<int64_t>> micros_of_seconds(const Call& call) {
  TBL_ASSIGN(Decimal seconds, decimal_arg(call, 0));
  auto micros = Decimal::multiply(seconds, Decimal::of_int(kMicros));
  constexpr int64_t kEnd = (1LL << 31) * kMicros;
  bool clipped = false;
  int64_t count = micros ? micros->to_int(&clipped) : -1;
  if (clipped || count < 0 || count >= kEnd) return std::optional<int64_t>();
  return std::optional(count);
}

Result<FieldType> from_unixtime_type(BuildCall& call) {
  if (call.args.size() > 1) return text_type(kMaxBlobWidth, call.ctx);
  const FieldType& arg = call.type(0);
  bool exact = eval_class(arg) == EvalClass::kInt || eval_class(arg) == EvalClass::kDecimal;
  return datetime_type(exact ? fsp_of(*call.args[0]) : kMaxFsp);
}

Result<Value> eval_from_unixtime(Call& call) {
  TBL_ASSIGN(auto micros, micros_of_seconds(call));
  if (!micros) return Value::null();
  int fsp = call.args.size() > 1 ? kMaxFsp : call.expr.type().decimal;
  TimeValue time = time_from_unix_micros(*micros, call.ctx.convert.zone(), fsp);
  if (call.args.size() == 1) return Value::of_time(time);
  auto text = format_time(time.fields, text_arg(call, 1));
  return text ? Value::of_string(std::move(*text)) : Value::null();
}

Result<FieldType> convert_tz_type(BuildCall& call) { return datetime_type(fsp_of(*call.args[0])); }

/// NULL for an unknown zone.
Result<Value> eval_convert_tz(Call& call) {
  TBL_ASSIGN(auto time, time_arg(call, 0));
  if (!time) return Value::null();
  auto zone_of = [&](size_t i) -> Result<codec::TimeZone> {
    std::string name = text_arg(call, i);
    if (name == "SYSTEM") return codec::TimeZone::load("System");
    return codec::TimeZone::load(name);
  };
  auto from = zone_of(1), to = zone_of(2);
  if (!from.ok() || !to.ok()) return Value::null();
  if (!unix_micros_of(*time, *from)) return Value::of_time(*time);
  time->fields = to->from_utc(from->to_utc(time->fields));
  time->fsp = static_cast<uint8_t>(call.expr.type().decimal);
  return Value::of_time(*time);
}

/// The time in a timestamp of the cluster's oracle: milliseconds above 18 bits of counter.
Result<Value> eval_parse_tso(Call& call) {
  TBL_ASSIGN(uint64_t tso, bits_of(call.args[0], call.ctx));
  if (tso == 0) return Value::null();
  constexpr int kLogicalBits = 18;
  auto micros = static_cast<int64_t>(tso >> kLogicalBits) * 1000;
  return Value::of_time(time_from_unix_micros(micros, call.ctx.convert.zone(), kMaxFsp));
}

constexpr FunctionDef kFunctions[] = {
    {"now", 0, 1, datetime_of_fsp, eval_now, kPerStatement},
    {"current_timestamp", 0, 1, datetime_of_fsp, eval_now, kPerStatement},
    {"localtime", 0, 1, datetime_of_fsp, eval_now, kPerStatement},
    {"localtimestamp", 0, 1, datetime_of_fsp, eval_now, kPerStatement},
    {"utc_timestamp", 0, 1, datetime_of_fsp, eval_utc_timestamp, kPerStatement},
    {"sysdate", 0, 1, datetime_of_fsp, eval_sysdate, kNotConstant},
    {"curdate", 0, 0, date, eval_curdate, kPerStatement},
    {"current_date", 0, 0, date, eval_curdate, kPerStatement},
    {"utc_date", 0, 0, date, eval_utc_date, kPerStatement},
    {"curtime", 0, 1, duration_of_fsp, eval_curtime, kPerStatement},
    {"current_time", 0, 1, duration_of_fsp, eval_curtime, kPerStatement},
    {"utc_time", 0, 1, duration_of_fsp, eval_utc_time, kPerStatement},
    {"unix_timestamp", 0, 1, unix_type, eval_unix_timestamp, kPerStatement},
    {"from_unixtime", 1, 2, from_unixtime_type, eval_from_unixtime},
    {"convert_tz", 3, 3, convert_tz_type, eval_convert_tz},
    {"tidb_parse_tso", 1, 1, [](BuildCall&) -> Result<FieldType> { return datetime_type(kMaxFsp); },
     eval_parse_tso},
};

}  // namespace

std::span<const FunctionDef> clock_functions() { return kFunctions; }

}  // namespace tbl::tidb
