#include "tidb/expr/time_args.h"

#include "tidb/expr/result_type.h"
#include "tidb/types/sql_error.h"

namespace tbl::tidb {

Result<std::optional<TimeValue>> loose_time_arg(const Call& call, size_t i) {
  ConvertContext convert = call.ctx.convert;
  convert.sql_mode &= ~static_cast<SqlMode>(kModeNoZeroDate | kModeNoZeroInDate);
  TBL_ASSIGN(Value v, to_time(call.args[i], schema::kTypeDatetime, -1, convert));
  if (v.is_null()) return std::optional<TimeValue>();
  return std::optional(v.as_time());
}

Result<std::optional<TimeValue>> time_arg(const Call& call, size_t i) {
  TBL_ASSIGN(auto time, loose_time_arg(call, i));
  if (time && !is_real_date(time->fields)) {
    TBL_TRY(call.ctx.convert.report(incorrect_value("datetime", to_text(call.args[i]))));
    return std::optional<TimeValue>();
  }
  return time;
}

Result<std::optional<DurationValue>> duration_arg(const Call& call, size_t i) {
  TBL_ASSIGN(Value v, to_duration(call.args[i], -1, call.ctx.convert));
  if (v.is_null()) return std::optional<DurationValue>();
  return std::optional(v.as_duration());
}

bool is_point_in_time(const Value& v) {
  if (v.kind() == ValueKind::kTime) return true;
  if (v.kind() != ValueKind::kString) return false;
  const std::string& text = v.as_string();
  size_t start = text.find_first_not_of(' ');
  if (start == std::string::npos) return false;
  // A minus in front is a sign, one further on stands between year and month; fourteen digits are a
  // full datetime.
  if (text.find('-', start + 1) != std::string::npos) return true;
  size_t digits = text.find_first_not_of("0123456789", start);
  return (digits == std::string::npos ? text.size() : digits) - start >= 12;
}

std::optional<IntervalUnit> unit_arg(const Expr& e) {
  if (e.kind() != ExprKind::kConstant) return std::nullopt;
  const Value& v = static_cast<const Constant&>(e).value();
  if (!v.is_string()) return std::nullopt;
  return interval_unit_of(v.as_string());
}

namespace {

/// Microseconds of the last step of 10^-fsp seconds.
int64_t cut(int64_t micros, int fsp) {
  int64_t unit = 1;
  for (int i = fsp; i < kMaxFsp; ++i) unit *= 10;
  return micros - micros % unit;
}

}  // namespace

TimeValue statement_time(const EvalContext& ctx, int fsp) {
  return time_from_unix_micros(cut(ctx.now_micros, fsp), ctx.convert.zone(), fsp);
}

TimeValue statement_time_utc(const EvalContext& ctx, int fsp) {
  return time_from_unix_micros(cut(ctx.now_micros, fsp), codec::TimeZone(), fsp);
}

Result<int> fsp_argument(BuildCall& call, size_t i) {
  if (i >= call.args.size()) return 0;
  auto fsp = constant_int(*call.args[i], call.ctx);
  if (!fsp || *fsp < 0)
    return sql_error(kErrWrongArguments, "Incorrect arguments to " + std::string(call.name));
  if (*fsp > kMaxFsp) {
    return sql_error(kErrTooBigPrecision, "Too-big precision " + std::to_string(*fsp) +
                                              " specified for '" + std::string(call.name) +
                                              "'. Maximum is 6.");
  }
  return static_cast<int>(*fsp);
}

Value value_of(const std::optional<TimeValue>& v) { return v ? Value::of_time(*v) : Value::null(); }

Value value_of(const std::optional<DurationValue>& v) {
  return v ? Value::of_duration(*v) : Value::null();
}

}  // namespace tbl::tidb
