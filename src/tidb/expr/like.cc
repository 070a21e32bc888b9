#include "tidb/expr/like.h"

#include <algorithm>

#include "base/utf8.h"

namespace tbl::tidb {

namespace {

size_t character_length(std::string_view text, size_t at, bool bytes) {
  if (bytes) return 1;
  return std::max<size_t>(utf8_length(text.substr(at)), 1);
}

/// One element of a pattern: any text, any character, or this byte.
struct Element {
  enum Kind : unsigned char { kAnyText, kAnyCharacter, kByte } kind;
  char byte;
  size_t length;  ///< of the pattern's text
};

Element element_at(std::string_view pattern, size_t at, int escape) {
  char c = pattern[at];
  if (escape != kNoEscape && static_cast<unsigned char>(c) == escape && at + 1 < pattern.size()) {
    return {Element::kByte, pattern[at + 1], 2};
  }
  if (c == '%') return {Element::kAnyText, c, 1};
  if (c == '_') return {Element::kAnyCharacter, c, 1};
  return {Element::kByte, c, 1};
}

}  // namespace

bool like_matches(std::string_view text, std::string_view pattern, int escape, bool bytes) {
  constexpr size_t kNone = std::string_view::npos;
  size_t t = 0, p = 0;
  size_t retry_text = 0, after_percent = kNone;  // where the last % may take one character more
  while (t < text.size() || p < pattern.size()) {
    if (p < pattern.size()) {
      Element e = element_at(pattern, p, escape);
      if (e.kind == Element::kAnyText) {
        after_percent = p += e.length;
        retry_text = t;
        if (after_percent == pattern.size()) return true;
        continue;
      }
      if (t < text.size() && (e.kind == Element::kAnyCharacter || text[t] == e.byte)) {
        t += e.kind == Element::kAnyCharacter ? character_length(text, t, bytes) : 1;
        p += e.length;
        continue;
      }
    }
    if (after_percent == kNone || retry_text >= text.size()) return false;
    retry_text += character_length(text, retry_text, bytes);
    t = retry_text;
    p = after_percent;
  }
  return true;
}

}  // namespace tbl::tidb
