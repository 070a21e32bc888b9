// Values as texts: for clients, in SQL, as stored defaults.
#include <fmt/format.h>

#include <algorithm>

#include "base/bytes.h"
#include "tidb/types/convert.h"
#include "tidb/types/json_value.h"
#include "tidb/types/number_text.h"
#include "tidb/types/sql_error.h"

namespace tbl::tidb {
namespace {

std::string zero_filled(std::string text, int64_t width) {
  auto missing = width - static_cast<int64_t>(text.size());
  if (missing > 0) text.insert(0, static_cast<size_t>(missing), '0');
  return text;
}

std::string double_column_text(double v, const FieldType& type) {
  if (type.decimal >= 0 && type.decimal <= Decimal::kMaxFrac) return fixed_text(v, type.decimal);
  return type.tp == schema::kTypeFloat ? float_text(static_cast<float>(v)) : double_text(v);
}

}  // namespace

std::string value_to_text(const Value& v, const FieldType& type) {
  std::string text;
  switch (v.kind()) {
    case ValueKind::kDouble:
      text = double_column_text(v.as_double(), type);
      break;
    case ValueKind::kDecimal:
      text = type.tp == schema::kTypeNewDecimal && type.decimal >= 0 &&
                     v.as_decimal().frac() != type.decimal
                 ? v.as_decimal().round(type.decimal).to_string()
                 : v.as_decimal().to_string();
      break;
    case ValueKind::kInt:
      text = type.tp == schema::kTypeYear ? fmt::format("{:04}", v.as_int())
                                          : std::to_string(v.as_int());
      break;
    case ValueKind::kUint:
      text = std::to_string(v.as_uint());
      break;
    default:
      return to_text(v);
  }
  return (type.flag & schema::kFlagZerofill) != 0 ? zero_filled(std::move(text), type.flen) : text;
}

std::string value_to_literal(const Value& v) {
  switch (v.kind()) {
    case ValueKind::kNull:
      return "NULL";
    case ValueKind::kInt:
    case ValueKind::kUint:
    case ValueKind::kDouble:
    case ValueKind::kDecimal:
      return to_text(v);
    case ValueKind::kBits:
      return "x'" + to_hex(v.as_string()) + "'";
    default:
      break;
  }
  std::string text = "'";
  for (char c : to_text(v)) {
    if (c == '\'' || c == '\\') text += c;
    if (c == '\0') {
      text += "\\0";
    } else if (c == '\n') {
      text += "\\n";
    } else {
      text += c;
    }
  }
  return text + "'";
}

Result<Value> value_from_default(const std::string& text, const FieldType& type, bool utc,
                                 const ConvertContext& ctx) {
  // A stored default was checked by the mode of its time; it must not fail by that of today.
  ConvertContext lenient = ctx;
  lenient.strict = true;
  lenient.sql_mode = kModeInvalidDates;
  lenient.warnings = nullptr;
  codec::TimeZone utc_zone;
  bool is_timestamp = type.tp == schema::kTypeTimestamp;
  if (is_timestamp && utc) lenient.time_zone = &utc_zone;
  auto value = cast_to_column(Value::of_string(text), {type, "default", 1}, lenient);
  if (!value.ok()) return std::move(value).status().wrap("stored default");
  if (!is_timestamp || !utc || value->as_time().is_zero()) return value;
  TimeValue time = value->as_time();
  time.fields = ctx.zone().from_utc(time.fields);
  return Value::of_time(time);
}

Result<Value> origin_default_value(const schema::ColumnInfo& column, const ConvertContext& ctx) {
  if (column.origin_default_bit && column.type.tp == schema::kTypeBit) {
    return cast_to_column(Value::of_bits(*column.origin_default_bit), {column.type, column.name.o},
                          ctx);
  }
  if (!column.origin_default) return Value::null();
  return value_from_default(*column.origin_default, column.type, column.version >= 1, ctx);
}

std::string default_text(const Value& v, const FieldType& type, const ConvertContext& ctx) {
  if (v.kind() == ValueKind::kTime && type.tp == schema::kTypeTimestamp && !v.as_time().is_zero()) {
    TimeValue utc = v.as_time();
    utc.fields = ctx.zone().to_utc(utc.fields);
    return time_to_text(utc);
  }
  return value_to_text(v, type);
}

}  // namespace tbl::tidb
