#include "tidb/parser/cursor.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "tidb/parser/token_text.h"
#include "tidb/types/sql_error.h"

namespace tbl::tidb {

namespace {

/// TiDB shows no more of the text.
constexpr size_t kNearLimit = 2048;

bool is_blank(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

}  // namespace

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

std::string upper(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return out;
}

Status too_deep() {
  return sql_error(kErrParse, fmt::format("The statement is nested too deeply: the limits are {} "
                                          "parentheses and {} operators",
                                          Cursor::kMaxNesting, ast::Expr::kMaxDepth));
}

Status Nesting::check() const {
  return in_.nesting_ > Cursor::kMaxNesting ? too_deep() : ok_status();
}

bool Cursor::next_statement() {
  while (true) {
    tokens_.clear();
    pos_ = params_ = 0;
    text_begin_ = lexer_.position();
    do {
      tokens_.push_back(lexer_.next());
    } while (tokens_.back().kind != TokenKind::kEnd);
    if (tokens_.size() > 1) return true;
    if (tokens_[0].begin == tokens_[0].end) return false;
  }
}

std::string_view Cursor::statement_text() const {
  std::string_view text = source_.substr(text_begin_, tokens_.back().begin - text_begin_);
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

std::string_view Cursor::text_since(size_t token_index) const {
  size_t begin = tokens_[token_index].begin;
  size_t end = pos_ > token_index ? tokens_[pos_ - 1].end : begin;
  return source_.substr(begin, end - begin);
}

bool Cursor::accept(Kw first, Kw second) {
  if (!at_words(first, second)) return false;
  pos_ += 2;
  return true;
}

Status Cursor::expect(Kw first, Kw second) {
  TBL_TRY(expect(first));
  return expect(second);
}

bool Cursor::at_name(size_t ahead) const {
  const Token& token = peek(ahead);
  if (token.kind == TokenKind::kQuotedName || token.kind == TokenKind::kCharset) return true;
  return token.kind == TokenKind::kWord && (token.word == 0 || !keyword(token.word).reserved);
}

Result<std::string> Cursor::name() {
  if (!at_name()) return syntax_error();
  return value(take());
}

Result<std::string> Cursor::any_word() {
  if (!at_name() && !at(TokenKind::kWord)) return syntax_error();
  return value(take());
}

Result<ast::TableName> Cursor::table_name() {
  ast::TableName table;
  TBL_ASSIGN(table.name, name());
  if (accept('.')) {
    table.schema = std::move(table.name);
    TBL_ASSIGN(table.name, any_word());
  }
  return table;
}

Result<std::vector<std::string>> Cursor::name_list() {
  std::vector<std::string> names;
  TBL_TRY(expect('('));
  do {
    TBL_ASSIGN(auto one, name());
    names.push_back(std::move(one));
  } while (accept(','));
  TBL_TRY(expect(')'));
  return names;
}

Result<std::string> Cursor::string() {
  if (!at(TokenKind::kString) && !at(TokenKind::kNationalText)) return syntax_error();
  std::string text = value(take());
  while (at(TokenKind::kString)) text += value(take());
  return text;
}

Result<uint64_t> Cursor::integer() {
  if (!at(TokenKind::kInteger)) return syntax_error();
  std::string_view digits = raw(peek());
  uint64_t number = 0;
  auto end = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (end.ec != std::errc()) return syntax_error();
  take();
  return number;
}

Result<int64_t> Cursor::signed_integer() {
  constexpr uint64_t kMax = INT64_MAX;
  const bool negative = accept('-');
  if (!negative) accept('+');
  TBL_ASSIGN(uint64_t number, integer());
  if (number > kMax + (negative ? 1 : 0)) return syntax_error();
  return static_cast<int64_t>(negative ? 0 - number : number);
}

Result<std::string> Cursor::charset_name() {
  if (at(TokenKind::kString)) return lower(value(take()));
  if (accept("BINARY")) return std::string("binary");
  if (!at_name() || is_reserved_word(value(peek()))) return syntax_error();
  return lower(value(take()));
}

std::string Cursor::value(const Token& token) const {
  std::string_view text = raw(token);
  switch (token.kind) {
    case TokenKind::kQuotedName:
      return unquote(text, false);
    case TokenKind::kString:
      return unquote(text, !has_mode(kModeNoBackslashEscapes));
    case TokenKind::kNationalText:
      return unquote(text.substr(1), !has_mode(kModeNoBackslashEscapes));
    case TokenKind::kHex:
      return hex_bytes(text);
    case TokenKind::kBit:
      return bit_bytes(text);
    default:
      return std::string(text);
  }
}

Status Cursor::syntax_error_at(const Token& token) const {
  const size_t end = token.end;
  const size_t line =
      1 + static_cast<size_t>(std::count(source_.begin(), source_.begin() + end, '\n'));
  // TiDB counts the bytes it has read of the line, and the line feed before it as one of them.
  size_t column = end;
  if (line > 1) column = end - source_.rfind('\n', end - 1);
  std::string_view near = source_.substr(token.begin);
  if (near.size() <= kNearLimit) return tidb::syntax_error(line, column, near);
  return sql_error(kErrParse,
                   tidb::syntax_error(line, column, near.substr(0, kNearLimit)).message() +
                       fmt::format("(total length {})", near.size()));
}

}  // namespace tbl::tidb
