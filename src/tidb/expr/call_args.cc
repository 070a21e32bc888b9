#include "tidb/expr/call_args.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "tidb/types/sql_error.h"

namespace tbl::tidb {

std::string text_of(const Value& value, const FieldType& type) {
  if (value.kind() == ValueKind::kString) return value.as_string();
  bool needs_type = type.tp == schema::kTypeFloat || (type.flag & schema::kFlagZerofill) ||
                    (value.kind() == ValueKind::kDouble && type.decimal >= 0);
  return needs_type ? value_to_text(value, type) : to_text(value);
}

Result<int64_t> length_arg(const Call& call, size_t i) {
  const Value& v = call.args[i];
  if (v.kind() == ValueKind::kUint) {
    constexpr uint64_t kMax = std::numeric_limits<int64_t>::max();
    return static_cast<int64_t>(std::min(v.as_uint(), kMax));
  }
  return int_arg(call, i);
}

Result<uint64_t> bits_of(const Value& v, EvalContext& ctx) {
  switch (v.kind()) {
    case ValueKind::kUint:
      return v.as_uint();
    case ValueKind::kBits:
    case ValueKind::kDecimal:
      if (v.kind() == ValueKind::kBits || !v.as_decimal().negative())
        return to_uint(v, ctx.convert);
      [[fallthrough]];
    default: {
      TBL_ASSIGN(int64_t number, to_int(v, ctx.convert));
      return static_cast<uint64_t>(number);
    }
  }
}

Result<Value> divided_by_zero(EvalContext& ctx) {
  if (ctx.convert.sql_mode & kModeErrorForDivisionByZero) {
    TBL_TRY(ctx.convert.report(division_by_zero()));
  }
  return Value::null();
}

Value integer_value(const Call& call, uint64_t bits) {
  return call.expr.type().is_unsigned() ? Value::of_uint(bits)
                                        : Value::of_int(static_cast<int64_t>(bits));
}

Result<Value> finite(double v, const Call& call) {
  if (!std::isfinite(v)) return out_of_range("DOUBLE", call);
  return Value::of_double(v);
}

Status out_of_range(const char* type, const Call& call) {
  return value_out_of_range(type, call.expr.to_string());
}

}  // namespace tbl::tidb
