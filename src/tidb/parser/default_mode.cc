#include "tidb/parser/default_mode.h"

#include "tidb/parser/lexer.h"
#include "tidb/parser/token_text.h"
#include "tidb/types/sql_error.h"

namespace tbl::tidb {

namespace {

/// In `quote`, with each of the letters in `doubled` twice.
std::string quoted(std::string_view text, char quote, std::string_view doubled) {
  std::string out(1, quote);
  for (const char c : text) {
    out.append(doubled.find(c) == std::string_view::npos ? 1 : 2, c);
  }
  return out + quote;
}

/// The token's text under the default mode. `raw`: its text under `mode`.
std::string rewritten(const Token& token, std::string_view raw, SqlMode mode) {
  const bool escapes = (mode & kModeNoBackslashEscapes) == 0;
  switch (token.kind) {
    case TokenKind::kQuotedName:
      return quoted(unquote(raw, false), '`', "`");
    case TokenKind::kString:
    case TokenKind::kNationalText: {
      if (escapes) break;
      const size_t prefix = token.kind == TokenKind::kNationalText ? 1 : 0;
      return std::string(raw.substr(0, prefix)) +
             quoted(unquote(raw.substr(prefix), false), '\'', "'\\");
    }
    default:
      break;
  }
  return std::string(raw);
}

}  // namespace

Result<std::string> in_default_mode(std::string_view sql, SqlMode mode) {
  if ((mode & (kModeAnsiQuotes | kModeNoBackslashEscapes | kModePipesAsConcat)) == 0) {
    return std::string(sql);
  }
  std::string out;
  size_t done = 0;
  Lexer lexer(sql, mode);
  for (Token token = lexer.next(); token.kind != TokenKind::kEnd; token = lexer.next()) {
    if (token.op == kOpOr && (mode & kModePipesAsConcat) != 0) {
      return not_supported_yet("|| as a concatenation in DDL (write CONCAT)");
    }
    out += sql.substr(done, token.begin - done);
    out += rewritten(token, sql.substr(token.begin, token.end - token.begin), mode);
    done = token.end;
  }
  return out.append(sql.substr(done));
}

}  // namespace tbl::tidb
