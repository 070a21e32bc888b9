#include "drainer/decode/render.h"

#include <algorithm>
#include <charconv>

#include "codec/decimal.h"
#include "codec/json.h"

namespace tbl::decode {

namespace {

using codec::DatumKind;

template <typename T>
void append_number(std::string& out, T v) {
  char buf[48];
  auto end = std::to_chars(buf, buf + sizeof buf, v).ptr;
  out.append(buf, end);
}

bool append_time(std::string& out, uint64_t packed, const schema::FieldType& type,
                 const codec::TimeZone& zone) {
  codec::TimeFields fields = codec::unpack_time(packed);
  switch (type.tp) {
    case schema::kTypeDate:
    case schema::kTypeNewDate:
      codec::append_date(out, fields);
      return true;
    case schema::kTypeTimestamp:
      codec::append_datetime(out, zone.is_utc() ? fields : zone.from_utc(fields), type.decimal);
      return true;
    default:
      codec::append_datetime(out, fields, type.decimal);
      return true;
  }
}

bool is_date(uint8_t tp) {
  return tp == schema::kTypeDate || tp == schema::kTypeNewDate || tp == schema::kTypeDatetime ||
         tp == schema::kTypeTimestamp;
}

}  // namespace

TextForm text_form(const schema::FieldType& type) {
  if (type.is_byte_string()) return TextForm::kBytes;
  bool quoted = schema::is_string_type(type.tp) || is_date(type.tp) ||
                type.tp == schema::kTypeDuration || type.tp == schema::kTypeJson;
  return quoted ? TextForm::kQuoted : TextForm::kNumber;
}

bool append_text(std::string& out, const codec::Datum& value, const schema::FieldType& type,
                 const codec::TimeZone& zone) {
  switch (value.kind()) {
    case DatumKind::kAbsent:
    case DatumKind::kNull:
      return true;
    case DatumKind::kInt:
      if (type.tp == schema::kTypeDuration) {
        codec::append_duration(out, value.as_int(), type.decimal);
      } else {
        append_number(out, value.as_int());
      }
      return true;
    case DatumKind::kUint:
      if (is_date(type.tp)) return append_time(out, value.as_uint(), type, zone);
      append_number(out, value.as_uint());
      return true;
    case DatumKind::kFloat:
      append_real(out, value.as_float());
      return true;
    case DatumKind::kBytes:
      out += value.as_bytes();
      return true;
    case DatumKind::kDecimal:
      return codec::append_decimal_text(out, value);
    case DatumKind::kJson:
      return codec::append_json_text(out, value.as_bytes());
    default:
      return false;
  }
}

void append_enum_name(std::string& out, uint64_t number, const schema::FieldType& type) {
  if (number >= 1 && number <= type.elems.size()) out += type.elems[number - 1];
}

bool append_set_names(std::string& out, uint64_t mask, const schema::FieldType& type) {
  size_t known = std::min<size_t>(type.elems.size(), 64);
  if (known < 64 && mask >> known != 0) return false;
  bool first = true;
  for (size_t i = 0; i < known; ++i) {
    if ((mask >> i & 1) == 0) continue;
    if (!first) out += ',';
    out += type.elems[i];
    first = false;
  }
  return true;
}

void append_bit_bytes(std::string& out, uint64_t value, const schema::FieldType& type) {
  int64_t width = type.flen < 1 || type.flen > 64 ? 8 : (type.flen + 7) / 8;
  for (int64_t i = width - 1; i >= 0; --i) out += static_cast<char>(value >> (i * 8));
}

void append_real(std::string& out, double v) { append_number(out, v); }
void append_real(std::string& out, float v) { append_number(out, v); }

}  // namespace tbl::decode
