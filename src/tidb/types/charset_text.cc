// What is to know about the characters of a text: validity, counts, case.
#include <clocale>
#include <cwctype>

#include "base/utf8.h"
#include "tidb/types/collation.h"

namespace tbl::tidb {
namespace {

/// Longest prefix whose characters have at most `max_length` bytes.
size_t valid_utf8_prefix(std::string_view text, size_t max_length) {
  size_t at = 0;
  while (at < text.size()) {
    size_t length = utf8_length(text.substr(at));
    if (length == 0 || length > max_length) break;
    at += length;
  }
  return at;
}

/// `c` is one valid character.
uint32_t decode(std::string_view c) {
  auto byte = [&](size_t i) { return static_cast<uint8_t>(c[i]); };
  switch (c.size()) {
    case 2:
      return (byte(0) & 0x1fu) << 6 | (byte(1) & 0x3fu);
    case 3:
      return (byte(0) & 0x0fu) << 12 | (byte(1) & 0x3fu) << 6 | (byte(2) & 0x3fu);
    case 4:
      return (byte(0) & 0x07u) << 18 | (byte(1) & 0x3fu) << 12 | (byte(2) & 0x3fu) << 6 |
             (byte(3) & 0x3fu);
    default:
      return byte(0);
  }
}

void encode(std::string& out, uint32_t c) {
  auto tail = [&](int shift) { out += static_cast<char>(0x80 | (c >> shift & 0x3f)); };
  if (c < 0x80) {
    out += static_cast<char>(c);
  } else if (c < 0x800) {
    out += static_cast<char>(0xc0 | c >> 6);
    tail(0);
  } else if (c < 0x10000) {
    out += static_cast<char>(0xe0 | c >> 12);
    tail(6);
    tail(0);
  } else {
    out += static_cast<char>(0xf0 | c >> 18);
    tail(12);
    tail(6);
    tail(0);
  }
}

/// The C library's Unicode tables, whatever the process's locale is. Null: none on this machine.
locale_t unicode_locale() {
  static const locale_t locale = newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr);
  return locale;
}

template <typename MapAscii, typename MapWide>
std::string map_characters(std::string_view text, MapAscii map_ascii, MapWide map_wide) {
  std::string out;
  out.reserve(text.size());
  locale_t locale = unicode_locale();
  for (size_t at = 0; at < text.size();) {
    size_t length = utf8_length(text.substr(at));
    if (length <= 1) {
      out += map_ascii(text[at++]);
      continue;
    }
    std::string_view c = text.substr(at, length);
    at += length;
    if (locale == nullptr) {
      out += c;
    } else {
      encode(out, static_cast<uint32_t>(map_wide(static_cast<wint_t>(decode(c)), locale)));
    }
  }
  return out;
}

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }
char upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; }

}  // namespace

size_t valid_prefix(std::string_view charset, std::string_view text) {
  if (charset == "utf8mb4") return valid_utf8_prefix(text, 4);
  if (charset == "utf8") return valid_utf8_prefix(text, 3);
  if (charset == "ascii") return valid_utf8_prefix(text, 1);
  return text.size();
}

size_t utf8_count(std::string_view text) {
  size_t count = 0;
  for (size_t at = 0; at < text.size(); ++count) {
    size_t length = utf8_length(text.substr(at));
    at += length == 0 ? 1 : length;
  }
  return count;
}

size_t utf8_prefix(std::string_view text, size_t count) {
  size_t at = 0;
  for (; at < text.size() && count > 0; --count) {
    size_t length = utf8_length(text.substr(at));
    at += length == 0 ? 1 : length;
  }
  return at;
}

std::string utf8_lower(std::string_view text) { return map_characters(text, lower, towlower_l); }
std::string utf8_upper(std::string_view text) { return map_characters(text, upper, towupper_l); }

std::string ascii_lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = lower(c);
  return out;
}
std::string ascii_upper(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = upper(c);
  return out;
}

bool equal_ignoring_case(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  for (size_t i = 0; i < a.size(); ++i) {
    if (lower(a[i]) != lower(b[i])) return false;
  }
  return true;
}

}  // namespace tbl::tidb
