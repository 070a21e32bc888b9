// JSON text to a tree, strictly as RFC 8259 has it.
#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <cstdlib>

#include "base/utf8.h"
#include "tidb/types/json_tree.h"
#include "tidb/types/json_value.h"
#include "tidb/types/sql_error.h"

namespace tbl::tidb {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";  ///< U+FFFD
constexpr size_t kMaxKeySize = 65535;

void append_utf8(std::string& out, uint32_t c) {
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

bool is_digit(char c) { return c >= '0' && c <= '9'; }

class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  Result<JsonTree> document() {
    skip_blanks();
    if (at_ == text_.size()) return error("The document is empty");
    JsonTree tree;
    if (!value(0, &tree)) return failure();
    skip_blanks();
    if (at_ != text_.size()) {
      return error("The document root must not be followed by other values.");
    }
    return tree;
  }

 private:
  static Status error(std::string_view reason) {
    return sql_error(kErrInvalidJsonText, fmt::format("Invalid JSON text: {}", reason));
  }
  Status failure() const {
    if (too_deep_) {
      return sql_error(kErrJsonDocumentTooDeep, "The JSON document exceeds the maximum depth.");
    }
    return error(fmt::format("\"Invalid value.\" at position {}.", at_));
  }

  char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  void skip_blanks() {
    while (at_ < text_.size() &&
           std::string_view(" \t\r\n").find(text_[at_]) != std::string::npos) {
      ++at_;
    }
  }
  bool take(char c) {
    if (peek() != c) return false;
    ++at_;
    return true;
  }
  bool take_word(std::string_view word) {
    if (text_.substr(at_, word.size()) != word) return false;
    at_ += word.size();
    return true;
  }

  bool value(int depth, JsonTree* out) {
    if (depth > codec::kMaxJsonDepth) {
      too_deep_ = true;
      return false;
    }
    skip_blanks();
    switch (peek()) {
      case '{':
        return object(depth, out);
      case '[':
        return array(depth, out);
      case '"':
        out->type = codec::kJsonString;
        return string(&out->text);
      case 't':
        *out = JsonTree::literal(kLiteralTrue);
        return take_word("true");
      case 'f':
        *out = JsonTree::literal(kLiteralFalse);
        return take_word("false");
      case 'n':
        *out = JsonTree::literal(kLiteralNull);
        return take_word("null");
      default:
        return number(out);
    }
  }

  bool array(int depth, JsonTree* out) {
    *out = JsonTree::array();
    ++at_;
    skip_blanks();
    if (take(']')) return true;
    do {
      if (!value(depth + 1, &out->elements.emplace_back())) return false;
      skip_blanks();
    } while (take(','));
    return take(']');
  }

  bool object(int depth, JsonTree* out) {
    *out = JsonTree::object();
    ++at_;
    skip_blanks();
    if (take('}')) return true;
    std::vector<std::pair<std::string, JsonTree>> members;
    do {
      skip_blanks();
      auto& [key, member] = members.emplace_back();
      if (peek() != '"' || !string(&key) || key.size() > kMaxKeySize) return false;
      skip_blanks();
      if (!take(':') || !value(depth + 1, &member)) return false;
      skip_blanks();
    } while (take(','));
    *out = JsonTree::object_of(std::move(members));
    return take('}');
  }

  bool string(std::string* out) {
    ++at_;
    while (at_ < text_.size()) {
      char c = text_[at_];
      if (c == '"') {
        ++at_;
        return true;
      }
      if (static_cast<uint8_t>(c) < 0x20) return false;
      if (c == '\\') {
        ++at_;
        if (!escape(out)) return false;
        continue;
      }
      size_t length = utf8_length(text_.substr(at_));
      *out += length == 0 ? kReplacement : text_.substr(at_, length);
      at_ += length == 0 ? 1 : length;
    }
    return false;
  }

  bool escape(std::string* out) {
    constexpr std::string_view kLetters = "\"\\/bfnrt";
    constexpr std::string_view kMeanings = "\"\\/\b\f\n\r\t";
    char c = peek();
    if (at_ == text_.size()) return false;
    ++at_;
    if (c == 'u') return unicode_escape(out);
    size_t i = kLetters.find(c);
    if (i == std::string_view::npos) return false;
    *out += kMeanings[i];
    return true;
  }

  bool hex4(uint32_t* v) {
    std::string_view digits = text_.substr(at_, 4);
    auto [end, failed] = std::from_chars(digits.data(), digits.data() + digits.size(), *v, 16);
    if (digits.size() < 4 || failed != std::errc() || end != digits.data() + 4) return false;
    at_ += 4;
    return true;
  }

  /// Halves of surrogate pairs that stand alone become U+FFFD.
  bool unicode_escape(std::string* out) {
    uint32_t c = 0;
    if (!hex4(&c)) return false;
    bool high = c >= 0xd800 && c < 0xdc00;
    if (high && text_.substr(at_, 2) == "\\u") {
      size_t before = at_;
      uint32_t low = 0;
      at_ += 2;
      if (!hex4(&low)) return false;
      if (low >= 0xdc00 && low < 0xe000) {
        append_utf8(*out, 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00));
        return true;
      }
      at_ = before;
    }
    if (c >= 0xd800 && c < 0xe000) {
      *out += kReplacement;
    } else {
      append_utf8(*out, c);
    }
    return true;
  }

  size_t take_digits() {
    size_t n = 0;
    for (; is_digit(peek()); ++at_) ++n;
    return n;
  }

  bool number(JsonTree* out) {
    size_t start = at_;
    take('-');
    bool leading_zero = peek() == '0';
    size_t digits = take_digits();
    if (digits == 0 || (leading_zero && digits > 1)) return false;
    bool whole = true;
    if (take('.')) {
      whole = false;
      if (take_digits() == 0) return false;
    }
    if (peek() == 'e' || peek() == 'E') {
      whole = false;
      ++at_;
      if (!take('-')) take('+');
      if (take_digits() == 0) return false;
    }
    return number_of(std::string(text_.substr(start, at_ - start)), whole, out);
  }

  static bool number_of(const std::string& text, bool whole, JsonTree* out) {
    const char* end = text.data() + text.size();
    int64_t i = 0;
    uint64_t u = 0;
    if (whole && std::from_chars(text.data(), end, i).ec == std::errc()) {
      *out = JsonTree::integer(i);
      return true;
    }
    if (whole && text[0] != '-' && std::from_chars(text.data(), end, u).ec == std::errc()) {
      *out = JsonTree::unsigned_integer(u);
      return true;
    }
    double v = std::strtod(text.c_str(), nullptr);
    *out = JsonTree::real(v);
    return std::isfinite(v);
  }

  std::string_view text_;
  size_t at_ = 0;
  bool too_deep_ = false;
};

}  // namespace

Result<std::string> json_parse(std::string_view text) {
  TBL_ASSIGN(JsonTree tree, Parser(text).document());
  return json_encode(tree);
}

std::string json_quote(std::string_view text) {
  std::string out;
  codec::append_json_string(out, text);
  return out;
}

Result<std::string> json_unquote(std::string_view text) {
  bool quoted = text.size() >= 2 && text.front() == '"' && text.back() == '"';
  if (!quoted) return std::string(text);
  auto tree = Parser(text).document();
  if (tree.ok() && tree->type == codec::kJsonString) return tree->text;
  return sql_error(kErrInvalidJsonTextInParam,
                   "Invalid JSON text in argument 1 to function json_unquote: \"Invalid value.\"");
}

}  // namespace tbl::tidb
