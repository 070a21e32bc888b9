#include "drainer/mysql/ddl_text.h"

#include <algorithm>
#include <initializer_list>

namespace tbl::mysql {
namespace {

constexpr std::string_view kDisableTtl = " /*T![ttl] TTL_ENABLE = 'OFF' */";

bool is_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

bool is_word(char c) {
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_' ||
         c == '$' || static_cast<unsigned char>(c) >= 0x80;
}

bool equals(std::string_view text, std::string_view upper) {
  return std::equal(text.begin(), text.end(), upper.begin(), upper.end(), [](char a, char b) {
    return (a >= 'a' && a <= 'z' ? static_cast<char>(a - 32) : a) == b;
  });
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

bool is_feature(const SqlToken& token, std::string_view id) {
  return token.kind == SqlTokenKind::kFeature && token.text.substr(4).starts_with(id);
}

// Tokens that a server executes.
std::vector<SqlToken> significant(std::string_view sql) {
  std::vector<SqlToken> tokens = tokenize_sql(sql);
  std::erase_if(tokens, [](const SqlToken& t) {
    return t.kind == SqlTokenKind::kComment || t.kind == SqlTokenKind::kFeature;
  });
  return tokens;
}

bool has_words(const std::vector<SqlToken>& tokens, size_t at,
               std::initializer_list<std::string_view> words) {
  if (at + words.size() > tokens.size()) return false;
  return std::all_of(words.begin(), words.end(),
                     [&](std::string_view word) { return equals(tokens[at++].text, word); });
}

/// Cuts pieces out of a text and puts others in, by places in the original text.
class Edit {
 public:
  explicit Edit(std::string_view sql) : sql_(sql) {}

  void replace(std::string_view piece, std::string_view with) {
    size_t begin = static_cast<size_t>(piece.data() - sql_.data());
    out_ += sql_.substr(done_, begin - done_);
    out_ += with;
    done_ = begin + piece.size();
  }
  void insert_after(std::string_view piece, std::string_view text) {
    replace(piece.substr(piece.size()), text);
  }
  std::string finish() && { return std::move(out_ += sql_.substr(done_)); }

 private:
  std::string_view sql_;
  std::string out_;
  size_t done_ = 0;
};

bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

// One past PLACEMENT POLICY [SET] [=] name, written without a comment.
size_t placement_end(const std::vector<SqlToken>& tokens, size_t i) {
  if (!has_words(tokens, i, {"PLACEMENT", "POLICY"})) return i;
  size_t end = i + 2;
  if (end < tokens.size() && (equals(tokens[end].text, "SET") || tokens[end].text == "=")) ++end;
  return std::min(end + 1, tokens.size());
}

std::string without_placement(std::string_view sql) {
  std::vector<SqlToken> tokens = tokenize_sql(sql);
  Edit edit(sql);
  bool is_policy = has_words(significant(sql), 1, {"PLACEMENT", "POLICY"});
  if (is_policy) return {};
  for (size_t i = 0; i < tokens.size(); ++i) {
    size_t end = placement_end(tokens, i);
    if (is_feature(tokens[i], "[placement]")) end = i + 1;
    if (end == i) continue;
    const char* begin = tokens[i].text.data();
    const std::string_view& last = tokens[end - 1].text;
    edit.replace({begin, static_cast<size_t>(last.data() + last.size() - begin)}, "");
    i = end - 1;
  }
  return std::move(edit).finish();
}

std::string without_ttl_job(std::string_view sql) {
  std::vector<SqlToken> tokens = tokenize_sql(sql);
  const SqlToken* ttl = nullptr;
  for (const SqlToken& token : tokens) {
    if (!is_feature(token, "[ttl]")) continue;
    if (contains(token.text, "TTL_ENABLE")) {
      return contains(token.text, "OFF") ? std::string(sql) : [&] {
        Edit edit(sql);
        edit.replace(token.text, kDisableTtl.substr(1));
        return std::move(edit).finish();
      }();
    }
    if (contains(token.text, "TTL =") || contains(token.text, "TTL=")) ttl = &token;
  }
  if (ttl == nullptr) return std::string(sql);
  Edit edit(sql);
  edit.insert_after(ttl->text, kDisableTtl);
  return std::move(edit).finish();
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

bool is_create_database(std::string_view sql) {
  auto tokens = significant(sql);
  return has_words(tokens, 0, {"CREATE", "DATABASE"}) || has_words(tokens, 0, {"CREATE", "SCHEMA"});
}

bool is_tiflash_replica(std::string_view sql) {
  auto tokens = significant(sql);
  if (!has_words(tokens, 0, {"ALTER", "TABLE"})) return false;
  size_t name = tokens.size() > 3 && tokens[3].text == "." ? 5 : 3;
  return has_words(tokens, name, {"SET", "TIFLASH", "REPLICA"});
}

std::string adapt_ddl(std::string_view sql) {
  std::string placed = without_placement(sql);
  auto left = tokenize_sql(placed);
  bool empty = std::all_of(left.begin(), left.end(), [](const SqlToken& t) {
    return t.text == ";" || t.kind == SqlTokenKind::kComment;
  });
  return empty ? std::string() : without_ttl_job(placed);
}

}  // namespace tbl::mysql
