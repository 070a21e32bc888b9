#include "tidb/expr/result_type.h"

#include <algorithm>

#include "tidb/expr/function.h"
#include "tidb/types/decimal.h"

namespace tbl::tidb {

using namespace schema;

bool is_null_type(const FieldType& type) { return type.tp == kTypeNull; }

bool is_number(const FieldType& type) {
  EvalClass c = eval_class(type);
  return c == EvalClass::kInt || c == EvalClass::kDouble || c == EvalClass::kDecimal;
}

bool is_temporal(const FieldType& type) {
  EvalClass c = eval_class(type);
  return c == EvalClass::kTime || c == EvalClass::kDuration;
}

EvalClass numeric_class(const FieldType& type) {
  switch (eval_class(type)) {
    case EvalClass::kInt:
      return EvalClass::kInt;
    case EvalClass::kDecimal:
      return EvalClass::kDecimal;
    case EvalClass::kTime:
    case EvalClass::kDuration:
      return type.decimal > 0 ? EvalClass::kDecimal : EvalClass::kInt;
    case EvalClass::kString:
      return is_null_type(type) ? EvalClass::kInt : EvalClass::kDouble;
    default:
      return EvalClass::kDouble;
  }
}

FieldType truth_type() {
  FieldType t = bool_type();
  t.flag |= kFlagBoolean;
  return t;
}

FieldType int_type_of_width(int64_t width, bool is_unsigned) {
  FieldType t = int_type(is_unsigned);
  t.flen = width;
  return t;
}

FieldType real_type(int decimals) {
  FieldType t = double_type();
  t.decimal = decimals;
  return t;
}

FieldType limited_decimal_type(int precision, int frac) {
  frac = std::clamp(frac, 0, Decimal::kMaxFrac);
  return decimal_type(std::clamp(precision, std::max(frac, 1), Decimal::kMaxDigits), frac);
}

FieldType text_type(int64_t width, const BuildContext& ctx) {
  FieldType t = string_type(width);
  t.tp = kTypeVarString;
  t.charset = ctx.eval.connection_charset;
  t.collate = ctx.eval.connection_collation;
  return t;
}

FieldType text_type_of(const std::vector<ExprPtr>& args, int64_t width, const BuildContext& ctx) {
  FieldType result = text_type(width, ctx);
  bool named = false;
  for (const auto& arg : args) {
    const FieldType& t = arg->type();
    if (eval_class(t) != EvalClass::kString || is_null_type(t)) continue;
    if (t.is_byte_string()) return bytes_type(width);
    if (named || t.charset.empty() || t.has_binary_charset()) continue;
    result.charset = t.charset;
    result.collate = t.collate;
    named = true;
  }
  return result;
}

Digits digits_of(const FieldType& type) {
  int frac = std::max(type.decimal, 0);
  switch (eval_class(type)) {
    case EvalClass::kInt:
      return {static_cast<int>(type.flen > 0 ? std::min(type.flen, kIntWidth) : kIntWidth), 0};
    case EvalClass::kDecimal:
      return {static_cast<int>(std::max<int64_t>(type.flen - frac, 1)), frac};
    case EvalClass::kTime:
      return {type.tp == kTypeDate ? 8 : 14, frac};
    case EvalClass::kDuration:
      return {7, frac};
    default:
      return {kRealWidth, frac};
  }
}

Digits digits_of(const Expr& operand) {
  const FieldType& type = operand.type();
  Digits digits = digits_of(type);
  const ExprKind kind = operand.kind();
  const bool stored = kind == ExprKind::kColumn || kind == ExprKind::kCorrelatedColumn ||
                      kind == ExprKind::kSubquery;
  if (stored && schema::is_integer_type(type.tp)) {
    const size_t most = std::to_string(uint_upper_bound(type.tp)).size();
    digits.whole = std::max(digits.whole, static_cast<int>(most));
  }
  return digits;
}

int fsp_of(const Expr& e) {
  const FieldType& t = e.type();
  switch (eval_class(t)) {
    case EvalClass::kInt:
      return 0;
    case EvalClass::kTime:
    case EvalClass::kDuration:
    case EvalClass::kDecimal:
      return std::clamp(t.decimal, 0, kMaxFsp);
    default:
      break;
  }
  if (is_null_type(t)) return 0;
  if (e.kind() != ExprKind::kConstant) return kMaxFsp;
  const Value& v = static_cast<const Constant&>(e).value();
  if (v.kind() != ValueKind::kString) return v.is_null() ? 0 : kMaxFsp;
  const std::string& text = v.as_string();
  size_t point = text.rfind('.');
  if (point == std::string::npos || text.find(':') == std::string::npos) return 0;
  return static_cast<int>(std::min<size_t>(text.size() - point - 1, kMaxFsp));
}

int64_t text_width(const FieldType& type) {
  switch (eval_class(type)) {
    case EvalClass::kInt:
      return type.flen > 0 ? type.flen : kIntWidth;
    case EvalClass::kDouble:
      return kRealWidth;
    case EvalClass::kDecimal:
      return type.flen + (type.decimal > 0 ? 2 : 1);
    default:
      return type.flen;
  }
}

std::optional<int64_t> constant_int(const Expr& e, const BuildContext& ctx) {
  if (!e.is_constant()) return std::nullopt;
  auto value = e.eval(ctx.eval, {});
  if (!value.ok() || value->is_null()) return std::nullopt;
  ConvertContext quiet = ctx.eval.convert;
  quiet.warnings = nullptr;
  auto number = to_int(*value, quiet);
  if (!number.ok()) return std::nullopt;
  return *number;
}

}  // namespace tbl::tidb
