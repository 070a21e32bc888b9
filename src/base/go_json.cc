#include "base/go_json.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "base/utf8.h"

namespace tbl {
namespace {

void append_ascii(std::string& out, char c, GoJson mode) {
  const bool is_html = c == '<' || c == '>' || c == '&';
  switch (c) {
    case '\\':
    case '"':
      out += '\\';
      out += c;
      break;
    case '\n':
      out += "\\n";
      break;
    case '\r':
      out += "\\r";
      break;
    case '\t':
      out += "\\t";
      break;
    default:
      if (c < 0x20 || (is_html && mode == GoJson::kHtmlSafe)) {
        fmt::format_to(std::back_inserter(out), "\\u{:04x}", static_cast<unsigned char>(c));
      } else {
        out += c;
      }
  }
}

}  // namespace

void append_go_escaped(std::string& out, std::string_view text, GoJson mode) {
  while (!text.empty()) {
    const size_t length = utf8_length(text);
    const std::string_view character = text.substr(0, length);
    if (length == 0) {
      out += "\\ufffd";
    } else if (length == 1) {
      append_ascii(out, text[0], mode);
    } else if (character == "\u2028" || character == "\u2029") {
      out += character == "\u2028" ? "\\u2028" : "\\u2029";  // not legal in JavaScript strings
    } else {
      out += character;
    }
    text.remove_prefix(std::max<size_t>(length, 1));
  }
}

void append_go_string(std::string& out, std::string_view text) {
  out += '"';
  append_go_escaped(out, text, GoJson::kHtmlSafe);
  out += '"';
}

std::string go_string(std::string_view text) {
  std::string out;
  append_go_string(out, text);
  return out;
}

}  // namespace tbl
