#include "codec/row_v2.h"

#include <algorithm>

#include "codec/decimal.h"
#include "codec/json.h"
#include "codec/memcomparable.h"

namespace tbl::codec {

namespace {

constexpr uint8_t kLargeFlag = 1;
constexpr size_t kMaxSmallData = 0xffff;
constexpr int64_t kMaxSmallId = 255;

/// Little endian in the smallest of 1, 2, 4 and 8 bytes.
void put_minimal_int(std::string& out, int64_t v) {
  if (v == static_cast<int8_t>(v)) {
    out += static_cast<char>(v);
  } else if (v == static_cast<int16_t>(v)) {
    put_le16(out, static_cast<uint16_t>(v));
  } else if (v == static_cast<int32_t>(v)) {
    put_le32(out, static_cast<uint32_t>(v));
  } else {
    put_le64(out, static_cast<uint64_t>(v));
  }
}

void put_minimal_uint(std::string& out, uint64_t v) {
  if (v == static_cast<uint8_t>(v)) {
    out += static_cast<char>(v);
  } else if (v == static_cast<uint16_t>(v)) {
    put_le16(out, static_cast<uint16_t>(v));
  } else if (v == static_cast<uint32_t>(v)) {
    put_le32(out, static_cast<uint32_t>(v));
  } else {
    put_le64(out, v);
  }
}

bool get_minimal_int(Bytes raw, int64_t* v) {
  switch (raw.size()) {
    case 1:
      *v = static_cast<int8_t>(raw[0]);
      return true;
    case 2:
      *v = static_cast<int16_t>(get_le16(raw.data()));
      return true;
    case 4:
      *v = static_cast<int32_t>(get_le32(raw.data()));
      return true;
    case 8:
      *v = static_cast<int64_t>(get_le64(raw.data()));
      return true;
    default:
      return false;
  }
}

bool get_minimal_uint(Bytes raw, uint64_t* v) {
  switch (raw.size()) {
    case 1:
      *v = static_cast<uint8_t>(raw[0]);
      return true;
    case 2:
      *v = get_le16(raw.data());
      return true;
    case 4:
      *v = get_le32(raw.data());
      return true;
    case 8:
      *v = get_le64(raw.data());
      return true;
    default:
      return false;
  }
}

void put_raw_value(std::string& out, const Datum& value) {
  switch (value.kind()) {
    case DatumKind::kInt:
    case DatumKind::kDuration:
      return put_minimal_int(out, value.as_int());
    case DatumKind::kUint:
      return put_minimal_uint(out, value.as_uint());
    case DatumKind::kFloat:
      return put_comparable_float(out, value.as_float());
    case DatumKind::kDecimal:
      return write_decimal(out, value);
    default:
      out += value.as_bytes();
  }
}

}  // namespace

bool RowV2::parse(Bytes row) {
  ByteReader in(row);
  uint8_t version = 0;
  uint8_t flags = 0;
  uint16_t not_null = 0;
  uint16_t null = 0;
  if (!in.read_u8(&version) || version != kRowV2Version || !in.read_u8(&flags)) return false;
  if (!in.read_le16(&not_null) || !in.read_le16(&null)) return false;
  large_ = (flags & kLargeFlag) != 0;
  not_null_ = not_null;
  null_ = null;
  Bytes ids;
  Bytes offsets;
  if (!in.read_bytes((not_null_ + null_) * (large_ ? 4 : 1), &ids)) return false;
  if (!in.read_bytes(not_null_ * (large_ ? 4 : 2), &offsets)) return false;
  ids_ = ids.data();
  offsets_ = offsets.data();
  data_ = in.rest();
  size_t last = 0;
  for (size_t i = 0; i < not_null_; ++i) {
    size_t end = end_offset(i);
    if (end < last || end > data_.size()) return false;
    last = end;
  }
  return true;
}

int64_t RowV2::column_id(size_t i) const {
  return large_ ? get_le32(ids_ + i * 4) : static_cast<uint8_t>(ids_[i]);
}

size_t RowV2::end_offset(size_t i) const {
  return large_ ? get_le32(offsets_ + i * 4) : get_le16(offsets_ + i * 2);
}

Bytes RowV2::value(size_t i) const {
  size_t begin = i == 0 ? 0 : end_offset(i - 1);
  return data_.substr(begin, end_offset(i) - begin);
}

Datum RowV2::find(int64_t wanted) const {
  auto search = [&](size_t from, size_t to) {
    size_t end = to;
    while (from < to) {
      size_t middle = from + (to - from) / 2;
      if (column_id(middle) < wanted) {
        from = middle + 1;
      } else {
        to = middle;
      }
    }
    return from < end && column_id(from) == wanted ? from : end;
  };
  if (size_t i = search(0, not_null_); i < not_null_) return Datum::of_raw(value(i));
  size_t all = not_null_ + null_;
  return search(not_null_, all) < all ? Datum::null() : Datum();
}

bool decode_row_v2_value(Bytes raw, RowV2Type type, Datum* out) {
  int64_t i = 0;
  uint64_t u = 0;
  double f = 0;
  ByteReader in(raw);
  switch (type) {
    case RowV2Type::kInt:
      if (!get_minimal_int(raw, &i)) return false;
      *out = Datum::of_int(i);
      return true;
    case RowV2Type::kUint:
      if (!get_minimal_uint(raw, &u)) return false;
      *out = Datum::of_uint(u);
      return true;
    case RowV2Type::kFloat:
      if (!read_comparable_float(in, &f) || !in.empty()) return false;
      *out = Datum::of_float(f);
      return true;
    case RowV2Type::kBytes:
      *out = Datum::of_bytes(raw);
      return true;
    case RowV2Type::kDecimal:
      return read_decimal(in, out) && in.empty();
    case RowV2Type::kJson: {
      Bytes value;
      if (!read_json(in, &value) || !in.empty()) return false;
      *out = Datum::of_json(value);
      return true;
    }
  }
  return false;
}

void write_row_v2(std::string& out, std::span<const RowV2Column> columns) {
  std::string data;
  std::string not_null_ids;
  std::string null_ids;
  std::string offsets;
  uint16_t not_null = 0;
  uint16_t null = 0;
  bool large =
      std::any_of(columns.begin(), columns.end(), [](auto& c) { return c.id > kMaxSmallId; });
  for (const auto& c : columns) {
    if (!c.value.is_null() && !c.value.is_absent()) put_raw_value(data, c.value);
  }
  large = large || data.size() > kMaxSmallData;
  data.clear();
  auto put = [large](std::string& to, uint64_t v, size_t small_size) {
    to.append(reinterpret_cast<const char*>(&v), large ? 4 : small_size);
  };
  for (const auto& c : columns) {
    if (c.value.is_absent()) continue;
    put(c.value.is_null() ? null_ids : not_null_ids, static_cast<uint64_t>(c.id), 1);
    if (c.value.is_null()) {
      ++null;
      continue;
    }
    ++not_null;
    put_raw_value(data, c.value);
    put(offsets, data.size(), 2);
  }
  out += static_cast<char>(kRowV2Version);
  out += static_cast<char>(large ? kLargeFlag : 0);
  put_le16(out, not_null);
  put_le16(out, null);
  out += not_null_ids;
  out += null_ids;
  out += offsets;
  out += data;
}

}  // namespace tbl::codec
