#include "tidb/protocol/binary_parameters.h"

#include <bit>

#include "base/bytes.h"
#include "codec/time.h"
#include "schema/mysql_type.h"
#include "tidb/protocol/lenenc.h"
#include "tidb/types/decimal.h"

namespace tbl::tidb::protocol {
namespace {

constexpr int kErrMalformedPacket = 1835;
constexpr uint8_t kCursorReadOnly = 0x01;
constexpr uint8_t kUnsignedFlag = 0x80;
constexpr uint8_t kMicrosecondDigits = 6;

Status malformed(const char* what) {
  return invalid_argument(std::string("Malformed communication packet: ") + what)
      .with_detail(kErrMalformedPacket);
}

/// Little-endian integer of `size` bytes, sign-extended unless unsigned.
bool read_integer(ByteReader& in, size_t size, bool is_unsigned, Value* out) {
  std::string_view bytes;
  if (!in.read_bytes(size, &bytes)) return false;
  uint64_t v = 0;
  for (size_t i = size; i-- > 0;) v = v << 8 | static_cast<uint8_t>(bytes[i]);
  if (is_unsigned) {
    *out = Value::of_uint(v);
    return true;
  }
  const int unused = static_cast<int>(64 - 8 * size);
  *out = Value::of_int(static_cast<int64_t>(v << unused) >> unused);
  return true;
}

bool read_time_value(ByteReader& in, uint8_t tp, Value* out) {
  uint8_t size = 0;
  std::string_view bytes;
  if (!in.read_u8(&size) || !in.read_bytes(size, &bytes)) return false;
  if (size != 0 && size != 4 && size != 7 && size != 11) return false;
  ByteReader part(bytes);
  TimeValue time{};
  time.type = tp == schema::kTypeNewDate ? static_cast<uint8_t>(schema::kTypeDate) : tp;
  uint16_t year = 0;
  uint8_t month = 0;
  uint8_t day = 0;
  uint8_t clock[3] = {};
  if (size >= 4 && !(part.read_le16(&year) && part.read_u8(&month) && part.read_u8(&day))) {
    return false;
  }
  if (size >= 7) {
    for (uint8_t& field : clock) part.read_u8(&field);
  }
  if (size == 11) {
    part.read_le32(&time.fields.microsecond);
    time.fsp = kMicrosecondDigits;
  }
  time.fields.year = year;
  time.fields.month = month;
  time.fields.day = day;
  time.fields.hour = clock[0];
  time.fields.minute = clock[1];
  time.fields.second = clock[2];
  const codec::TimeFields& f = time.fields;
  if (f.month > 12 || f.day > 31 || f.hour > 23 || f.minute > 59 || f.second > 59 ||
      f.microsecond > 999999 || f.year > 9999) {
    return false;
  }
  *out = Value::of_time(time);
  return true;
}

bool read_duration(ByteReader& in, Value* out) {
  uint8_t size = 0;
  std::string_view bytes;
  if (!in.read_u8(&size) || !in.read_bytes(size, &bytes)) return false;
  if (size != 0 && size != 8 && size != 12) return false;
  ByteReader part(bytes);
  uint8_t negative = 0;
  uint32_t days = 0;
  uint8_t clock[3] = {};
  uint32_t microseconds = 0;
  if (size >= 8) {
    part.read_u8(&negative);
    part.read_le32(&days);
    for (uint8_t& field : clock) part.read_u8(&field);
  }
  if (size == 12) part.read_le32(&microseconds);
  constexpr uint32_t kMostDays = 34;  // 838:59:59
  if (days > kMostDays || microseconds > 999999) return false;
  const int64_t seconds = ((days * 24LL + clock[0]) * 60 + clock[1]) * 60 + clock[2];
  const int64_t ns = (seconds * 1000000 + microseconds) * 1000;
  DurationValue duration{};
  duration.nanoseconds = negative ? -ns : ns;
  duration.fsp = size == 12 ? kMicrosecondDigits : 0;
  *out = Value::of_duration(duration);
  return true;
}

bool read_decimal_text(ByteReader& in, Value* out) {
  std::string_view text;
  if (!read_lenenc_string(in, &text)) return false;
  const Decimal::Parsed parsed = Decimal::parse(text);
  // What is no number stays the text it is: comparing or storing it says so.
  *out = parsed.complete ? Value::of_decimal(parsed.value) : Value::of_string(std::string(text));
  return true;
}

bool read_value(ByteReader& in, ParameterType type, Value* out) {
  using namespace schema;
  switch (type.tp) {
    case kTypeNull:
      *out = Value::null();
      return true;
    case kTypeTiny:
      return read_integer(in, 1, type.is_unsigned, out);
    case kTypeShort:
    case kTypeYear:
      return read_integer(in, 2, type.is_unsigned, out);
    case kTypeInt24:
    case kTypeLong:
      return read_integer(in, 4, type.is_unsigned, out);
    case kTypeLongLong:
      return read_integer(in, 8, type.is_unsigned, out);
    case kTypeFloat: {
      uint32_t bits = 0;
      if (!in.read_le32(&bits)) return false;
      *out = Value::of_double(std::bit_cast<float>(bits));
      return true;
    }
    case kTypeDouble: {
      uint64_t bits = 0;
      if (!in.read_le64(&bits)) return false;
      *out = Value::of_double(std::bit_cast<double>(bits));
      return true;
    }
    case kTypeDate:
    case kTypeNewDate:
    case kTypeDatetime:
    case kTypeTimestamp:
      return read_time_value(in, type.tp, out);
    case kTypeDuration:
      return read_duration(in, out);
    case kTypeNewDecimal:
      return read_decimal_text(in, out);
    default: {
      std::string_view text;
      if (!read_lenenc_string(in, &text)) return false;
      *out = Value::of_string(std::string(text));
      return true;
    }
  }
}

bool is_known_type(uint8_t tp) { return tp <= schema::kTypeBit || tp >= schema::kTypeJson; }

Status read_types(ByteReader& in, ParameterState* state) {
  std::vector<ParameterType> types(state->count);
  for (ParameterType& type : types) {
    uint8_t flag = 0;
    if (!in.read_u8(&type.tp) || !in.read_u8(&flag)) return malformed("types of parameters");
    if (!is_known_type(type.tp)) return malformed("unknown type of a parameter");
    type.is_unsigned = flag & kUnsignedFlag;
  }
  state->types = std::move(types);
  return ok_status();
}

}  // namespace

Result<ExecuteHeader> parse_execute_header(std::string_view payload) {
  ByteReader in(payload);
  ExecuteHeader header;
  uint8_t flags = 0;
  uint32_t iterations = 0;
  if (!in.read_le32(&header.statement_id) || !in.read_u8(&flags) || !in.read_le32(&iterations)) {
    return malformed("COM_STMT_EXECUTE");
  }
  header.cursor = flags & kCursorReadOnly;
  header.parameters = in.rest();
  return header;
}

Result<std::vector<Value>> parse_parameters(std::string_view bytes, ParameterState* state) {
  std::vector<Value> values;
  if (state->count == 0) return values;
  ByteReader in(bytes);
  std::string_view nulls;
  uint8_t new_types = 0;
  if (!in.read_bytes((state->count + 7u) / 8, &nulls) || !in.read_u8(&new_types)) {
    return malformed("NULL bitmap");
  }
  if (new_types == 1) TBL_TRY(read_types(in, state));
  if (state->types.size() != state->count) return malformed("no types of parameters");
  values.reserve(state->count);
  for (uint16_t i = 0; i < state->count; ++i) {
    Value value = Value::null();
    const auto long_data = state->long_data.find(i);
    if (long_data != state->long_data.end()) {
      value = Value::of_string(long_data->second);
    } else if (!(static_cast<uint8_t>(nulls[i / 8u]) >> (i % 8) & 1) &&
               !read_value(in, state->types[i], &value)) {
      return malformed("value of a parameter");
    }
    values.push_back(std::move(value));
  }
  return values;
}

}  // namespace tbl::tidb::protocol
