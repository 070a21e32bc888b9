#include "codec/datum_codec.h"

#include "codec/decimal.h"
#include "codec/json.h"
#include "codec/memcomparable.h"

namespace tbl::codec {

namespace {

constexpr size_t kMaxValue = 0xffffffff;  // what a Datum can hold

bool read_compact_bytes(ByteReader& in, Bytes* v) {
  int64_t size = 0;
  if (!in.read_varint(&size) || size < 0 || static_cast<uint64_t>(size) > kMaxValue) return false;
  return in.read_bytes(static_cast<size_t>(size), v);
}

bool read_bytes_datum(ByteReader& in, Arena& scratch, uint8_t flag, Datum* out) {
  Bytes bytes;
  bool ok = flag == kFlagCompactBytes ? read_compact_bytes(in, &bytes)
                                      : read_comparable_bytes(in, scratch, &bytes);
  if (!ok || bytes.size() > kMaxValue) return false;
  *out = Datum::of_bytes(bytes);
  return true;
}

bool read_json_datum(ByteReader& in, Datum* out) {
  Bytes value;
  if (!read_json(in, &value) || value.size() > kMaxValue) return false;
  *out = Datum::of_json(value);
  return true;
}

bool read_signed(ByteReader& in, uint8_t flag, Datum* out) {
  int64_t v = 0;
  bool ok = flag == kFlagVarint ? in.read_varint(&v) : read_comparable_int(in, &v);
  *out = flag == kFlagDuration ? Datum::of_duration(v) : Datum::of_int(v);
  return ok;
}

bool read_unsigned(ByteReader& in, uint8_t flag, Datum* out) {
  uint64_t v = 0;
  bool ok = flag == kFlagUvarint ? in.read_uvarint(&v) : in.read_be64(&v);
  *out = Datum::of_uint(v);
  return ok;
}

bool read_float_datum(ByteReader& in, Datum* out) {
  double v = 0;
  bool ok = read_comparable_float(in, &v);
  *out = Datum::of_float(v);
  return ok;
}

}  // namespace

bool read_datum(ByteReader& in, Arena& scratch, Datum* out) {
  uint8_t flag = 0;
  if (!in.read_u8(&flag)) return false;
  switch (flag) {
    case kFlagNull:
      *out = Datum::null();
      return true;
    case kFlagBytes:
    case kFlagCompactBytes:
      return read_bytes_datum(in, scratch, flag, out);
    case kFlagInt:
    case kFlagVarint:
    case kFlagDuration:
      return read_signed(in, flag, out);
    case kFlagUint:
    case kFlagUvarint:
      return read_unsigned(in, flag, out);
    case kFlagFloat:
      return read_float_datum(in, out);
    case kFlagDecimal:
      return read_decimal(in, out);
    case kFlagJson:
      return read_json_datum(in, out);
    case kFlagMax:
      *out = Datum::max();
      return true;
    default:
      return false;
  }
}

bool skip_datum(ByteReader& in, Bytes* encoded) {
  const char* begin = in.position();
  uint8_t flag = 0;
  size_t decoded = 0;
  bool ok = false;
  if (in.remaining() > 0 && static_cast<uint8_t>(*begin) == kFlagBytes) {
    ok = in.read_u8(&flag) && skip_comparable_bytes(in, &decoded);
  } else {
    Arena unused;  // only memcomparable bytes would touch it
    Datum datum;
    ok = read_datum(in, unused, &datum);
  }
  *encoded = Bytes(begin, static_cast<size_t>(in.position() - begin));
  return ok;
}

namespace {

void put_flag(std::string& out, DatumFlag flag) { out += static_cast<char>(flag); }

/// The kinds that look the same in both encodings.
void write_common(std::string& out, const Datum& datum) {
  switch (datum.kind()) {
    case DatumKind::kFloat:
      put_flag(out, kFlagFloat);
      return put_comparable_float(out, datum.as_float());
    case DatumKind::kDecimal:
      put_flag(out, kFlagDecimal);
      return write_decimal(out, datum);
    case DatumKind::kJson:
      put_flag(out, kFlagJson);
      out += datum.as_bytes();
      return;
    case DatumKind::kDuration:
      put_flag(out, kFlagDuration);
      return put_comparable_int(out, datum.as_int());
    case DatumKind::kMinNotNull:
      return put_flag(out, kFlagBytes);
    case DatumKind::kMax:
      return put_flag(out, kFlagMax);
    default:
      return put_flag(out, kFlagNull);
  }
}

}  // namespace

void write_value(std::string& out, const Datum& datum) {
  switch (datum.kind()) {
    case DatumKind::kInt:
      put_flag(out, kFlagVarint);
      return put_varint(out, datum.as_int());
    case DatumKind::kUint:
      put_flag(out, kFlagUvarint);
      return put_uvarint(out, datum.as_uint());
    case DatumKind::kBytes:
      put_flag(out, kFlagCompactBytes);
      put_varint(out, static_cast<int64_t>(datum.as_bytes().size()));
      out += datum.as_bytes();
      return;
    default:
      return write_common(out, datum);
  }
}

void write_key(std::string& out, const Datum& datum) {
  switch (datum.kind()) {
    case DatumKind::kInt:
      put_flag(out, kFlagInt);
      return put_comparable_int(out, datum.as_int());
    case DatumKind::kUint:
      put_flag(out, kFlagUint);
      return put_comparable_uint(out, datum.as_uint());
    case DatumKind::kBytes:
      put_flag(out, kFlagBytes);
      return put_comparable_bytes(out, datum.as_bytes());
    default:
      return write_common(out, datum);
  }
}

}  // namespace tbl::codec
