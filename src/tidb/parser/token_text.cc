#include "tidb/parser/token_text.h"

namespace tbl::tidb {

namespace {

char hex_value(char c) {
  if (c <= '9') return static_cast<char>(c - '0');
  return static_cast<char>((c | 0x20) - 'a' + 10);
}

void append_escaped(char c, std::string* out) {
  switch (c) {
    case '0':
      out->push_back('\0');
      return;
    case 'b':
      out->push_back('\b');
      return;
    case 'n':
      out->push_back('\n');
      return;
    case 'r':
      out->push_back('\r');
      return;
    case 't':
      out->push_back('\t');
      return;
    case 'Z':
      out->push_back('\x1a');
      return;
    case '%':
    case '_':
      out->push_back('\\');
      break;
    default:
      break;
  }
  out->push_back(c);
}

/// The digits of x'..', 0x.., b'..', 0b..
std::string_view digits_of(std::string_view raw) {
  return raw[1] == '\'' ? raw.substr(2, raw.size() - 3) : raw.substr(2);
}

}  // namespace

std::string unquote(std::string_view raw, bool escapes) {
  const char mark = raw.front();
  std::string out;
  out.reserve(raw.size() - 2);
  for (size_t i = 1; i + 1 < raw.size(); ++i) {
    if (raw[i] == '\\' && escapes && mark != '`') {
      append_escaped(raw[++i], &out);
    } else {
      if (raw[i] == mark) ++i;
      out.push_back(raw[i]);
    }
  }
  return out;
}

std::string hex_bytes(std::string_view raw) {
  std::string_view digits = digits_of(raw);
  std::string out;
  size_t i = digits.size() % 2;
  if (i == 1) out.push_back(hex_value(digits[0]));
  for (; i < digits.size(); i += 2) {
    out.push_back(static_cast<char>(hex_value(digits[i]) << 4 | hex_value(digits[i + 1])));
  }
  return out;
}

std::string bit_bytes(std::string_view raw) {
  std::string_view digits = digits_of(raw);
  std::string out((digits.size() + 7) / 8, '\0');
  for (size_t i = 0; i < digits.size(); ++i) {
    if (digits[digits.size() - 1 - i] == '1') {
      char& byte = out[out.size() - 1 - i / 8];
      byte = static_cast<char>(byte | 1 << i % 8);
    }
  }
  return out;
}

}  // namespace tbl::tidb
