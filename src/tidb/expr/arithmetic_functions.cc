// + - * / DIV % and unary minus, with MySQL's choice of integer, decimal or double.
#include <cmath>

#include "tidb/expr/call_args.h"
#include "tidb/expr/families.h"
#include "tidb/expr/result_type.h"
#include "tidb/types/sql_error.h"

namespace tbl::tidb {

namespace {

__extension__ typedef __int128 Wide;

EvalClass operand_class(const Expr& e) {
  if (e.kind() == ExprKind::kConstant &&
      static_cast<const Constant&>(e).value().kind() == ValueKind::kBits) {
    return EvalClass::kInt;  // x'41' is a number in arithmetic
  }
  return numeric_class(e.type());
}

EvalClass common_class(const BuildCall& call) {
  EvalClass a = operand_class(*call.args[0]), b = operand_class(*call.args[1]);
  if (a == EvalClass::kDouble || b == EvalClass::kDouble) return EvalClass::kDouble;
  if (a == EvalClass::kDecimal || b == EvalClass::kDecimal) return EvalClass::kDecimal;
  return EvalClass::kInt;
}

bool any_unsigned(const BuildCall& call) {
  return call.type(0).is_unsigned() || call.type(1).is_unsigned();
}

FieldType sum_of_doubles(const BuildCall& call) {
  int a = call.type(0).decimal, b = call.type(1).decimal;
  return real_type(a < 0 || b < 0 || a > 30 || b > 30 ? -1 : std::max(a, b));
}

Result<FieldType> sum_type(BuildCall& call) {
  EvalClass c = common_class(call);
  if (c == EvalClass::kDouble) return sum_of_doubles(call);
  Digits a = digits_of(*call.args[0]), b = digits_of(*call.args[1]);
  if (c == EvalClass::kDecimal) {
    int frac = std::max(a.frac, b.frac);
    return limited_decimal_type(std::max(a.whole, b.whole) + 1 + frac, frac);
  }
  bool minus_signed =
      call.name == "minus" && (call.ctx.eval.convert.sql_mode & kModeNoUnsignedSubtraction) != 0;
  return int_type_of_width(kIntWidth, any_unsigned(call) && !minus_signed);
}

Result<FieldType> product_type(BuildCall& call) {
  EvalClass c = common_class(call);
  if (c == EvalClass::kDouble) return sum_of_doubles(call);
  if (c == EvalClass::kInt) return int_type(any_unsigned(call));
  Digits a = digits_of(*call.args[0]), b = digits_of(*call.args[1]);
  return limited_decimal_type(a.whole + b.whole + a.frac + b.frac, a.frac + b.frac);
}

Result<FieldType> quotient_type(BuildCall& call) {
  if (common_class(call) == EvalClass::kDouble) {
    FieldType type = sum_of_doubles(call);
    if (type.decimal >= 0) type.decimal += static_cast<int>(call.ctx.eval.div_precision_increment);
    return type;
  }
  Digits a = digits_of(*call.args[0]), b = digits_of(*call.args[1]);
  int frac = a.frac + static_cast<int>(call.ctx.eval.div_precision_increment);
  return limited_decimal_type(a.whole + b.frac + frac, frac);
}

Result<FieldType> int_quotient_type(BuildCall& call) { return int_type(any_unsigned(call)); }

Result<FieldType> remainder_type(BuildCall& call) {
  EvalClass c = common_class(call);
  if (c == EvalClass::kDouble) return sum_of_doubles(call);
  if (c == EvalClass::kInt) return int_type(call.type(0).is_unsigned());
  Digits a = digits_of(*call.args[0]), b = digits_of(*call.args[1]);
  int frac = std::max(a.frac, b.frac);
  return limited_decimal_type(std::max(a.whole, b.whole) + frac, frac);
}

/// "(a + b)", as MySQL's message has it.
Status overflow(const char* type, const Call& call, const char* sign) {
  std::string text = "(" + call.expr.arg(0).to_string();
  text += std::string(" ") + sign + " " + call.expr.arg(1).to_string() + ")";
  return value_out_of_range(type, text);
}

Result<Wide> wide_of(const Value& v, EvalContext& ctx) {
  switch (v.kind()) {
    case ValueKind::kInt:
      return Wide(v.as_int());
    case ValueKind::kUint:
      return Wide(v.as_uint());
    case ValueKind::kBits: {
      TBL_ASSIGN(uint64_t u, to_uint(v, ctx.convert));
      return Wide(u);
    }
    default: {
      TBL_ASSIGN(int64_t i, to_int(v, ctx.convert));
      return Wide(i);
    }
  }
}

Result<Value> fit_integer(Wide v, const Call& call, const char* sign) {
  if (call.expr.type().is_unsigned()) {
    if (v < 0 || v > Wide(UINT64_MAX)) return overflow("BIGINT UNSIGNED", call, sign);
    return Value::of_uint(static_cast<uint64_t>(v));
  }
  if (v < Wide(INT64_MIN) || v > Wide(INT64_MAX)) return overflow("BIGINT", call, sign);
  return Value::of_int(static_cast<int64_t>(v));
}

/// What the three operators that cannot divide by zero differ in.
struct Plus {
  static constexpr const char* kSign = "+";
  static double of(double a, double b) { return a + b; }
  static std::optional<Decimal> of(const Decimal& a, const Decimal& b) {
    return Decimal::add(a, b);
  }
  static bool of(Wide a, Wide b, Wide* out) { return __builtin_add_overflow(a, b, out); }
};
struct Minus {
  static constexpr const char* kSign = "-";
  static double of(double a, double b) { return a - b; }
  static std::optional<Decimal> of(const Decimal& a, const Decimal& b) {
    return Decimal::subtract(a, b);
  }
  static bool of(Wide a, Wide b, Wide* out) { return __builtin_sub_overflow(a, b, out); }
};
struct Times {
  static constexpr const char* kSign = "*";
  static double of(double a, double b) { return a * b; }
  static std::optional<Decimal> of(const Decimal& a, const Decimal& b) {
    return Decimal::multiply(a, b);
  }
  static bool of(Wide a, Wide b, Wide* out) { return __builtin_mul_overflow(a, b, out); }
};

template <typename Op>
Result<Value> eval_arithmetic(Call& call) {
  switch (eval_class(call.expr.type())) {
    case EvalClass::kInt: {
      TBL_ASSIGN(Wide a, wide_of(call.args[0], call.ctx));
      TBL_ASSIGN(Wide b, wide_of(call.args[1], call.ctx));
      Wide out = 0;
      if (Op::of(a, b, &out)) out = Wide(UINT64_MAX) * 2;
      return fit_integer(out, call, Op::kSign);
    }
    case EvalClass::kDecimal: {
      TBL_ASSIGN(Decimal a, decimal_arg(call, 0));
      TBL_ASSIGN(Decimal b, decimal_arg(call, 1));
      auto out = Op::of(a, b);
      if (!out) return overflow("DECIMAL", call, Op::kSign);
      return Value::of_decimal(*out);
    }
    default: {
      TBL_ASSIGN(double a, double_arg(call, 0));
      TBL_ASSIGN(double b, double_arg(call, 1));
      double out = Op::of(a, b);
      if (!std::isfinite(out)) return overflow("DOUBLE", call, Op::kSign);
      return Value::of_double(out);
    }
  }
}

Result<Value> eval_divide(Call& call) {
  if (eval_class(call.expr.type()) == EvalClass::kDouble) {
    TBL_ASSIGN(double a, double_arg(call, 0));
    TBL_ASSIGN(double b, double_arg(call, 1));
    if (b == 0) return divided_by_zero(call.ctx);
    double out = a / b;
    if (!std::isfinite(out)) return overflow("DOUBLE", call, "/");
    return Value::of_double(out);
  }
  TBL_ASSIGN(Decimal a, decimal_arg(call, 0));
  TBL_ASSIGN(Decimal b, decimal_arg(call, 1));
  if (b.is_zero()) return divided_by_zero(call.ctx);
  auto out = Decimal::divide(a, b, static_cast<int>(call.ctx.div_precision_increment));
  if (!out) return overflow("DECIMAL", call, "/");
  return Value::of_decimal(*out);
}

bool is_whole(const Value& v) {
  return v.kind() == ValueKind::kInt || v.kind() == ValueKind::kUint ||
         v.kind() == ValueKind::kBits;
}

Result<Value> eval_int_divide(Call& call) {
  if (is_whole(call.args[0]) && is_whole(call.args[1])) {
    TBL_ASSIGN(Wide a, wide_of(call.args[0], call.ctx));
    TBL_ASSIGN(Wide b, wide_of(call.args[1], call.ctx));
    if (b == 0) return divided_by_zero(call.ctx);
    return fit_integer(a / b, call, "DIV");
  }
  TBL_ASSIGN(Decimal a, decimal_arg(call, 0));
  TBL_ASSIGN(Decimal b, decimal_arg(call, 1));
  if (b.is_zero()) return divided_by_zero(call.ctx);
  auto out = Decimal::int_divide(a, b);
  bool clipped = false;
  bool is_unsigned = call.expr.type().is_unsigned();
  Value result;
  if (out && is_unsigned) result = Value::of_uint(out->to_uint(&clipped));
  if (out && !is_unsigned) result = Value::of_int(out->to_int(&clipped));
  if (!out || clipped) return overflow(is_unsigned ? "BIGINT UNSIGNED" : "BIGINT", call, "DIV");
  return result;
}

Result<Value> eval_modulo(Call& call) {
  switch (eval_class(call.expr.type())) {
    case EvalClass::kInt: {
      TBL_ASSIGN(Wide a, wide_of(call.args[0], call.ctx));
      TBL_ASSIGN(Wide b, wide_of(call.args[1], call.ctx));
      if (b == 0) return divided_by_zero(call.ctx);
      return fit_integer(a % b, call, "%");
    }
    case EvalClass::kDecimal: {
      TBL_ASSIGN(Decimal a, decimal_arg(call, 0));
      TBL_ASSIGN(Decimal b, decimal_arg(call, 1));
      if (b.is_zero()) return divided_by_zero(call.ctx);
      return Value::of_decimal(Decimal::modulo(a, b));
    }
    default: {
      TBL_ASSIGN(double a, double_arg(call, 0));
      TBL_ASSIGN(double b, double_arg(call, 1));
      if (b == 0) return divided_by_zero(call.ctx);
      return Value::of_double(std::fmod(a, b));
    }
  }
}

/// A constant above BIGINT's range becomes a decimal when it is negated.
Result<FieldType> minus_type(BuildCall& call) {
  EvalClass c = operand_class(*call.args[0]);
  if (c == EvalClass::kDouble) return real_type(call.type(0).decimal);
  Digits digits = digits_of(*call.args[0]);
  if (c == EvalClass::kDecimal) {
    return limited_decimal_type(digits.whole + digits.frac, digits.frac);
  }
  if (call.args[0]->kind() == ExprKind::kConstant) {
    const Value& v = static_cast<const Constant&>(*call.args[0]).value();
    constexpr uint64_t kLargest = 1ULL << 63;
    bool above = v.kind() == ValueKind::kUint && v.as_uint() > kLargest;
    bool smallest = v.kind() == ValueKind::kInt && v.as_int() == INT64_MIN;
    if (above || smallest) return limited_decimal_type(kIntWidth, 0);
  }
  return int_type_of_width(std::min<int64_t>(digits.whole + 1, kIntWidth));
}

Result<Value> eval_minus(Call& call) {
  switch (eval_class(call.expr.type())) {
    case EvalClass::kInt: {
      TBL_ASSIGN(Wide v, wide_of(call.args[0], call.ctx));
      if (-v < Wide(INT64_MIN) || -v > Wide(INT64_MAX)) {
        return value_out_of_range("BIGINT", "-(" + call.expr.arg(0).to_string() + ")");
      }
      return Value::of_int(static_cast<int64_t>(-v));
    }
    case EvalClass::kDecimal: {
      TBL_ASSIGN(Decimal v, decimal_arg(call, 0));
      return Value::of_decimal(v.negate());
    }
    default: {
      TBL_ASSIGN(double v, double_arg(call, 0));
      return Value::of_double(-v);
    }
  }
}

constexpr FunctionDef kFunctions[] = {
    {"plus", 2, 2, sum_type, eval_arithmetic<Plus>, kHidden},
    {"minus", 2, 2, sum_type, eval_arithmetic<Minus>, kHidden},
    {"mul", 2, 2, product_type, eval_arithmetic<Times>, kHidden},
    {"div", 2, 2, quotient_type, eval_divide, kHidden},
    {"intdiv", 2, 2, int_quotient_type, eval_int_divide, kHidden},
    {"mod", 2, 2, remainder_type, eval_modulo},
    {"unaryminus", 1, 1, minus_type, eval_minus, kHidden},
};

}  // namespace

std::span<const FunctionDef> arithmetic_functions() { return kFunctions; }

}  // namespace tbl::tidb
