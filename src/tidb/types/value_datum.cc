// Values as datums of rows and keys, and back.
#include <fmt/format.h>

#include <algorithm>

#include "codec/decimal.h"
#include "codec/row_v2.h"
#include "codec/time.h"
#include "tidb/types/collation.h"
#include "tidb/types/convert.h"
#include "tidb/types/json_value.h"
#include "tidb/types/number_text.h"

namespace tbl::tidb {
namespace {

using codec::Datum;
using codec::DatumKind;

Bytes keep(codec::Arena& arena, std::string_view bytes) {
  char* p = arena.allocate(bytes.size());
  std::copy(bytes.begin(), bytes.end(), p);
  return {p, bytes.size()};
}

Datum decimal_datum(const Decimal& d, const FieldType& type, codec::Arena& arena) {
  int prec = d.precision();
  int frac = d.frac();
  if (type.tp == schema::kTypeNewDecimal && type.flen > 0) {
    prec = static_cast<int>(type.flen);
    frac = std::max(type.decimal, 0);
  }
  return Datum::of_decimal(static_cast<uint8_t>(prec), static_cast<uint8_t>(frac),
                           keep(arena, d.to_binary(prec, frac)));
}

uint64_t packed_time(const TimeValue& t, const FieldType& type, const codec::TimeZone& zone) {
  bool is_timestamp = type.tp == schema::kTypeTimestamp;
  return codec::pack_time(is_timestamp && !t.is_zero() ? zone.to_utc(t.fields) : t.fields);
}

}  // namespace

codec::Datum value_to_datum(const Value& v, const FieldType& type, const codec::TimeZone& zone,
                            codec::Arena& arena) {
  switch (v.kind()) {
    case ValueKind::kNull:
      return Datum::null();
    case ValueKind::kInt:
      return Datum::of_int(v.as_int());
    case ValueKind::kUint:
      return Datum::of_uint(v.as_uint());
    case ValueKind::kDouble:
      return Datum::of_float(v.as_double());
    case ValueKind::kDecimal:
      return decimal_datum(v.as_decimal(), type, arena);
    case ValueKind::kString:
      return Datum::of_bytes(v.as_string());
    case ValueKind::kTime:
      return Datum::of_uint(packed_time(v.as_time(), type, zone));
    case ValueKind::kDuration:
      return Datum::of_int(v.as_duration().nanoseconds);
    case ValueKind::kJson:
      return Datum::of_json(v.as_string());
    case ValueKind::kEnum:
    case ValueKind::kSet:
      return Datum::of_uint(v.as_member().number);
    case ValueKind::kBits:
      return type.tp == schema::kTypeBit ? Datum::of_uint(bits_to_uint(v.as_string(), nullptr))
                                         : Datum::of_bytes(v.as_string());
  }
  return Datum::null();
}

codec::Datum value_to_key_datum(const Value& v, const FieldType& type, const codec::TimeZone& zone,
                                codec::Arena& arena) {
  if (v.kind() == ValueKind::kDuration) return Datum::of_duration(v.as_duration().nanoseconds);
  return value_to_datum(v, type, zone, arena);
}

namespace {

Status wrong_kind(const Datum& datum, const FieldType& type) {
  return data_loss(fmt::format("a column of type {} holds a datum of kind {}", type_name(type),
                               static_cast<int>(datum.kind())));
}

/// How a row of format v2 lays the type's values out.
codec::RowV2Type layout_of(const FieldType& type) {
  switch (type.tp) {
    case schema::kTypeFloat:
    case schema::kTypeDouble:
      return codec::RowV2Type::kFloat;
    case schema::kTypeNewDecimal:
      return codec::RowV2Type::kDecimal;
    case schema::kTypeJson:
      return codec::RowV2Type::kJson;
    case schema::kTypeEnum:
    case schema::kTypeSet:
    case schema::kTypeBit:
      return codec::RowV2Type::kUint;
    case schema::kTypeYear:
    case schema::kTypeDuration:
      return codec::RowV2Type::kInt;
    default:
      break;
  }
  if (is_temporal_type(type.tp)) return codec::RowV2Type::kUint;
  if (schema::is_integer_type(type.tp)) {
    return type.is_unsigned() ? codec::RowV2Type::kUint : codec::RowV2Type::kInt;
  }
  return codec::RowV2Type::kBytes;
}

bool as_number(const Datum& d, uint64_t* v) {
  if (d.kind() == DatumKind::kUint) {
    *v = d.as_uint();
  } else if (d.kind() == DatumKind::kInt || d.kind() == DatumKind::kDuration) {
    *v = static_cast<uint64_t>(d.as_int());
  } else {
    return false;
  }
  return true;
}

uint8_t fsp_of(const FieldType& type) {
  return static_cast<uint8_t>(std::clamp(type.decimal, 0, kMaxFsp));
}

Result<Value> time_value(uint64_t packed, const FieldType& type, const codec::TimeZone& zone) {
  TimeValue t{codec::unpack_time(packed), type.tp, fsp_of(type)};
  if (type.tp == schema::kTypeNewDate) t.type = schema::kTypeDate;
  if (type.tp == schema::kTypeTimestamp && !t.is_zero()) t.fields = zone.from_utc(t.fields);
  return Value::of_time(t);
}

Result<Value> set_value(uint64_t bits, const FieldType& type) {
  std::string text;
  for (size_t i = 0; i < 64; ++i) {
    if ((bits >> i & 1) == 0) continue;
    if (i >= type.elems.size()) return data_loss("a SET holds a bit without a member");
    if (!text.empty()) text += ',';
    text += type.elems[i];
  }
  return Value::of_set(bits, std::move(text));
}

/// Values that rows keep as an integer.
Result<Value> value_of_number(uint64_t v, const FieldType& type, const codec::TimeZone& zone) {
  switch (type.tp) {
    case schema::kTypeEnum: {
      bool known = v >= 1 && v <= type.elems.size();
      return Value::of_enum(v, known ? type.elems[v - 1] : "");
    }
    case schema::kTypeSet:
      return set_value(v, type);
    case schema::kTypeBit: {
      auto width = static_cast<size_t>((std::clamp<int64_t>(type.flen, 1, 64) + 7) / 8);
      return Value::of_bits(uint_to_bits(v, width));
    }
    case schema::kTypeDuration:
      return Value::of_duration({static_cast<int64_t>(v), fsp_of(type)});
    default:
      break;
  }
  if (is_temporal_type(type.tp)) return time_value(v, type, zone);
  if (type.is_unsigned() && type.tp != schema::kTypeYear) return Value::of_uint(v);
  return Value::of_int(static_cast<int64_t>(v));
}

Result<Value> decimal_value(const Datum& d, const FieldType& type) {
  auto decimal = Decimal::from_binary(d.prec(), d.frac(), d.as_bytes());
  if (!decimal.ok()) return std::move(decimal).status();
  int frac = type.tp == schema::kTypeNewDecimal ? std::max(type.decimal, 0) : d.frac();
  return Value::of_decimal(decimal->frac() == frac ? *decimal : decimal->round(frac));
}

}  // namespace

Result<Value> datum_to_value(const codec::Datum& datum, const FieldType& type,
                             const codec::TimeZone& zone) {
  if (datum.kind() == DatumKind::kRaw) {
    Datum decoded;
    if (!codec::decode_row_v2_value(datum.as_bytes(), layout_of(type), &decoded)) {
      return data_loss(fmt::format("damaged value of a column of type {}", type_name(type)));
    }
    return datum_to_value(decoded, type, zone);
  }
  if (datum.is_absent() || datum.is_null()) return Value::null();
  EvalClass wanted = eval_class(type);
  bool is_text = wanted == EvalClass::kString && schema::is_string_type(type.tp);
  bool is_whole = !is_text && wanted != EvalClass::kDouble && wanted != EvalClass::kDecimal &&
                  wanted != EvalClass::kJson;
  uint64_t number = 0;
  if (is_whole && as_number(datum, &number)) return value_of_number(number, type, zone);
  switch (datum.kind()) {
    case DatumKind::kFloat:
      if (wanted != EvalClass::kDouble) return wrong_kind(datum, type);
      return Value::of_double(type.tp == schema::kTypeFloat ? static_cast<float>(datum.as_float())
                                                            : datum.as_float());
    case DatumKind::kBytes:
      if (!is_text) return wrong_kind(datum, type);
      return Value::of_string(std::string(datum.as_bytes()));
    case DatumKind::kDecimal:
      if (wanted != EvalClass::kDecimal) return wrong_kind(datum, type);
      return decimal_value(datum, type);
    case DatumKind::kJson:
      if (wanted != EvalClass::kJson) return wrong_kind(datum, type);
      if (!json_is_intact(datum.as_bytes())) return data_loss("damaged JSON value");
      return Value::of_json(std::string(datum.as_bytes()));
    default:
      return wrong_kind(datum, type);
  }
}

Value index_prefix_of(const Value& v, const FieldType& type, int64_t length) {
  if (length < 0 || !v.is_string()) return v;
  auto limit = static_cast<size_t>(length);
  const std::string& text = v.as_string();
  size_t size = type.has_binary_charset() ? std::min(limit, text.size()) : utf8_prefix(text, limit);
  return size == text.size() ? v : Value::of_string(text.substr(0, size));
}

}  // namespace tbl::tidb
