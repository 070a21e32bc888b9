// Reading and writing of bytes: fixed-width integers in either order, varints, and a reader that
// never leaves its bounds. Bytes from outside (network, disk, a row) are only ever read through
// ByteReader.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

#include "base/status.h"

namespace tbl {

/// Bytes that somebody else owns.
using Bytes = std::string_view;

static_assert(std::endian::native == std::endian::little, "the formats are written by memcpy");

inline void put_le16(std::string& out, uint16_t v) {
  out.append(reinterpret_cast<const char*>(&v), 2);
}
inline void put_le32(std::string& out, uint32_t v) {
  out.append(reinterpret_cast<const char*>(&v), 4);
}
inline void put_le64(std::string& out, uint64_t v) {
  out.append(reinterpret_cast<const char*>(&v), 8);
}
inline void put_be16(std::string& out, uint16_t v) { put_le16(out, __builtin_bswap16(v)); }
inline void put_be32(std::string& out, uint32_t v) { put_le32(out, __builtin_bswap32(v)); }
inline void put_be64(std::string& out, uint64_t v) { put_le64(out, __builtin_bswap64(v)); }

inline uint16_t get_le16(const char* p) {
  uint16_t v;
  std::memcpy(&v, p, 2);
  return v;
}
inline uint32_t get_le32(const char* p) {
  uint32_t v;
  std::memcpy(&v, p, 4);
  return v;
}
inline uint64_t get_le64(const char* p) {
  uint64_t v;
  std::memcpy(&v, p, 8);
  return v;
}
inline uint16_t get_be16(const char* p) { return __builtin_bswap16(get_le16(p)); }
inline uint32_t get_be32(const char* p) { return __builtin_bswap32(get_le32(p)); }
inline uint64_t get_be64(const char* p) { return __builtin_bswap64(get_le64(p)); }

/// Base-128, least significant group first, 1 to 10 bytes (protobuf's and Go's uvarint).
void put_uvarint(std::string& out, uint64_t v);
/// Zig-zag, then uvarint (Go's varint, protobuf's sint64).
void put_varint(std::string& out, int64_t v);

/// Walks over bytes it does not own. Every read checks the bounds and leaves the position untouched
/// on failure. Read functions return false instead of a Status, since they are the inner loop of
/// every decoder; the decoder says what was being read.
class ByteReader {
 public:
  explicit ByteReader(Bytes data) : pos_(data.data()), end_(data.data() + data.size()) {}

  size_t remaining() const { return static_cast<size_t>(end_ - pos_); }
  bool empty() const { return pos_ == end_; }
  const char* position() const { return pos_; }
  Bytes rest() const { return {pos_, remaining()}; }

  bool read_u8(uint8_t* v) {
    if (pos_ == end_) return false;
    *v = static_cast<uint8_t>(*pos_++);
    return true;
  }
  bool read_le16(uint16_t* v) { return read_fixed<get_le16>(v); }
  bool read_le32(uint32_t* v) { return read_fixed<get_le32>(v); }
  bool read_le64(uint64_t* v) { return read_fixed<get_le64>(v); }
  bool read_be16(uint16_t* v) { return read_fixed<get_be16>(v); }
  bool read_be32(uint32_t* v) { return read_fixed<get_be32>(v); }
  bool read_be64(uint64_t* v) { return read_fixed<get_be64>(v); }
  /// Fails on more than 10 bytes and on bits above 64.
  bool read_uvarint(uint64_t* v) {
    if (pos_ != end_ && static_cast<uint8_t>(*pos_) < 0x80) {
      *v = static_cast<uint8_t>(*pos_++);
      return true;
    }
    return read_long_uvarint(v);
  }
  bool read_varint(int64_t* v) {
    uint64_t u = 0;
    if (!read_uvarint(&u)) return false;
    *v = static_cast<int64_t>((u >> 1) ^ (~(u & 1) + 1));
    return true;
  }
  bool read_bytes(size_t n, Bytes* v) {
    if (remaining() < n) return false;
    *v = Bytes(pos_, n);
    pos_ += n;
    return true;
  }
  bool skip(size_t n) {
    if (remaining() < n) return false;
    pos_ += n;
    return true;
  }

 private:
  template <auto get, typename T>
  bool read_fixed(T* v) {
    if (remaining() < sizeof(T)) return false;
    *v = get(pos_);
    pos_ += sizeof(T);
    return true;
  }
  bool read_long_uvarint(uint64_t* v);

  const char* pos_;
  const char* end_;
};

/// Lower-case hex without separators.
std::string to_hex(Bytes data);
/// Accepts upper and lower case; spaces are skipped.
Result<std::string> from_hex(std::string_view text);

}  // namespace tbl
