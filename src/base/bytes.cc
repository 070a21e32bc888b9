#include "base/bytes.h"

namespace tbl {

void put_uvarint(std::string& out, uint64_t v) {
  char buf[10];
  size_t n = 0;
  while (v >= 0x80) {
    buf[n++] = static_cast<char>(v | 0x80);
    v >>= 7;
  }
  buf[n++] = static_cast<char>(v);
  out.append(buf, n);
}

void put_varint(std::string& out, int64_t v) {
  put_uvarint(out, (static_cast<uint64_t>(v) << 1) ^ static_cast<uint64_t>(v >> 63));
}

bool ByteReader::read_u8(uint8_t* v) {
  if (pos_ == end_) return false;
  *v = static_cast<uint8_t>(*pos_++);
  return true;
}

#define TBL_READ_FIXED(name, type, size, get) \
  bool ByteReader::name(type* v) {            \
    if (remaining() < (size)) return false;   \
    *v = get(pos_);                           \
    pos_ += (size);                           \
    return true;                              \
  }
TBL_READ_FIXED(read_le16, uint16_t, 2, get_le16)
TBL_READ_FIXED(read_le32, uint32_t, 4, get_le32)
TBL_READ_FIXED(read_le64, uint64_t, 8, get_le64)
TBL_READ_FIXED(read_be16, uint16_t, 2, get_be16)
TBL_READ_FIXED(read_be32, uint32_t, 4, get_be32)
TBL_READ_FIXED(read_be64, uint64_t, 8, get_be64)
#undef TBL_READ_FIXED

bool ByteReader::read_uvarint(uint64_t* v) {
  uint64_t result = 0;
  const char* p = pos_;
  for (unsigned shift = 0; shift < 70 && p != end_; shift += 7) {
    auto byte = static_cast<uint8_t>(*p++);
    if (shift == 63 && byte > 1) return false;
    result |= static_cast<uint64_t>(byte & 0x7f) << shift;
    if (byte < 0x80) {
      pos_ = p;
      *v = result;
      return true;
    }
  }
  return false;
}

bool ByteReader::read_varint(int64_t* v) {
  uint64_t u = 0;
  if (!read_uvarint(&u)) return false;
  *v = static_cast<int64_t>((u >> 1) ^ (~(u & 1) + 1));
  return true;
}

bool ByteReader::read_bytes(size_t n, Bytes* v) {
  if (remaining() < n) return false;
  *v = Bytes(pos_, n);
  pos_ += n;
  return true;
}

bool ByteReader::skip(size_t n) {
  if (remaining() < n) return false;
  pos_ += n;
  return true;
}

std::string to_hex(Bytes data) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string out;
  out.reserve(data.size() * 2);
  for (unsigned char c : data) {
    out += kDigits[c >> 4];
    out += kDigits[c & 15];
  }
  return out;
}

namespace {
int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}
}  // namespace

Result<std::string> from_hex(std::string_view text) {
  std::string out;
  int high = -1;
  for (char c : text) {
    if (c == ' ') continue;
    int digit = hex_digit(c);
    if (digit < 0) return invalid_argument("not a hex digit: '" + std::string(1, c) + "'");
    if (high < 0) {
      high = digit;
    } else {
      out += static_cast<char>(high << 4 | digit);
      high = -1;
    }
  }
  if (high >= 0) return invalid_argument("odd number of hex digits");
  return out;
}

}  // namespace tbl
