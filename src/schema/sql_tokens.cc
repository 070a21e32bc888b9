#include "schema/sql_tokens.h"

#include <algorithm>

#include "base/ascii.h"

namespace tbl::schema {

namespace {

bool is_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

bool is_word(char c) {
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_' ||
         c == '$' || static_cast<unsigned char>(c) >= 0x80;
}

// Length of a quoted token; doubled quotes and, but for names, backslashes are part of it.
size_t quoted_length(std::string_view sql) {
  char quote = sql[0];
  for (size_t i = 1; i < sql.size(); ++i) {
    if (sql[i] == '\\' && quote != '`') {
      ++i;
    } else if (sql[i] == quote) {
      if (i + 1 >= sql.size() || sql[i + 1] != quote) return i + 1;
      ++i;
    }
  }
  return sql.size();
}

size_t until(std::string_view sql, std::string_view end) {
  size_t at = sql.find(end, 2);
  return at == std::string_view::npos ? sql.size() : at + end.size();
}

SqlToken next_token(std::string_view sql) {
  char c = sql[0];
  if (c == '\'' || c == '"' || c == '`') {
    return {SqlTokenKind::kQuoted, sql.substr(0, quoted_length(sql))};
  }
  bool dashes = sql.starts_with("--") && (sql.size() == 2 || is_space(sql[2]));
  if (c == '#' || dashes) {
    return {SqlTokenKind::kComment, sql.substr(0, std::min(sql.find('\n'), sql.size()))};
  }
  if (sql.starts_with("/*")) {
    SqlTokenKind kind = SqlTokenKind::kComment;
    if (sql.starts_with("/*T!")) kind = SqlTokenKind::kFeature;
    if (sql.starts_with("/*!") || sql.starts_with("/*M!")) kind = SqlTokenKind::kVersion;
    return {kind, sql.substr(0, until(sql, "*/"))};
  }
  if (!is_word(c)) return {SqlTokenKind::kSymbol, sql.substr(0, 1)};
  size_t end = 1;
  while (end < sql.size() && is_word(sql[end])) ++end;
  return {SqlTokenKind::kWord, sql.substr(0, end)};
}

}  // namespace

std::vector<SqlToken> tokenize_sql(std::string_view sql) {
  std::vector<SqlToken> tokens;
  while (true) {
    while (!sql.empty() && is_space(sql[0])) sql.remove_prefix(1);
    if (sql.empty()) return tokens;
    tokens.push_back(next_token(sql));
    sql.remove_prefix(tokens.back().text.size());
  }
}

std::vector<SqlToken> significant_tokens(std::string_view sql) {
  std::vector<SqlToken> tokens = tokenize_sql(sql);
  std::erase_if(tokens, [](const SqlToken& t) {
    return t.kind == SqlTokenKind::kComment || t.kind == SqlTokenKind::kFeature;
  });
  return tokens;
}

bool has_words(const std::vector<SqlToken>& tokens, size_t at,
               std::initializer_list<std::string_view> words) {
  if (at + words.size() > tokens.size()) return false;
  return std::all_of(words.begin(), words.end(), [&](std::string_view word) {
    return equal_ignoring_case(tokens[at++].text, word);
  });
}

}  // namespace tbl::schema
