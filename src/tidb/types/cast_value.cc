// CAST(v AS type).
#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "tidb/types/collation.h"
#include "tidb/types/column_cast.h"
#include "tidb/types/json_value.h"
#include "tidb/types/number_text.h"
#include "tidb/types/sql_error.h"

namespace tbl::tidb {
namespace {

/// For what a CAST may lose without failing in a strict statement.
ConvertContext lenient(const ConvertContext& ctx) {
  ConvertContext out = ctx;
  out.strict = false;
  return out;
}

Result<Value> cast_int(const Value& v, const FieldType& type, const ConvertContext& context) {
  const bool is_double = v.kind() == ValueKind::kDouble;
  const ConvertContext ctx = is_double ? lenient(context) : context;
  if (!type.is_unsigned()) {
    if (v.is_string()) {  // '18446744073709551615' keeps its bits
      NumberPrefix<uint64_t> number = scan_uint(v.as_string());
      if (number.complete && !number.overflow) {
        return Value::of_int(static_cast<int64_t>(number.value));
      }
    }
    TBL_ASSIGN(int64_t i, to_int(v, ctx));
    return Value::of_int(i);
  }
  TBL_ASSIGN(uint64_t u, to_uint(v, ctx));
  return Value::of_uint(u);
}

Result<Value> cast_decimal(const Value& v, const FieldType& type, const ConvertContext& ctx) {
  TBL_ASSIGN(Decimal d, to_decimal(v, ctx));
  int prec = static_cast<int>(type.flen < 0 ? 10 : type.flen);
  int frac = std::max(type.decimal, 0);
  bool clipped = false;
  Decimal out = d.fit(prec, frac, &clipped, nullptr);
  if (clipped) {
    TBL_TRY(ctx.report(value_out_of_range("DECIMAL", fmt::format("({}, {})", prec, frac))));
  }
  return Value::of_decimal(out);
}

Result<Value> cast_double(const Value& v, const FieldType& type, const ConvertContext& ctx) {
  TBL_ASSIGN(double d, to_double(v, ctx));
  if (type.tp == schema::kTypeFloat) d = static_cast<float>(d);
  if (type.decimal >= 0) d = round_double(d, type.decimal);
  return Value::of_double(d);
}

Value cast_text(const Value& v, const FieldType& type, const ConvertContext& ctx) {
  std::string text = to_text(v);
  bool bytes = type.has_binary_charset();
  if (!bytes) text.resize(valid_prefix(type.charset, text));
  if (type.flen >= 0) {
    auto limit = static_cast<size_t>(type.flen);
    size_t size = bytes ? std::min(limit, text.size()) : utf8_prefix(text, limit);
    if (size < text.size()) {
      ctx.warn(
          truncated_wrong_value(fmt::format("{}({})", bytes ? "BINARY" : "CHAR", limit), text));
      text.resize(size);
    }
    if (bytes && type.tp == schema::kTypeString) text.resize(limit);
  }
  return Value::of_string(std::move(text));
}

Result<Value> cast_json(const Value& v) {
  TBL_ASSIGN(std::string doc, v.is_string() ? json_parse(v.as_string()) : to_json(v));
  return Value::of_json(std::move(doc));
}

}  // namespace

Result<Value> cast_value(const Value& v, const FieldType& type, const ConvertContext& ctx) {
  if (v.is_null()) return v;
  int fsp = std::clamp(type.decimal, 0, kMaxFsp);
  switch (type.tp) {
    case schema::kTypeEnum:
    case schema::kTypeSet:
    case schema::kTypeBit:
    case schema::kTypeYear:
      return cast_to_column(v, {type, "", 1}, lenient(ctx));
    case schema::kTypeNull:
      return Value::null();
    default:
      break;
  }
  switch (eval_class(type)) {
    case EvalClass::kInt:
      return cast_int(v, type, ctx);
    case EvalClass::kDouble:
      return cast_double(v, type, ctx);
    case EvalClass::kDecimal:
      return cast_decimal(v, type, ctx);
    case EvalClass::kTime:
      return to_time(v, type.tp, fsp, ctx);
    case EvalClass::kDuration:
      return to_duration(v, fsp, ctx);
    case EvalClass::kJson:
      return cast_json(v);
    case EvalClass::kString:
      break;
  }
  return cast_text(v, type, ctx);
}

}  // namespace tbl::tidb
