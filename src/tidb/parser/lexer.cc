#include "tidb/parser/lexer.h"

#include <algorithm>

#include "tidb/parser/keywords.h"
#include "tidb/types/collation.h"

namespace tbl::tidb {

namespace {

constexpr int kClaimedVersion = 50725;
/// TiDB wraps its own table options so in the DDL text it gives to others.
constexpr int kHiddenFromMysql = 90000;

bool is_blank(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_hex_digit(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}
bool is_word_char(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '$' ||
         static_cast<unsigned char>(c) >= 0x80;
}

/// Features of /*T![..] whose options this server reads.
bool is_known_feature(std::string_view name) {
  return name == "auto_id_cache" || name == "auto_rand" || name == "auto_rand_base" ||
         name == "clustered_index" || name == "force_inc";
}

bool all_known_features(std::string_view list) {
  while (!list.empty()) {
    size_t comma = std::min(list.find(','), list.size());
    if (!is_known_feature(list.substr(0, comma))) return false;
    list.remove_prefix(std::min(comma + 1, list.size()));
  }
  return true;
}

bool takes_hints(uint16_t word) {
  return word == Kw("SELECT") || word == Kw("INSERT") || word == Kw("REPLACE") ||
         word == Kw("UPDATE") || word == Kw("DELETE");
}

}  // namespace

void Lexer::skip_line() { pos_ = std::min(source_.find('\n', pos_), source_.size()); }

/// At a comment whose content is SQL: goes behind its opening mark. False: it is an ordinary one.
bool Lexer::enter_executed_comment() {
  size_t i = pos_ + 2;
  if (at(i) == '!') {
    size_t digits = 0;
    int version = 0;
    while (digits < 6 && is_digit(at(i + 1 + digits))) {
      version = version * 10 + (at(i + 1 + digits++) - '0');
    }
    if (digits < 5) digits = version = 0;  // a number that belongs to the content
    if (version > kClaimedVersion && version != kHiddenFromMysql) return false;
    pos_ = i + 1 + digits;
    return true;
  }
  if (at(i) != 'T' || at(i + 1) != '!') return false;
  i += 2;
  if (at(i) == '[') {
    size_t close = source_.find(']', i);
    if (close == std::string_view::npos) return false;
    if (!all_known_features(source_.substr(i + 1, close - i - 1))) return false;
    i = close + 1;
  }
  pos_ = i;
  return true;
}

/// At "/*". False: it never ends.
bool Lexer::skip_comment() {
  if (!in_executed_comment_ && enter_executed_comment()) {
    in_executed_comment_ = true;
    return true;
  }
  size_t end = source_.find("*/", pos_ + 2);
  if (end == std::string_view::npos) return false;
  pos_ = end + 2;
  return true;
}

/// False at a comment that never ends.
bool Lexer::skip_blanks() {
  while (pos_ < source_.size()) {
    char c = source_[pos_];
    if (is_blank(c)) {
      ++pos_;
    } else if (c == '#') {
      skip_line();
    } else if (c == '-' && at(pos_ + 1) == '-' &&
               (pos_ + 2 >= source_.size() || is_blank(at(pos_ + 2)))) {
      skip_line();
    } else if (c == '/' && at(pos_ + 1) == '*') {
      if (hint_may_follow_ && at(pos_ + 2) == '+') return true;
      if (!skip_comment()) return false;
    } else if (in_executed_comment_ && c == '*' && at(pos_ + 1) == '/') {
      in_executed_comment_ = false;
      pos_ += 2;
    } else {
      return true;
    }
  }
  return true;
}

Token Lexer::make(TokenKind kind, size_t begin, size_t end) {
  pos_ = end;
  Token token;
  token.kind = kind;
  token.begin = static_cast<uint32_t>(begin);
  token.end = static_cast<uint32_t>(end);
  return token;
}

size_t Lexer::word_end(size_t i) const {
  while (i < source_.size() && is_word_char(source_[i])) ++i;
  return i;
}

Token Lexer::word(size_t begin) {
  size_t end = word_end(begin);
  std::string_view text = source_.substr(begin, end - begin);
  if (text[0] == '_' && !after_dot_ && find_charset(text.substr(1)) != nullptr) {
    return make(TokenKind::kCharset, begin, end);
  }
  Token token = make(TokenKind::kWord, begin, end);
  token.word = after_dot_ ? 0 : find_keyword(text);
  return token;
}

/// Position behind the quote that ends the text; npos: it never ends.
size_t Lexer::quote_end(size_t quote, bool is_name) const {
  const char mark = source_[quote];
  const bool escapes = !is_name && (mode_ & kModeNoBackslashEscapes) == 0;
  for (size_t i = quote + 1; i < source_.size(); ++i) {
    if (source_[i] == '\\' && escapes) {
      ++i;
    } else if (source_[i] == mark) {
      if (at(i + 1) != mark) return i + 1;
      ++i;
    }
  }
  return std::string_view::npos;
}

Token Lexer::quoted(TokenKind kind, size_t begin, size_t quote) {
  const bool is_name = kind == TokenKind::kQuotedName || source_[quote] == '`';
  size_t end = quote_end(quote, is_name);
  if (end == std::string_view::npos) return make(TokenKind::kInvalid, begin, source_.size());
  return make(kind, begin, end);
}

/// x'4f' and b'01', `begin` at the letter.
Token Lexer::quoted_digits(TokenKind kind, size_t begin) {
  size_t end = begin + 2;
  while (kind == TokenKind::kHex ? is_hex_digit(at(end)) : at(end) == '0' || at(end) == '1') ++end;
  const bool whole = at(end) == '\'' && (kind == TokenKind::kBit || (end - begin) % 2 == 0);
  return make(whole ? kind : TokenKind::kInvalid, begin, std::min(end + 1, source_.size()));
}

/// 0x4f and 0b01; a name if it goes on with other letters.
Token Lexer::prefixed_digits(TokenKind kind, size_t begin) {
  size_t end = begin + 2;
  while (kind == TokenKind::kHex ? is_hex_digit(at(end)) : at(end) == '0' || at(end) == '1') ++end;
  if (end == begin + 2 || is_word_char(at(end))) return word(begin);
  return make(kind, begin, end);
}

Token Lexer::number(size_t begin) {
  if (at(begin) == '0' && at(begin + 1) == 'x') return prefixed_digits(TokenKind::kHex, begin);
  if (at(begin) == '0' && at(begin + 1) == 'b') return prefixed_digits(TokenKind::kBit, begin);
  TokenKind kind = TokenKind::kInteger;
  size_t end = begin;
  while (is_digit(at(end))) ++end;
  if (at(end) == '.') {
    kind = TokenKind::kDecimal;
    ++end;
    while (is_digit(at(end))) ++end;
  }
  if (at(end) == 'e' || at(end) == 'E') {
    size_t exponent = end + 1;
    if (at(exponent) == '+' || at(exponent) == '-') ++exponent;
    if (is_digit(at(exponent))) {
      while (is_digit(at(exponent))) ++exponent;
      kind = TokenKind::kFloat;
      end = exponent;
    }
  }
  // 1a and 1e5a are names, 1.5a is a number and a name.
  if (is_word_char(at(end)) &&
      source_.substr(begin, end - begin).find_first_of(".+-") == std::string_view::npos) {
    return word(begin);
  }
  return make(kind, begin, end);
}

/// @name, @'name', @@name, @@scope.name. A lone @ is an empty name.
Token Lexer::at_variable(size_t begin) {
  size_t i = begin + 1;
  TokenKind kind = TokenKind::kUserVariable;
  if (at(i) == '@') {
    kind = TokenKind::kSystemVariable;
    ++i;
  } else if (at(i) == '\'' || at(i) == '"' || at(i) == '`') {
    return quoted(kind, begin, i);
  }
  while (true) {
    if (at(i) == '`' && kind == TokenKind::kSystemVariable) {
      i = quote_end(i, true);
      if (i == std::string_view::npos) {
        return make(TokenKind::kInvalid, begin, source_.size());
      }
    } else if (is_word_char(at(i)) || at(i) == '.') {
      ++i;
    } else {
      break;
    }
  }
  const bool nameless = kind == TokenKind::kSystemVariable && i == begin + 2;
  return make(nameless ? TokenKind::kInvalid : kind, begin, i);
}

Token Lexer::operator_token(size_t begin) {
  struct Long {
    std::string_view text;
    Op op;
  };
  static constexpr Long kLong[] = {
      {"<=>", kOpNullEq}, {"->>", kOpDoubleArrow}, {"<=", kOpLe},        {">=", kOpGe},
      {"<>", kOpNe},      {"!=", kOpNe},           {"&&", kOpAnd},       {"||", kOpOr},
      {":=", kOpAssign},  {"->", kOpArrow},        {"<<", kOpShiftLeft}, {">>", kOpShiftRight},
  };
  std::string_view rest = source_.substr(begin);
  for (const auto& candidate : kLong) {
    if (rest.starts_with(candidate.text)) {
      Token token = make(TokenKind::kOperator, begin, begin + candidate.text.size());
      token.op = candidate.op;
      return token;
    }
  }
  static constexpr std::string_view kSingle = "+-*/%<>=!~&|^(),.?:{}";
  Token token = make(TokenKind::kOperator, begin, begin + 1);
  if (kSingle.find(source_[begin]) == std::string_view::npos) {
    token.kind = TokenKind::kInvalid;
  } else {
    token.op = static_cast<uint8_t>(source_[begin]);
  }
  return token;
}

Token Lexer::next() {
  if (!skip_blanks()) return make(TokenKind::kInvalid, pos_, source_.size());
  const bool hint_here = hint_may_follow_;
  const size_t begin = pos_;
  hint_may_follow_ = false;
  if (begin >= source_.size()) return make(TokenKind::kEnd, begin, begin);
  Token token;
  const char c = source_[begin];
  if (c == ';') {
    token = make(TokenKind::kEnd, begin, begin + 1);
  } else if (hint_here && c == '/' && at(begin + 1) == '*' && at(begin + 2) == '+') {
    size_t end = source_.find("*/", begin + 3);
    token = end == std::string_view::npos ? make(TokenKind::kInvalid, begin, source_.size())
                                          : make(TokenKind::kHint, begin, end + 2);
  } else if (c == '\'' || c == '"' || c == '`') {
    const bool name = c == '`' || (c == '"' && (mode_ & kModeAnsiQuotes) != 0);
    token = quoted(name ? TokenKind::kQuotedName : TokenKind::kString, begin, begin);
  } else if ((c == 'n' || c == 'N') && at(begin + 1) == '\'') {
    token = quoted(TokenKind::kNationalText, begin, begin + 1);
  } else if ((c == 'x' || c == 'X') && at(begin + 1) == '\'') {
    token = quoted_digits(TokenKind::kHex, begin);
  } else if ((c == 'b' || c == 'B') && at(begin + 1) == '\'') {
    token = quoted_digits(TokenKind::kBit, begin);
  } else if (c == '@') {
    token = at_variable(begin);
  } else if (is_digit(c) && !after_dot_) {
    token = number(begin);
  } else if (c == '.' && is_digit(at(begin + 1)) && begin != name_end_) {
    token = number(begin);
  } else if (is_word_char(c)) {
    token = word(begin);
    hint_may_follow_ = takes_hints(token.word);
  } else {
    token = operator_token(begin);
  }
  after_dot_ = token.op == '.';
  name_end_ = token.kind == TokenKind::kWord || token.kind == TokenKind::kQuotedName
                  ? token.end
                  : std::string_view::npos;
  return token;
}

}  // namespace tbl::tidb
