// Storing into columns: times and JSON, and which part does the rest.
#include "tidb/types/column_cast.h"

#include <fmt/format.h>

#include <algorithm>

#include "tidb/types/json_value.h"
#include "tidb/types/sql_error.h"

namespace tbl::tidb {

using schema::kTypeDuration;
using schema::kTypeTimestamp;

Status incorrect_for_column(std::string_view type, std::string_view value,
                            const ColumnTarget& target) {
  return sql_error(kErrTruncatedWrongValueForField,
                   fmt::format("Incorrect {} value: '{}' for column '{}' at row {}", type, value,
                               target.name, target.row));
}

namespace {

Status wrong_time(const Value& v, const ColumnTarget& target) {
  return sql_error(kErrTruncatedWrongValue,
                   fmt::format("Incorrect {} value: '{}' for column '{}' at row {}",
                               type_name(target.type), to_text(v), target.name, target.row));
}

int fsp_of(const FieldType& type) { return std::clamp(type.decimal, 0, kMaxFsp); }

/// Without sql_mode's checks, which come with the column's own message.
Result<Value> quiet_time(const Value& v, const FieldType& type, const ConvertContext& ctx,
                         bool* truncated) {
  Warnings noted;
  ConvertContext quiet = ctx;
  quiet.warnings = &noted;
  quiet.strict = false;
  quiet.sql_mode = (ctx.sql_mode | kModeInvalidDates) & ~SqlMode{kModeNoZeroDate};
  TBL_ASSIGN(Value time, to_time(v, type.tp, fsp_of(type), quiet));
  *truncated = !noted.empty();
  return time;
}

Result<Value> to_datetime_column(const Value& v, const ColumnTarget& target,
                                 const ConvertContext& ctx) {
  bool truncated = false;
  TBL_ASSIGN(Value time, quiet_time(v, target.type, ctx, &truncated));
  auto fsp = static_cast<uint8_t>(fsp_of(target.type));
  Value zero = Value::of_time({{}, target.type.tp, fsp});
  if (time.is_null()) {
    TBL_TRY(ctx.report(wrong_time(v, target)));
    return zero;
  }
  if (truncated) TBL_TRY(ctx.report(wrong_time(v, target)));
  TimeCheck check = check_time(time.as_time(), ctx.sql_mode, ctx.zone());
  if (check == TimeCheck::kOk) return time;
  TBL_TRY(ctx.report(wrong_time(v, target)));
  return zero;
}

Result<Value> to_time_column(const Value& v, const ColumnTarget& target,
                             const ConvertContext& ctx) {
  Warnings noted;
  ConvertContext quiet = ctx;
  quiet.warnings = &noted;
  quiet.strict = false;
  TBL_ASSIGN(Value duration, to_duration(v, fsp_of(target.type), quiet));
  if (duration.is_null()) {
    TBL_TRY(ctx.report(wrong_time(v, target)));
    return Value::of_duration({0, static_cast<uint8_t>(fsp_of(target.type))});
  }
  if (noted.empty()) return duration;
  if (ctx.strict) return wrong_time(v, target);
  bool clipped = std::abs(duration.as_duration().nanoseconds) == kMaxDurationNanos;
  ctx.warn(clipped ? out_of_range_column(target.name, target.row)
                   : data_truncated(target.name, target.row));
  return duration;
}

Result<Value> to_json_column(const Value& v) {
  bool is_text = v.is_string() || v.kind() == ValueKind::kEnum || v.kind() == ValueKind::kSet;
  TBL_ASSIGN(std::string doc, is_text ? json_parse(to_text(v)) : to_json(v));
  return Value::of_json(std::move(doc));
}

}  // namespace

Result<Value> cast_to_time_column(const Value& v, const ColumnTarget& target,
                                  const ConvertContext& ctx) {
  if (target.type.tp == kTypeDuration) return to_time_column(v, target, ctx);
  return to_datetime_column(v, target, ctx);
}

Result<Value> cast_to_column(const Value& v, const ColumnTarget& target,
                             const ConvertContext& ctx) {
  if (v.is_null()) return v;
  const FieldType& type = target.type;
  switch (eval_class(type)) {
    case EvalClass::kInt:
    case EvalClass::kDouble:
    case EvalClass::kDecimal:
      return cast_to_number_column(v, target, ctx);
    case EvalClass::kTime:
    case EvalClass::kDuration:
      return cast_to_time_column(v, target, ctx);
    case EvalClass::kJson:
      return to_json_column(v);
    case EvalClass::kString:
      break;
  }
  if (type.tp == schema::kTypeEnum || type.tp == schema::kTypeSet) {
    return cast_to_member_column(v, target, ctx);
  }
  return cast_to_text_column(v, target, ctx);
}

Result<Value> check_not_null(Value v, const ColumnTarget& target, bool allow_zero,
                             const ConvertContext& ctx) {
  if (!v.is_null() || !target.type.not_null()) return v;
  Status problem = column_cannot_be_null(target.name);
  if (!allow_zero) return problem;
  ctx.warn(problem);
  return zero_value(target.type);
}

}  // namespace tbl::tidb
