#include "drainer/mysql/ddl_text.h"

#include <algorithm>

#include "schema/sql_edit.h"
#include "schema/sql_tokens.h"

namespace tbl::mysql {
namespace {

using schema::has_words;
using schema::significant_tokens;
using schema::SqlEdit;
using schema::SqlToken;
using schema::SqlTokenKind;
using schema::tokenize_sql;

// Around what only TiDB has, in the texts of TiDB up to 4.0: no MySQL was to reach this version.
constexpr std::string_view kTiDbVersion = "/*!90000";
constexpr std::string_view kDisableTtl = " /*T![ttl] TTL_ENABLE = 'OFF' */";

bool is_feature(const SqlToken& token, std::string_view id) {
  return token.kind == SqlTokenKind::kFeature && token.text.substr(4).starts_with(id);
}

bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

// One past PLACEMENT POLICY [SET] [=] name, written without a comment.
size_t placement_end(const std::vector<SqlToken>& tokens, size_t i) {
  if (!has_words(tokens, i, {"PLACEMENT", "POLICY"})) return i;
  size_t end = i + 2;
  if (end < tokens.size() && (has_words(tokens, end, {"SET"}) || tokens[end].text == "=")) ++end;
  return std::min(end + 1, tokens.size());
}

std::string without_placement(std::string_view sql) {
  std::vector<SqlToken> tokens = tokenize_sql(sql);
  SqlEdit edit(sql);
  bool is_policy = has_words(significant_tokens(sql), 1, {"PLACEMENT", "POLICY"});
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
        SqlEdit edit(sql);
        edit.replace(token.text, kDisableTtl.substr(1));
        return std::move(edit).finish();
      }();
    }
    if (contains(token.text, "TTL =") || contains(token.text, "TTL=")) ttl = &token;
  }
  if (ttl == nullptr) return std::string(sql);
  SqlEdit edit(sql);
  edit.insert_after(ttl->text, kDisableTtl);
  return std::move(edit).finish();
}

// MySQL 9 would execute it.
std::string without_tidb_version(std::string_view sql) {
  SqlEdit edit(sql);
  for (const SqlToken& token : tokenize_sql(sql)) {
    if (token.kind == SqlTokenKind::kVersion && token.text.starts_with(kTiDbVersion)) {
      edit.replace(token.text.substr(0, kTiDbVersion.size()), "/*");
    }
  }
  return std::move(edit).finish();
}

// ALTER TABLE name, where one action begins.
bool begins_action(const std::vector<SqlToken>& tokens, size_t i) {
  return i == 3 || (i == 5 && tokens[3].text == ".") || tokens[i - 1].text == ",";
}

// MariaDB has no [NOT] ENFORCED; sessions that apply rows do not look at CHECK constraints.
size_t enforcement_end(const std::vector<SqlToken>& tokens, size_t i) {
  if (tokens[i - 1].text != ")") return i;
  if (has_words(tokens, i, {"NOT", "ENFORCED"})) return i + 2;
  return has_words(tokens, i, {"ENFORCED"}) ? i + 1 : i;
}

std::string in_words_of_mariadb(std::string_view sql) {
  std::vector<SqlToken> tokens = significant_tokens(sql);
  const bool alters = has_words(tokens, 0, {"ALTER", "TABLE"});
  if (!alters && !has_words(tokens, 0, {"CREATE", "TABLE"})) return std::string(sql);
  SqlEdit edit(sql);
  for (size_t i = 3; i < tokens.size(); ++i) {
    for (size_t end = enforcement_end(tokens, i); i < end; ++i) edit.replace(tokens[i].text, "");
    if (!alters || i + 2 >= tokens.size() || !begins_action(tokens, i)) continue;
    if (has_words(tokens, i, {"DROP", "CHECK"})) edit.replace(tokens[i + 1].text, "CONSTRAINT");
    if (!has_words(tokens, i, {"ALTER", "INDEX"})) continue;
    if (has_words(tokens, i + 3, {"INVISIBLE"})) edit.replace(tokens[i + 3].text, "IGNORED");
    if (has_words(tokens, i + 3, {"VISIBLE"})) edit.replace(tokens[i + 3].text, "NOT IGNORED");
  }
  return std::move(edit).finish();
}

}  // namespace

bool is_create_database(std::string_view sql) {
  auto tokens = significant_tokens(sql);
  return has_words(tokens, 0, {"CREATE", "DATABASE"}) || has_words(tokens, 0, {"CREATE", "SCHEMA"});
}

bool is_tiflash_replica(std::string_view sql) {
  auto tokens = significant_tokens(sql);
  if (!has_words(tokens, 0, {"ALTER", "TABLE"})) return false;
  size_t name = tokens.size() > 3 && tokens[3].text == "." ? 5 : 3;
  return has_words(tokens, name, {"SET", "TIFLASH", "REPLICA"});
}

bool is_foreign_to(ServerKind server, std::string_view sql) {
  if (server == ServerKind::kTiDb) return false;
  auto tokens = significant_tokens(sql);
  if (has_words(tokens, 0, {"ADMIN"})) return true;
  if (has_words(tokens, 0, {"CREATE", "GLOBAL", "TEMPORARY"})) return true;
  if (server == ServerKind::kMySql) return has_words(tokens, 1, {"SEQUENCE"});
  size_t action = tokens.size() > 3 && tokens[3].text == "." ? 5 : 3;
  return has_words(tokens, 0, {"ALTER", "TABLE"}) && has_words(tokens, action, {"ALTER", "CHECK"});
}

std::string adapt_ddl(ServerKind server, std::string_view sql) {
  std::string placed = without_placement(sql);
  auto left = tokenize_sql(placed);
  bool empty = std::all_of(left.begin(), left.end(), [](const SqlToken& t) {
    return t.text == ";" || t.kind == SqlTokenKind::kComment;
  });
  if (empty) return {};
  std::string adapted = without_ttl_job(placed);
  if (server == ServerKind::kTiDb) return adapted;
  adapted = without_tidb_version(adapted);
  return server == ServerKind::kMariaDb ? in_words_of_mariadb(adapted) : adapted;
}

}  // namespace tbl::mysql
