#include "drainer/mysql/sql_text.h"

#include <array>

namespace tbl::mysql {
namespace {

// The letter after the backslash, or 0 where a byte stands for itself.
constexpr std::array<char, 256> make_escapes() {
  std::array<char, 256> table{};
  table[0] = '0';
  table[static_cast<unsigned char>('\'')] = '\'';
  table[static_cast<unsigned char>('\\')] = '\\';
  return table;
}
constexpr std::array<char, 256> kEscapes = make_escapes();

void append_backslashed(std::string& out, std::string_view text) {
  size_t begin = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    char escape = kEscapes[static_cast<unsigned char>(text[i])];
    if (escape == 0) continue;
    out.append(text, begin, i - begin);
    out += '\\';
    out += escape;
    begin = i + 1;
  }
  out.append(text, begin);
}

void append_doubled(std::string& out, std::string_view text, char quote) {
  for (char c : text) {
    out += c;
    if (c == quote) out += c;
  }
}

}  // namespace

void append_name(std::string& out, std::string_view name) {
  out += '`';
  append_doubled(out, name, '`');
  out += '`';
}

std::string quote_name(std::string_view name) {
  std::string out;
  append_name(out, name);
  return out;
}

std::string quote_table(std::string_view schema, std::string_view table) {
  std::string out = quote_name(schema);
  out += '.';
  append_name(out, table);
  return out;
}

void append_string(std::string& out, std::string_view text, Escapes escapes) {
  out += '\'';
  if (escapes == Escapes::kBackslash) {
    append_backslashed(out, text);
  } else {
    append_doubled(out, text, '\'');
  }
  out += '\'';
}

std::string quote_string(std::string_view text) {
  std::string out;
  append_string(out, text);
  return out;
}

void append_bytes(std::string& out, std::string_view bytes, Escapes escapes) {
  out += "_binary";
  append_string(out, bytes, escapes);
}

}  // namespace tbl::mysql
