#include "drainer/decode/column_default.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "codec/decimal.h"
#include "codec/json.h"

namespace tbl::decode {

namespace {

using codec::Datum;
using schema::FieldType;

template <typename T>
bool parse_all(std::string_view text, T* v) {
  if (!text.empty() && text.front() == '+') text.remove_prefix(1);
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), *v);
  return error == std::errc() && end == text.data() + text.size();
}

bool integer(const FieldType& type, std::string_view text, Datum* out) {
  int64_t i = 0;
  uint64_t u = 0;
  double d = 0;
  if (type.is_unsigned() && type.tp != schema::kTypeYear) {
    if (parse_all(text, &u)) {
      *out = Datum::of_uint(u);
      return true;
    }
    if (!parse_all(text, &d) || !(d > -0.5 && d < 18446744073709551615.0)) return false;
    *out = Datum::of_uint(static_cast<uint64_t>(std::round(std::fabs(d))));
    return true;
  }
  if (parse_all(text, &i)) {
    *out = Datum::of_int(i);
    return true;
  }
  if (!parse_all(text, &d) || !(std::fabs(d) < 9223372036854775807.0)) return false;
  *out = Datum::of_int(std::llround(d));
  return true;
}

bool real(const FieldType& type, std::string_view text, Datum* out) {
  double d = 0;
  if (!parse_all(text, &d)) return false;
  *out = Datum::of_float(type.tp == schema::kTypeFloat ? static_cast<float>(d) : d);
  return true;
}

bool decimal(const FieldType& type, std::string_view text, codec::Arena& arena, Datum* out) {
  int prec =
      type.flen > 0 ? static_cast<int>(std::min<int64_t>(type.flen, codec::kMaxDecimalPrec)) : 10;
  int frac = std::max(type.decimal, 0);
  std::string binary;
  if (!codec::append_decimal_binary(binary, text, prec, frac).ok()) return false;
  *out =
      Datum::of_decimal(static_cast<uint8_t>(prec), static_cast<uint8_t>(frac), arena.copy(binary));
  return true;
}

bool date_or_time(const FieldType& type, std::string_view text, Datum* out) {
  if (type.tp == schema::kTypeDuration) {
    int64_t ns = 0;
    if (!codec::parse_duration(text, &ns)) return false;
    *out = Datum::of_int(ns);
    return true;
  }
  codec::TimeFields fields;
  if (!codec::parse_datetime(text, &fields)) return false;
  if (type.tp == schema::kTypeDate || type.tp == schema::kTypeNewDate) {
    fields = {.year = fields.year, .month = fields.month, .day = fields.day};
  }
  *out = Datum::of_uint(codec::pack_time(fields));
  return true;
}

/// 1 for the first member; 0 when there is no such member.
uint64_t member_number(const FieldType& type, std::string_view name) {
  for (size_t i = 0; i < type.elems.size(); ++i) {
    if (type.elems[i] == name) return i + 1;
  }
  return 0;
}

bool members(const FieldType& type, std::string_view text, Datum* out) {
  uint64_t number = member_number(type, text);
  if (type.tp == schema::kTypeEnum) {
    *out = Datum::of_uint(number);
    return number != 0 || text.empty();
  }
  uint64_t mask = 0;
  while (!text.empty()) {
    size_t comma = std::min(text.find(','), text.size());
    number = member_number(type, text.substr(0, comma));
    if (number == 0 || number > 64) return false;
    mask |= 1ull << (number - 1);
    text.remove_prefix(std::min(comma + 1, text.size()));
  }
  *out = Datum::of_uint(mask);
  return true;
}

bool bits(std::string_view bytes, Datum* out) {
  uint64_t v = 0;
  if (bytes.size() > 8) return false;
  for (unsigned char c : bytes) v = v << 8 | c;
  *out = Datum::of_uint(v);
  return true;
}

/// BINARY(n) always holds n bytes.
Bytes padded(const FieldType& type, std::string_view text, codec::Arena& arena) {
  constexpr int64_t kLongestBinary = 255;
  bool fixed = type.tp == schema::kTypeString && type.has_binary_charset();
  if (!fixed || type.flen > kLongestBinary || type.flen <= static_cast<int64_t>(text.size()))
    return arena.copy(text);
  std::string bytes(text);
  bytes.resize(static_cast<size_t>(type.flen), '\0');
  return arena.copy(bytes);
}

bool zero_value(const FieldType& type, codec::Arena& arena, Datum* out) {
  static constexpr Bytes kJsonNull("\x04\x00", 2);
  if (schema::is_string_type(type.tp)) {
    *out = Datum::of_bytes(padded(type, "", arena));
    return true;
  }
  switch (type.tp) {
    case schema::kTypeEnum:
      *out = Datum::of_uint(1);
      return true;
    case schema::kTypeSet:
    case schema::kTypeBit:
    case schema::kTypeDate:
    case schema::kTypeNewDate:
    case schema::kTypeDatetime:
    case schema::kTypeTimestamp:
      *out = Datum::of_uint(0);
      return true;
    case schema::kTypeDuration:
      *out = Datum::of_int(0);
      return true;
    case schema::kTypeJson:
      *out = Datum::of_json(kJsonNull);
      return true;
    default:
      return value_from_text(type, "0", arena, out);
  }
}

/// Before version 1 a TIMESTAMP default was written in the time zone of the server.
void timestamp_to_utc(const schema::ColumnInfo& column, const codec::TimeZone& zone, Datum* value) {
  if (column.type.tp != schema::kTypeTimestamp || column.version > 0) return;
  *value = Datum::of_uint(codec::pack_time(zone.to_utc(codec::unpack_time(value->as_uint()))));
}

}  // namespace

bool value_from_text(const FieldType& type, std::string_view text, codec::Arena& arena,
                     Datum* out) {
  if (schema::is_integer_type(type.tp) || type.tp == schema::kTypeYear)
    return integer(type, text, out);
  if (schema::is_string_type(type.tp)) {
    *out = Datum::of_bytes(padded(type, text, arena));
    return true;
  }
  switch (type.tp) {
    case schema::kTypeFloat:
    case schema::kTypeDouble:
      return real(type, text, out);
    case schema::kTypeNewDecimal:
      return decimal(type, text, arena, out);
    case schema::kTypeDate:
    case schema::kTypeNewDate:
    case schema::kTypeDatetime:
    case schema::kTypeTimestamp:
    case schema::kTypeDuration:
      return date_or_time(type, text, out);
    case schema::kTypeEnum:
    case schema::kTypeSet:
      return members(type, text, out);
    case schema::kTypeBit:
      return bits(text, out);
    default:
      return false;
  }
}

bool column_default(const schema::ColumnInfo& column, const codec::TimeZone& zone,
                    codec::Arena& arena, Datum* out) {
  const auto& bit = column.origin_default_bit;
  const auto& text = column.type.tp == schema::kTypeBit && bit ? bit : column.origin_default;
  if (text) {
    if (!value_from_text(column.type, *text, arena, out)) return false;
    timestamp_to_utc(column, zone, out);
    return true;
  }
  if (!column.type.not_null()) {
    *out = Datum::null();
    return true;
  }
  return zero_value(column.type, arena, out);
}

}  // namespace tbl::decode
