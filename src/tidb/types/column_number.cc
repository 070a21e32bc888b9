// Storing into number columns.
#include <algorithm>
#include <cmath>
#include <limits>

#include "tidb/types/column_cast.h"
#include "tidb/types/json_value.h"
#include "tidb/types/number_text.h"
#include "tidb/types/sql_error.h"
#include "tidb/types/year.h"

namespace tbl::tidb {
namespace {

/// A text's number: nothing at all is 1366, more than a number 1265.
Status check_number(bool empty, bool complete, const std::string& text, const ColumnTarget& target,
                    const ConvertContext& ctx) {
  if (complete) return ok_status();
  if (empty) return ctx.report(incorrect_for_column(type_name(target.type), text, target));
  return ctx.report(data_truncated(target.name, target.row));
}

/// What is stored is one of kInt, kUint, kDouble, kDecimal from here on.
Result<Value> plain_number(const Value& v, const ColumnTarget& target, const ConvertContext& ctx) {
  switch (v.kind()) {
    case ValueKind::kInt:
    case ValueKind::kUint:
    case ValueKind::kDouble:
    case ValueKind::kDecimal:
      return v;
    case ValueKind::kBits: {
      bool clipped = false;
      uint64_t number = bits_to_uint(v.as_string(), &clipped);
      if (clipped) TBL_TRY(ctx.report(out_of_range_column(target.name, target.row)));
      return Value::of_uint(number);
    }
    case ValueKind::kTime:
    case ValueKind::kDuration: {
      TBL_ASSIGN(Decimal d, to_decimal(v, ctx));
      return Value::of_decimal(d);
    }
    case ValueKind::kEnum:
    case ValueKind::kSet:
      return Value::of_uint(v.as_member().number);
    default:
      break;
  }
  std::string text = v.kind() == ValueKind::kJson
                         ? json_as_string(v.as_string()).value_or(json_to_text(v.as_string()))
                         : to_text(v);
  if (eval_class(target.type) == EvalClass::kDouble) {
    NumberPrefix<double> number = scan_double(text);
    TBL_TRY(check_number(number.empty, number.complete, text, target, ctx));
    if (number.overflow) TBL_TRY(ctx.report(out_of_range_column(target.name, target.row)));
    return Value::of_double(number.value);
  }
  Decimal::Parsed number = Decimal::parse(text);
  TBL_TRY(check_number(number.empty, number.complete, text, target, ctx));
  return Value::of_decimal(number.value);
}

template <typename T>
Result<T> clip(bool fits, T value, const ColumnTarget& target, const ConvertContext& ctx) {
  if (!fits) TBL_TRY(ctx.report(out_of_range_column(target.name, target.row)));
  return value;
}

/// Rounded; `*fits` false: beyond int64 or uint64.
Value whole_of(const Value& number, bool is_unsigned, bool* fits) {
  *fits = true;
  Decimal d;
  if (number.kind() == ValueKind::kInt || number.kind() == ValueKind::kUint) return number;
  if (number.kind() == ValueKind::kDouble) {
    d = Decimal::of_double(std::rint(number.as_double()));
  } else {
    d = number.as_decimal();
  }
  bool clipped = false;
  Value out = is_unsigned && !d.negative() ? Value::of_uint(d.to_uint(&clipped))
                                           : Value::of_int(d.to_int(&clipped));
  *fits = !clipped;
  return out;
}

Result<Value> to_signed_column(const Value& whole, bool fits, const ColumnTarget& target,
                               const ConvertContext& ctx) {
  int64_t low = int_lower_bound(target.type.tp);
  int64_t high = int_upper_bound(target.type.tp);
  int64_t v = 0;
  if (whole.kind() == ValueKind::kUint) {
    fits = fits && whole.as_uint() <= static_cast<uint64_t>(high);
    v = fits ? static_cast<int64_t>(whole.as_uint()) : high;
  } else {
    v = std::clamp(whole.as_int(), low, high);
    fits = fits && v == whole.as_int();
  }
  TBL_ASSIGN(v, clip(fits, v, target, ctx));
  return Value::of_int(v);
}

Result<Value> to_unsigned_column(const Value& whole, bool fits, const ColumnTarget& target,
                                 const ConvertContext& ctx) {
  uint64_t high = uint_upper_bound(target.type.tp);
  uint64_t v = 0;
  if (whole.kind() == ValueKind::kInt && whole.as_int() < 0) {
    fits = false;
  } else {
    uint64_t magnitude =
        whole.kind() == ValueKind::kInt ? static_cast<uint64_t>(whole.as_int()) : whole.as_uint();
    v = std::min(magnitude, high);
    fits = fits && v == magnitude;
  }
  TBL_ASSIGN(v, clip(fits, v, target, ctx));
  return Value::of_uint(v);
}

Result<Value> to_int_column(const Value& number, const ColumnTarget& target,
                            const ConvertContext& ctx) {
  bool fits = true;
  Value whole = whole_of(number, target.type.is_unsigned(), &fits);
  if (target.type.is_unsigned()) return to_unsigned_column(whole, fits, target, ctx);
  return to_signed_column(whole, fits, target, ctx);
}

/// 0, 1901 to 2155; 1 to 69 and 70 to 99 with their century; the text '0' is 2000.
Result<Value> to_year_column(const Value& v, const Value& number, const ColumnTarget& target,
                             const ConvertContext& ctx) {
  bool fits = true;
  Value whole = whole_of(number, false, &fits);
  int64_t year = whole.kind() == ValueKind::kInt
                     ? whole.as_int()
                     : static_cast<int64_t>(std::min<uint64_t>(whole.as_uint(), kLastYear + 1));
  bool short_text = v.is_string() && v.as_string().size() < 4;
  if (year == 0 && short_text && !scan_int(v.as_string()).empty) {
    year = 2000;
  } else if (year >= 1 && year <= 69) {
    year += 2000;
  } else if (year >= 70 && year <= 99) {
    year += 1900;
  }
  bool known = fits && (year == 0 || (year >= kFirstYear && year <= kLastYear));
  TBL_ASSIGN(int64_t stored, clip<int64_t>(known, known ? year : 0, target, ctx));
  return Value::of_int(stored);
}

Result<Value> to_double_column(const Value& number, const ColumnTarget& target,
                               const ConvertContext& ctx) {
  const FieldType& type = target.type;
  TBL_ASSIGN(double v, to_double(number, ctx));
  bool fits = std::isfinite(v);
  double limit = type.tp == schema::kTypeFloat ? std::numeric_limits<float>::max()
                                               : std::numeric_limits<double>::max();
  if (type.decimal >= 0 && type.flen >= 0) {
    v = round_double(v, type.decimal);
    double steps = std::pow(10.0, -type.decimal);
    limit = std::min(limit, std::pow(10.0, static_cast<double>(type.flen - type.decimal)) - steps);
  }
  double low = type.is_unsigned() ? 0 : -limit;
  double stored = std::isnan(v) ? 0 : std::clamp(v, low, limit);
  TBL_ASSIGN(stored, clip(fits && stored == v, stored, target, ctx));
  if (type.tp == schema::kTypeFloat) stored = static_cast<float>(stored);
  return Value::of_double(stored);
}

Result<Value> to_decimal_column(const Value& number, const ColumnTarget& target,
                                const ConvertContext& ctx) {
  TBL_ASSIGN(Decimal d, to_decimal(number, ctx));
  int prec = static_cast<int>(target.type.flen < 0 ? 10 : target.type.flen);
  bool clipped = false;
  bool rounded = false;
  Decimal stored = d.fit(prec, std::max(target.type.decimal, 0), &clipped, &rounded);
  if (target.type.is_unsigned() && d.negative()) {  // also where it would be rounded to 0
    clipped = true;
    rounded = false;
    stored = Decimal().round(std::max(target.type.decimal, 0));
  }
  TBL_ASSIGN(stored, clip(!clipped, stored, target, ctx));
  if (rounded && ctx.warnings != nullptr && number.kind() == ValueKind::kDecimal) {
    ctx.warnings->add(data_truncated(target.name, target.row), Warning::kNote);
  }
  return Value::of_decimal(stored);
}

Result<Value> to_bit_column(const Value& v, const ColumnTarget& target, const ConvertContext& ctx) {
  auto width = static_cast<size_t>(std::clamp<int64_t>(target.type.flen, 1, 64));
  uint64_t high = width == 64 ? ~uint64_t{0} : (uint64_t{1} << width) - 1;
  uint64_t bits = 0;
  bool clipped = false;
  if (v.kind() == ValueKind::kBits || v.is_string()) {
    bits = bits_to_uint(v.as_string(), &clipped);
  } else {
    TBL_ASSIGN(Value number, plain_number(v, target, ctx));
    bool fits = true;
    Value whole = whole_of(number, true, &fits);
    clipped = !fits;
    bits =
        whole.kind() == ValueKind::kInt ? static_cast<uint64_t>(whole.as_int()) : whole.as_uint();
  }
  if (clipped || bits > high) {
    TBL_TRY(ctx.report(data_too_long(target.name, target.row)));
    bits = high;
  }
  return Value::of_bits(uint_to_bits(bits, (width + 7) / 8));
}

}  // namespace

Result<Value> cast_to_number_column(const Value& v, const ColumnTarget& target,
                                    const ConvertContext& ctx) {
  if (target.type.tp == schema::kTypeBit) return to_bit_column(v, target, ctx);
  TBL_ASSIGN(Value number, plain_number(v, target, ctx));
  switch (target.type.tp) {
    case schema::kTypeYear:
      return to_year_column(v, number, target, ctx);
    case schema::kTypeFloat:
    case schema::kTypeDouble:
      return to_double_column(number, target, ctx);
    case schema::kTypeNewDecimal:
      return to_decimal_column(number, target, ctx);
    default:
      return to_int_column(number, target, ctx);
  }
}

}  // namespace tbl::tidb
