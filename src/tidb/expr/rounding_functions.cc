// ABS, SIGN, CEIL, FLOOR, ROUND, TRUNCATE: on numbers of the argument's own kind.
#include <algorithm>
#include <cmath>
#include <limits>

#include "tidb/expr/call_args.h"
#include "tidb/expr/families.h"
#include "tidb/expr/result_type.h"

namespace tbl::tidb {

namespace {

FieldType number_type(const FieldType& arg) {
  Digits digits = digits_of(arg);
  switch (numeric_class(arg)) {
    case EvalClass::kInt:
      return int_type_of_width(digits.whole, arg.is_unsigned());
    case EvalClass::kDecimal:
      return limited_decimal_type(digits.whole + digits.frac, digits.frac);
    default:
      return real_type(arg.decimal > 30 ? -1 : arg.decimal);
  }
}

Result<FieldType> abs_type(BuildCall& call) { return number_type(call.type(0)); }

/// Integers for exact numbers that fit BIGINT.
Result<FieldType> whole_type(BuildCall& call) {
  const FieldType& arg = call.type(0);
  constexpr int kBigintDigits = 18;
  switch (numeric_class(arg)) {
    case EvalClass::kInt:
      return number_type(arg);
    case EvalClass::kDecimal: {
      Digits digits = digits_of(*call.args[0]);
      if (digits.whole < kBigintDigits) return int_type_of_width(digits.whole + 1);
      return limited_decimal_type(digits.whole + 1, 0);
    }
    default:
      return real_type(0);
  }
}

/// ROUND and TRUNCATE: a constant number of places is the scale of the result.
Result<FieldType> places_type(BuildCall& call) {
  const FieldType& arg = call.type(0);
  EvalClass kind = numeric_class(arg);
  std::optional<int64_t> places = 0;
  if (call.args.size() > 1) places = constant_int(*call.args[1], call.ctx);
  if (kind == EvalClass::kInt) return int_type_of_width(kIntWidth, arg.is_unsigned());
  if (kind == EvalClass::kDouble) {
    bool known = places && *places >= 0 && *places <= 30;
    return real_type(known ? static_cast<int>(*places) : (places ? 0 : -1));
  }
  Digits digits = digits_of(*call.args[0]);
  int frac = digits.frac;
  if (places) {
    frac = static_cast<int>(std::clamp<int64_t>(*places, 0, Decimal::kMaxFrac));
  }
  return limited_decimal_type(digits.whole + 1 + frac, frac);
}

Result<Value> eval_abs(Call& call) {
  switch (eval_class(call.expr.type())) {
    case EvalClass::kInt: {
      if (call.args[0].kind() == ValueKind::kUint) return call.args[0];
      TBL_ASSIGN(int64_t v, int_arg(call, 0));
      if (v == std::numeric_limits<int64_t>::min()) return out_of_range("BIGINT", call);
      return integer_value(call, static_cast<uint64_t>(v < 0 ? -v : v));
    }
    case EvalClass::kDecimal: {
      TBL_ASSIGN(Decimal v, decimal_arg(call, 0));
      return Value::of_decimal(v.abs());
    }
    default: {
      TBL_ASSIGN(double v, double_arg(call, 0));
      return Value::of_double(std::fabs(v));
    }
  }
}

Result<Value> eval_sign(Call& call) {
  if (call.args[0].kind() == ValueKind::kDecimal) {
    const Decimal& v = call.args[0].as_decimal();
    return Value::of_int(v.is_zero() ? 0 : v.negative() ? -1 : 1);
  }
  TBL_ASSIGN(double v, double_arg(call, 0));
  return Value::of_int((v > 0) - (v < 0));
}

/// CEIL (kUp) and FLOOR.
template <bool kUp>
Result<Value> eval_whole(Call& call) {
  EvalClass from = numeric_class(call.arg_type(0));
  if (from == EvalClass::kInt) {
    TBL_ASSIGN(uint64_t bits, bits_of(call.args[0], call.ctx));
    return integer_value(call, bits);
  }
  if (from == EvalClass::kDouble) {
    TBL_ASSIGN(double v, double_arg(call, 0));
    return Value::of_double(kUp ? std::ceil(v) : std::floor(v));
  }
  TBL_ASSIGN(Decimal v, decimal_arg(call, 0));
  Decimal whole = kUp ? v.ceil() : v.floor();
  if (eval_class(call.expr.type()) == EvalClass::kDecimal) return Value::of_decimal(whole);
  return Value::of_int(whole.to_int(nullptr));
}

constexpr int64_t kMostPlaces = 400;  // beyond a double's range

/// Half to even for doubles, as the C library rounds; half away from zero for exact numbers.
double round_double(double v, int64_t places, bool truncate) {
  places = std::clamp(places, -kMostPlaces, kMostPlaces);
  double power = std::pow(10.0, static_cast<double>(std::abs(places)));
  double scaled = places >= 0 ? v * power : v / power;
  if (!std::isfinite(scaled)) return v;
  if (!std::isfinite(power)) return 0;
  double whole = truncate ? std::trunc(scaled) : std::rint(scaled);
  return places >= 0 ? whole / power : whole * power;
}

/// An integer rounded to tens, hundreds, ...
Result<Value> round_integer(Call& call, int64_t places, bool truncate) {
  TBL_ASSIGN(uint64_t bits, bits_of(call.args[0], call.ctx));
  if (places >= 0) return integer_value(call, bits);
  bool negative = !call.expr.type().is_unsigned() && static_cast<int64_t>(bits) < 0;
  uint64_t magnitude = negative ? 0 - bits : bits;
  constexpr int64_t kDigits = 19;
  if (places < -kDigits) return integer_value(call, 0);
  uint64_t unit = 1;
  for (int64_t i = 0; i < -places; ++i) unit *= 10;
  uint64_t rest = magnitude % unit;
  uint64_t rounded = magnitude - rest;
  if (!truncate && rest >= unit - rest && __builtin_add_overflow(rounded, unit, &rounded)) {
    return out_of_range("BIGINT UNSIGNED", call);
  }
  bool fits = call.expr.type().is_unsigned() ||
              rounded <= static_cast<uint64_t>(std::numeric_limits<int64_t>::max());
  if (!fits) return out_of_range("BIGINT", call);
  return integer_value(call, negative ? 0 - rounded : rounded);
}

template <bool kTruncate>
Result<Value> eval_places(Call& call) {
  int64_t places = 0;
  if (call.args.size() > 1) {
    TBL_ASSIGN(places, length_arg(call, 1));
  }
  switch (eval_class(call.expr.type())) {
    case EvalClass::kInt:
      return round_integer(call, places, kTruncate);
    case EvalClass::kDecimal: {
      TBL_ASSIGN(Decimal v, decimal_arg(call, 0));
      constexpr int64_t kMost = Decimal::kMaxDigits;
      int frac = static_cast<int>(
          std::clamp<int64_t>(places, -kMost, std::max(call.expr.type().decimal, 0)));
      Decimal out = kTruncate ? v.truncate(frac) : v.round(frac);
      return Value::of_decimal(out);
    }
    default: {
      TBL_ASSIGN(double v, double_arg(call, 0));
      return finite(round_double(v, places, kTruncate), call);
    }
  }
}

constexpr FunctionDef kFunctions[] = {
    {"abs", 1, 1, abs_type, eval_abs},
    {"sign", 1, 1, [](BuildCall&) -> Result<FieldType> { return int_type_of_width(2); }, eval_sign},
    {"ceil", 1, 1, whole_type, eval_whole<true>},
    {"ceiling", 1, 1, whole_type, eval_whole<true>},
    {"floor", 1, 1, whole_type, eval_whole<false>},
    {"round", 1, 2, places_type, eval_places<false>},
    {"truncate", 2, 2, places_type, eval_places<true>},
};

}  // namespace

std::span<const FunctionDef> rounding_functions() { return kFunctions; }

}  // namespace tbl::tidb
