// Encodings whose bytes sort as their values sort: keys of TiKV are made of them. The descending
// forms are the bytewise complement, and sort the other way round.
#pragma once

#include <bit>
#include <string>

#include "codec/arena.h"

namespace tbl::codec {

constexpr uint64_t kSignBit = 0x8000000000000000ull;

constexpr uint64_t comparable_from_int(int64_t v) { return static_cast<uint64_t>(v) ^ kSignBit; }
constexpr int64_t int_from_comparable(uint64_t u) { return static_cast<int64_t>(u ^ kSignBit); }

/// Both zeros give the same bytes.
inline uint64_t comparable_from_float(double f) {
  auto u = std::bit_cast<uint64_t>(f);
  return f >= 0 ? u | kSignBit : ~u;
}
inline double float_from_comparable(uint64_t u) {
  return std::bit_cast<double>(u & kSignBit ? u & ~kSignBit : ~u);
}

inline void put_comparable_int(std::string& out, int64_t v) {
  put_be64(out, comparable_from_int(v));
}
inline void put_comparable_int_desc(std::string& out, int64_t v) {
  put_be64(out, ~comparable_from_int(v));
}
inline void put_comparable_uint(std::string& out, uint64_t v) { put_be64(out, v); }
inline void put_comparable_uint_desc(std::string& out, uint64_t v) { put_be64(out, ~v); }
inline void put_comparable_float(std::string& out, double v) {
  put_be64(out, comparable_from_float(v));
}
inline void put_comparable_float_desc(std::string& out, double v) {
  put_be64(out, ~comparable_from_float(v));
}
/// Groups of 8 bytes, each followed by a marker byte; (size / 8 + 1) * 9 bytes.
void put_comparable_bytes(std::string& out, Bytes v);
void put_comparable_bytes_desc(std::string& out, Bytes v);

inline bool read_comparable_int(ByteReader& in, int64_t* v) {
  uint64_t u = 0;
  if (!in.read_be64(&u)) return false;
  *v = int_from_comparable(u);
  return true;
}
inline bool read_comparable_int_desc(ByteReader& in, int64_t* v) {
  uint64_t u = 0;
  if (!in.read_be64(&u)) return false;
  *v = int_from_comparable(~u);
  return true;
}
inline bool read_comparable_uint(ByteReader& in, uint64_t* v) { return in.read_be64(v); }
inline bool read_comparable_uint_desc(ByteReader& in, uint64_t* v) {
  if (!in.read_be64(v)) return false;
  *v = ~*v;
  return true;
}
inline bool read_comparable_float(ByteReader& in, double* v) {
  uint64_t u = 0;
  if (!in.read_be64(&u)) return false;
  *v = float_from_comparable(u);
  return true;
}
inline bool read_comparable_float_desc(ByteReader& in, double* v) {
  uint64_t u = 0;
  if (!in.read_be64(&u)) return false;
  *v = float_from_comparable(~u);
  return true;
}

/// Steps over encoded bytes and tells how many they are decoded. False when they are truncated, a
/// marker is not one, or padding is not zero; the position is untouched then.
bool skip_comparable_bytes(ByteReader& in, size_t* decoded_size);
/// Decoded into `scratch`.
bool read_comparable_bytes(ByteReader& in, Arena& scratch, Bytes* v);
/// Appended to `out`.
bool read_comparable_bytes(ByteReader& in, std::string* out);
bool read_comparable_bytes_desc(ByteReader& in, std::string* out);

}  // namespace tbl::codec
