#include "codec/keys.h"

#include "codec/memcomparable.h"

namespace tbl::codec {

namespace {

constexpr size_t kIntHandleSize = 8;
constexpr size_t kMinCommonHandle = 9;

std::string table_key(int64_t table_id, std::string_view separator) {
  std::string key = "t";
  key.reserve(32);
  put_comparable_int(key, table_id);
  key += separator;
  return key;
}

/// Reads 't' || id || separator.
bool read_table_key(ByteReader& in, std::string_view separator, int64_t* table_id) {
  uint8_t mark = 0;
  Bytes found;
  return in.read_u8(&mark) && mark == 't' && read_comparable_int(in, table_id) &&
         in.read_bytes(separator.size(), &found) && found == separator;
}

std::string meta_key(std::string_view key, char type) {
  std::string out = "m";
  put_comparable_bytes(out, key);
  put_comparable_uint(out, static_cast<uint8_t>(type));
  return out;
}

}  // namespace

std::string table_prefix(int64_t table_id) { return table_key(table_id, ""); }

std::string record_prefix(int64_t table_id) { return table_key(table_id, "_r"); }

std::string record_key(int64_t table_id, int64_t handle) {
  std::string key = record_prefix(table_id);
  put_comparable_int(key, handle);
  return key;
}

std::string record_key(int64_t table_id, Bytes common_handle) {
  std::string key = record_prefix(table_id);
  key += common_handle;
  if (common_handle.size() < kMinCommonHandle)
    key.append(kMinCommonHandle - common_handle.size(), '\0');
  return key;
}

std::string index_prefix(int64_t table_id, int64_t index_id) {
  std::string key = table_key(table_id, "_i");
  put_comparable_int(key, index_id);
  return key;
}

bool parse_record_key(Bytes key, RecordKey* out) {
  ByteReader in(key);
  if (!read_table_key(in, "_r", &out->table_id) || in.remaining() < kIntHandleSize) return false;
  out->is_common = in.remaining() != kIntHandleSize;
  out->handle = 0;
  out->common_handle = {};
  if (!out->is_common) return read_comparable_int(in, &out->handle);
  out->common_handle = in.rest();
  return true;
}

bool parse_index_key(Bytes key, IndexKey* out) {
  ByteReader in(key);
  if (!read_table_key(in, "_i", &out->table_id) || !read_comparable_int(in, &out->index_id))
    return false;
  out->values = in.rest();
  return true;
}

std::string prefix_next(Bytes prefix) {
  std::string next(prefix);
  while (!next.empty() && static_cast<uint8_t>(next.back()) == 0xff) next.pop_back();
  if (!next.empty()) ++next.back();
  return next;
}

std::string meta_string_key(std::string_view key) { return meta_key(key, 's'); }

std::string meta_hash_key(std::string_view key, Bytes field) {
  std::string out = meta_hash_prefix(key);
  put_comparable_bytes(out, field);
  return out;
}

std::string meta_hash_prefix(std::string_view key) { return meta_key(key, 'h'); }

std::string meta_hash_count_key(std::string_view key) { return meta_key(key, 'H'); }

std::string meta_list_key(std::string_view key) { return meta_key(key, 'L'); }

std::string meta_list_element_key(std::string_view key, int64_t index) {
  std::string out = meta_key(key, 'l');
  put_comparable_int(out, index);
  return out;
}

bool parse_meta_key(Bytes key, MetaKey* out) {
  *out = {};
  ByteReader in(key);
  uint8_t mark = 0;
  uint64_t type = 0;
  if (!in.read_u8(&mark) || mark != 'm' || !read_comparable_bytes(in, &out->key)) return false;
  if (!read_comparable_uint(in, &type)) return false;
  switch (type) {
    case 's':
    case 'H':
    case 'L':
      break;
    case 'h':
      if (!read_comparable_bytes(in, &out->field)) return false;
      break;
    case 'l':
      if (!read_comparable_int(in, &out->index)) return false;
      break;
    default:
      return false;
  }
  out->type = static_cast<char>(type);
  return in.empty();
}

}  // namespace tbl::codec
