#include "tidb/protocol/lenenc.h"

namespace tbl::tidb::protocol {

void put_lenenc(std::string& out, uint64_t v) {
  if (v < 251) {
    out.push_back(static_cast<char>(v));
  } else if (v <= 0xffff) {
    out.push_back('\xfc');
    put_le16(out, static_cast<uint16_t>(v));
  } else if (v <= 0xffffff) {
    out.push_back('\xfd');
    put_le16(out, static_cast<uint16_t>(v));
    out.push_back(static_cast<char>(v >> 16));
  } else {
    out.push_back('\xfe');
    put_le64(out, v);
  }
}

void put_lenenc_string(std::string& out, std::string_view s) {
  put_lenenc(out, s.size());
  out.append(s);
}

bool read_lenenc(ByteReader& in, uint64_t* v) {
  uint8_t first = 0;
  if (!in.read_u8(&first)) return false;
  if (first < 251) {
    *v = first;
    return true;
  }
  uint16_t low = 0;
  switch (first) {
    case 0xfc:
      if (!in.read_le16(&low)) return false;
      *v = low;
      return true;
    case 0xfd: {
      uint8_t high = 0;
      if (!in.read_le16(&low) || !in.read_u8(&high)) return false;
      *v = low | static_cast<uint64_t>(high) << 16;
      return true;
    }
    case 0xfe:
      return in.read_le64(v);
    default:
      return false;
  }
}

bool read_lenenc_string(ByteReader& in, std::string_view* s) {
  uint64_t size = 0;
  if (!read_lenenc(in, &size) || size > in.remaining()) return false;
  return in.read_bytes(static_cast<size_t>(size), s);
}

bool read_nul_string(ByteReader& in, std::string_view* s) {
  const size_t end = in.rest().find('\0');
  if (end == std::string_view::npos) return false;
  return in.read_bytes(end, s) && in.skip(1);
}

}  // namespace tbl::tidb::protocol
