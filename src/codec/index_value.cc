#include "codec/index_value.h"

#include "codec/memcomparable.h"
#include "codec/row_v2.h"

namespace tbl::codec {

namespace {

constexpr size_t kLongestOldValue = 9;
constexpr uint8_t kVersionFlag = 0x7d;
constexpr uint8_t kPartitionFlag = 0x7e;
constexpr uint8_t kCommonHandleFlag = 0x7f;
constexpr uint8_t kVersion1 = 1;
constexpr size_t kIntHandleSize = 8;

bool parse_old(Bytes value, IndexValue* out) {
  if (value.empty()) return false;
  if (value.size() < kIntHandleSize)
    return value.size() <= 2;  // '0', perhaps with the mark of a buffer
  out->has_int_handle = true;
  out->int_handle = static_cast<int64_t>(get_be64(value.data()));
  return true;
}

bool parse_common_handle(ByteReader& in, IndexValue* out) {
  uint16_t size = 0;
  return in.read_be16(&size) && in.read_bytes(size, &out->common_handle);
}

bool parse_partition(ByteReader& in, IndexValue* out) {
  out->has_partition = true;
  return read_comparable_int(in, &out->partition_id);
}

/// Segments in their fixed order; what follows them is the restored row or padding.
bool parse_segments(Bytes segments, IndexValue* out) {
  ByteReader in(segments);
  auto starts_with = [&](uint8_t flag) {
    return !in.empty() && static_cast<uint8_t>(*in.position()) == flag;
  };
  if (starts_with(kCommonHandleFlag) && !(in.skip(1) && parse_common_handle(in, out))) return false;
  if (starts_with(kPartitionFlag) && !(in.skip(1) && parse_partition(in, out))) return false;
  if (starts_with(kRowV2Version)) out->restored = in.rest();
  return true;
}

}  // namespace

bool parse_index_value(Bytes value, IndexValue* out) {
  *out = {};
  if (value.size() <= kLongestOldValue) return parse_old(value, out);
  auto tail_size = static_cast<uint8_t>(value[0]);
  if (tail_size <= 1 && static_cast<uint8_t>(value[1]) == kVersionFlag) {
    if (static_cast<uint8_t>(value[2]) != kVersion1) return false;
    return parse_segments(value.substr(3, value.size() - 3 - tail_size), out);
  }
  if (tail_size > value.size() - 1) return false;
  if (tail_size >= kIntHandleSize) {
    out->has_int_handle = true;
    size_t at = value.size() - tail_size;
    // Padding, if any, stands between the segments and the handle; a mark of a buffer behind it.
    size_t extra = tail_size - kIntHandleSize;
    bool marked = extra > 0 && value.back() == '1';
    at += extra - (marked ? 1 : 0);
    out->int_handle = static_cast<int64_t>(get_be64(value.data() + at));
  }
  return parse_segments(value.substr(1, value.size() - 1 - tail_size), out);
}

std::string int_handle_index_value(int64_t handle) {
  std::string out;
  put_be64(out, static_cast<uint64_t>(handle));
  return out;
}

std::string plain_index_value() { return "0"; }

std::string clustered_index_value(Bytes handle, Bytes restored) {
  std::string out;
  out += '\0';
  out += static_cast<char>(kVersionFlag);
  out += static_cast<char>(kVersion1);
  if (!handle.empty()) {
    out += static_cast<char>(kCommonHandleFlag);
    put_be16(out, static_cast<uint16_t>(handle.size()));
    out += handle;
  }
  out += restored;
  return out;
}

}  // namespace tbl::codec
