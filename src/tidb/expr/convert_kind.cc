#include "tidb/expr/convert_kind.h"

#include "tidb/expr/call_args.h"
#include "tidb/expr/result_type.h"

namespace tbl::tidb {

namespace {

Result<Value> to_integer_of(const Value& value, const FieldType& to, EvalContext& ctx) {
  if (to.is_unsigned()) {
    TBL_ASSIGN(uint64_t v, to_uint(value, ctx.convert));
    return Value::of_uint(v);
  }
  TBL_ASSIGN(int64_t v, to_int(value, ctx.convert));
  return Value::of_int(v);
}

Result<Value> to_decimal_of(const Value& value, const FieldType& to, EvalContext& ctx) {
  TBL_ASSIGN(Decimal v, to_decimal(value, ctx.convert));
  return Value::of_decimal(to.decimal < 0 ? v : v.show(to.decimal));
}

}  // namespace

Result<Value> convert_kind(Value value, const FieldType& from, const FieldType& to,
                           EvalContext& ctx) {
  if (value.is_null()) return value;
  switch (eval_class(to)) {
    case EvalClass::kInt:
      if (value.kind() == ValueKind::kInt && !to.is_unsigned()) return value;
      return to_integer_of(value, to, ctx);
    case EvalClass::kDouble: {
      if (value.kind() == ValueKind::kDouble) return value;
      TBL_ASSIGN(double v, to_double(value, ctx.convert));
      return Value::of_double(v);
    }
    case EvalClass::kDecimal:
      return to_decimal_of(value, to, ctx);
    case EvalClass::kTime:
      return to_time(value, to.tp, to.decimal, ctx.convert);
    case EvalClass::kDuration:
      return to_duration(value, to.decimal, ctx.convert);
    case EvalClass::kJson: {
      if (value.kind() == ValueKind::kJson) return value;
      TBL_ASSIGN(std::string doc, to_json(value));
      return Value::of_json(std::move(doc));
    }
    case EvalClass::kString:
      break;
  }
  bool member = value.kind() == ValueKind::kEnum || value.kind() == ValueKind::kSet;
  if (value.is_string() || (member && from.tp == to.tp)) return value;
  return Value::of_string(text_of(value, from));
}

Result<Value> eval_as_result(Call& call, size_t i) {
  TBL_ASSIGN(Value value, call.eval(i));
  return convert_kind(std::move(value), call.arg_type(i), call.expr.type(), call.ctx);
}

FieldType merged_type(const std::vector<ExprPtr>& args, size_t first, size_t step) {
  FieldType type = args[first]->type();
  for (size_t i = first + step; i < args.size(); i += step) {
    type = merge_types(type, args[i]->type());
  }
  constexpr uint32_t kKept = schema::kFlagBinary | schema::kFlagUnsigned;
  type.flag &= kKept;
  return type;
}

}  // namespace tbl::tidb
