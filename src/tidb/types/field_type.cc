#include "tidb/types/field_type.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "tidb/types/collation.h"

namespace tbl::tidb {

using namespace schema;  // NOLINT: the names of all types and flags

namespace {

constexpr int64_t kMaxLength = 4294967295;

FieldType number_type(uint8_t tp, int64_t flen, int32_t decimal) {
  FieldType t;
  t.tp = tp;
  t.flag = kFlagBinary;
  t.flen = flen;
  t.decimal = decimal;
  t.charset = kBinaryCharset;
  t.collate = kBinaryCharset;
  return t;
}

int64_t fsp_width(int fsp) { return fsp > 0 ? fsp + 1 : 0; }

}  // namespace

FieldType int_type(bool is_unsigned) {
  FieldType t = number_type(kTypeLongLong, 20, 0);
  if (is_unsigned) t.flag |= kFlagUnsigned;
  return t;
}
FieldType bool_type() { return number_type(kTypeLongLong, 1, 0); }
FieldType double_type() { return number_type(kTypeDouble, 22, FieldType::kUnspecified); }
FieldType decimal_type(int64_t flen, int decimal) {
  flen = std::clamp<int64_t>(flen, 1, Decimal::kMaxDigits);
  decimal = std::clamp(decimal, 0, Decimal::kMaxFrac);
  return number_type(kTypeNewDecimal, std::max<int64_t>(flen, decimal), decimal);
}
FieldType string_type(int64_t flen) {
  FieldType t;
  t.tp = kTypeVarString;
  t.flen = flen;
  t.decimal = FieldType::kUnspecified;
  t.charset = kDefaultCharset;
  t.collate = kDefaultCollation;
  return t;
}
FieldType bytes_type(int64_t flen) {
  return number_type(kTypeVarString, flen, FieldType::kUnspecified);
}
FieldType date_type() { return number_type(kTypeDate, 10, 0); }
FieldType datetime_type(int fsp) { return number_type(kTypeDatetime, 19 + fsp_width(fsp), fsp); }
FieldType timestamp_type(int fsp) { return number_type(kTypeTimestamp, 19 + fsp_width(fsp), fsp); }
FieldType duration_type(int fsp) { return number_type(kTypeDuration, 10 + fsp_width(fsp), fsp); }
FieldType json_type() {
  FieldType t = number_type(kTypeJson, kMaxLength, 0);
  t.charset = kDefaultCharset;
  t.collate = kDefaultCollation;
  return t;
}
FieldType null_type() { return number_type(kTypeNull, 0, 0); }

FieldType type_of_value(const Value& v) {
  switch (v.kind()) {
    case ValueKind::kNull:
      return null_type();
    case ValueKind::kInt: {
      FieldType t = int_type();
      t.flen = static_cast<int64_t>(fmt::formatted_size("{}", v.as_int()));
      return t;
    }
    case ValueKind::kUint: {
      FieldType t = int_type(true);
      t.flen = static_cast<int64_t>(fmt::formatted_size("{}", v.as_uint()));
      return t;
    }
    case ValueKind::kDouble:
      return double_type();
    case ValueKind::kDecimal:
      return decimal_type(v.as_decimal().precision(), v.as_decimal().frac());
    case ValueKind::kTime:
      if (v.as_time().type == kTypeDate) return date_type();
      return datetime_type(v.as_time().fsp);
    case ValueKind::kDuration:
      return duration_type(v.as_duration().fsp);
    case ValueKind::kJson:
      return json_type();
    case ValueKind::kBits:
      return bytes_type(static_cast<int64_t>(v.as_string().size()));
    case ValueKind::kString:
      return string_type(static_cast<int64_t>(utf8_count(v.as_string())));
    case ValueKind::kEnum:
    case ValueKind::kSet:
      return string_type(static_cast<int64_t>(utf8_count(v.as_member().text)));
  }
  return null_type();
}

EvalClass eval_class(const FieldType& type) {
  switch (type.tp) {
    case kTypeTiny:
    case kTypeShort:
    case kTypeInt24:
    case kTypeLong:
    case kTypeLongLong:
    case kTypeYear:
    case kTypeBit:
    case kTypeNull:
      return EvalClass::kInt;
    case kTypeFloat:
    case kTypeDouble:
      return EvalClass::kDouble;
    case kTypeNewDecimal:
      return EvalClass::kDecimal;
    case kTypeDate:
    case kTypeNewDate:
    case kTypeDatetime:
    case kTypeTimestamp:
      return EvalClass::kTime;
    case kTypeDuration:
      return EvalClass::kDuration;
    case kTypeJson:
      return EvalClass::kJson;
    default:
      return EvalClass::kString;
  }
}

bool is_numeric_type(uint8_t tp) {
  return is_integer_type(tp) || tp == kTypeFloat || tp == kTypeDouble || tp == kTypeNewDecimal ||
         tp == kTypeYear || tp == kTypeBit;
}

bool is_temporal_type(uint8_t tp) {
  return tp == kTypeDate || tp == kTypeNewDate || tp == kTypeDatetime || tp == kTypeTimestamp ||
         tp == kTypeDuration;
}

bool is_text_type(const FieldType& type) {
  return is_string_type(type.tp) && !type.has_binary_charset();
}

int64_t int_lower_bound(uint8_t tp) {
  switch (tp) {
    case kTypeTiny:
      return -128;
    case kTypeShort:
      return -32768;
    case kTypeInt24:
      return -8388608;
    case kTypeLong:
      return std::numeric_limits<int32_t>::min();
    default:
      return std::numeric_limits<int64_t>::min();
  }
}
int64_t int_upper_bound(uint8_t tp) { return -(int_lower_bound(tp) + 1); }
uint64_t uint_upper_bound(uint8_t tp) { return static_cast<uint64_t>(int_upper_bound(tp)) * 2 + 1; }

Value zero_value(const FieldType& type) {
  switch (eval_class(type)) {
    case EvalClass::kInt:
      if (type.tp == kTypeBit) {
        return Value::of_bits(std::string(static_cast<size_t>((type.flen + 7) / 8), '\0'));
      }
      return type.is_unsigned() && type.tp != kTypeYear ? Value::of_uint(0) : Value::of_int(0);
    case EvalClass::kDouble:
      return Value::of_double(0);
    case EvalClass::kDecimal:
      return Value::of_decimal(Decimal().round(std::max(type.decimal, 0)));
    case EvalClass::kTime:
      return Value::of_time({{}, type.tp, static_cast<uint8_t>(std::max(type.decimal, 0))});
    case EvalClass::kDuration:
      return Value::of_duration({0, static_cast<uint8_t>(std::max(type.decimal, 0))});
    case EvalClass::kJson:
      return Value::of_json(std::string("\x04\x00", 2));
    case EvalClass::kString:
      break;
  }
  if (type.tp == kTypeEnum) {
    return type.elems.empty() ? Value::of_enum(0, "") : Value::of_enum(1, type.elems[0]);
  }
  if (type.tp == kTypeSet) return Value::of_set(0, "");
  return Value::of_string(
      type.tp == kTypeString && type.is_byte_string()
          ? std::string(static_cast<size_t>(std::max<int64_t>(type.flen, 0)), '\0')
          : std::string());
}

namespace {

/// Blobs and texts without a length have their type's own.
int64_t blob_length(uint8_t tp) {
  switch (tp) {
    case kTypeTinyBlob:
      return 255;
    case kTypeBlob:
      return 65535;
    case kTypeMediumBlob:
      return 16777215;
    default:
      return kMaxLength;
  }
}

int64_t member_length(const FieldType& type) {
  int64_t longest = 0;
  int64_t all = 0;
  for (const std::string& e : type.elems) {
    longest = std::max(longest, static_cast<int64_t>(e.size()));
    all += static_cast<int64_t>(e.size());
  }
  if (type.tp == kTypeEnum) return longest;
  return all + std::max<int64_t>(0, static_cast<int64_t>(type.elems.size()) - 1);
}

int64_t default_width(const FieldType& type) {
  bool is_unsigned = type.is_unsigned();
  switch (type.tp) {
    case kTypeTiny:
      return is_unsigned ? 3 : 4;
    case kTypeShort:
      return is_unsigned ? 5 : 6;
    case kTypeInt24:
      return is_unsigned ? 8 : 9;
    case kTypeLong:
      return is_unsigned ? 10 : 11;
    case kTypeLongLong:
      return 20;
    case kTypeFloat:
      return 12;
    case kTypeDouble:
      return 22;
    case kTypeNewDecimal:
      return 10;
    case kTypeYear:
      return 4;
    case kTypeJson:
      return kMaxLength;
    case kTypeString:
    case kTypeBit:
      return 1;
    case kTypeEnum:
    case kTypeSet:
      return member_length(type);
    default:
      return is_blob_type(type.tp) ? blob_length(type.tp) : FieldType::kUnspecified;
  }
}

void fill_temporal(FieldType& type) {
  if (type.decimal < 0) type.decimal = 0;
  if (type.tp == kTypeDate) type.decimal = 0;
  int64_t base = type.tp == kTypeDate || type.tp == kTypeDuration ? 10 : 19;
  type.flen = base + fsp_width(type.decimal);
}

bool has_members(uint8_t tp) { return tp == kTypeEnum || tp == kTypeSet; }

}  // namespace

void fill_type_defaults(FieldType& type) {
  bool zerofill = (type.flag & kFlagZerofill) != 0;
  if (zerofill || type.tp == kTypeBit) type.flag |= kFlagUnsigned;
  if (type.tp == kTypeYear) type.flag |= kFlagUnsigned | kFlagZerofill;
  if (is_temporal_type(type.tp)) {
    fill_temporal(type);
  } else {
    if (type.flen < 0) type.flen = default_width(type);
    bool is_real = type.tp == kTypeFloat || type.tp == kTypeDouble;
    if (type.decimal < 0 && !is_real) type.decimal = 0;
  }
  bool is_text = is_string_type(type.tp) || has_members(type.tp);
  if (!is_text) {
    type.charset = kBinaryCharset;
    type.collate = kBinaryCharset;
  }
  if (is_temporal_type(type.tp) || type.tp == kTypeJson || (is_text && type.has_binary_charset())) {
    type.flag |= kFlagBinary;
  }
}

ProtocolType protocol_type(const FieldType& type, uint16_t connection_charset_id) {
  constexpr uint8_t kNotFixed = 31;
  ProtocolType p;
  bool text = is_text_type(type) || has_members(type.tp) || type.tp == kTypeJson;
  p.charset = text && !type.has_binary_charset() ? connection_charset_id : kBinaryCollationId;
  p.flags = static_cast<uint16_t>(type.flag & 0xffff);
  p.type = type.tp;
  if (type.tp == kTypeVarchar) p.type = kTypeVarString;
  if (has_members(type.tp)) {
    p.type = kTypeString;
    p.flags |= type.tp == kTypeEnum ? kFlagEnum : kFlagSet;
  }
  if (is_blob_type(type.tp) || type.tp == kTypeJson) p.flags |= kFlagBlob;
  int64_t length = type.flen < 0 ? default_width(type) : type.flen;
  if (length < 0) length = is_string_type(type.tp) ? kMaxVarcharBytes : 0;
  if (type.tp == kTypeNewDecimal) length += type.decimal > 0 ? 2 : 1;
  bool counts_characters = text && !is_blob_type(type.tp) && type.tp != kTypeJson;
  if (counts_characters) length *= 4;
  p.length = static_cast<uint32_t>(std::min(length, kMaxLength));
  bool no_decimals = type.decimal < 0;
  p.decimals = no_decimals ? kNotFixed : static_cast<uint8_t>(type.decimal);
  if (no_decimals && is_temporal_type(type.tp)) p.decimals = 0;
  return p;
}

}  // namespace tbl::tidb
