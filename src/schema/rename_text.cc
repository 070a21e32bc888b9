#include "schema/rename_text.h"

#include <optional>

#include "schema/sql_tokens.h"

namespace tbl::schema {

namespace {

/// Without its quotes, doubled ones made single.
std::string name_of(const SqlToken& token) {
  if (token.kind != SqlTokenKind::kQuoted) return std::string(token.text);
  const char quote = token.text[0];
  std::string out;
  for (size_t i = 1; i + 1 < token.text.size(); ++i) {
    out += token.text[i];
    if (token.text[i] == quote) ++i;
  }
  return out;
}

/// Reads tokens one after the other.
class Cursor {
 public:
  explicit Cursor(std::vector<SqlToken> tokens) : tokens_(std::move(tokens)) {}

  bool skip(std::initializer_list<std::string_view> words) {
    if (!has_words(tokens_, at_, words)) return false;
    at_ += words.size();
    return true;
  }
  /// table, or schema.table
  bool read_table(std::string* schema, std::string* table) {
    if (!read_name(table)) return false;
    if (!skip({"."})) return true;
    *schema = std::move(*table);
    return read_name(table);
  }
  bool at_end() {
    skip({";"});
    return at_ == tokens_.size();
  }

 private:
  bool read_name(std::string* name) {
    if (at_ == tokens_.size()) return false;
    const SqlToken& token = tokens_[at_];
    const bool is_string = token.text[0] == '\'';
    if (is_string || (token.kind != SqlTokenKind::kWord && token.kind != SqlTokenKind::kQuoted)) {
      return false;
    }
    *name = name_of(token);
    ++at_;
    return !name->empty();
  }

  const std::vector<SqlToken> tokens_;
  size_t at_ = 0;
};

std::vector<Rename> parse_rename_table(Cursor& cursor) {
  std::vector<Rename> renames;
  do {
    Rename rename;
    if (!cursor.read_table(&rename.old_schema, &rename.old_table)) return {};
    if (!cursor.skip({"TO"})) return {};
    if (!cursor.read_table(&rename.new_schema, &rename.new_table)) return {};
    renames.push_back(std::move(rename));
  } while (cursor.skip({","}));
  return cursor.at_end() ? renames : std::vector<Rename>();
}

std::vector<Rename> parse_alter_table(Cursor& cursor) {
  Rename rename;
  if (!cursor.read_table(&rename.old_schema, &rename.old_table)) return {};
  if (!cursor.skip({"RENAME"})) return {};
  if (!cursor.skip({"TO"}) && !cursor.skip({"AS"})) cursor.skip({"="});
  if (!cursor.read_table(&rename.new_schema, &rename.new_table)) return {};
  if (!cursor.at_end()) return {};
  return {std::move(rename)};
}

}  // namespace

std::vector<Rename> parse_renames(std::string_view sql) {
  Cursor cursor(significant_tokens(sql));
  if (cursor.skip({"RENAME", "TABLE"}) || cursor.skip({"RENAME", "TABLES"})) {
    return parse_rename_table(cursor);
  }
  if (cursor.skip({"ALTER", "TABLE"}) || cursor.skip({"ALTER", "IGNORE", "TABLE"})) {
    return parse_alter_table(cursor);
  }
  return {};
}

}  // namespace tbl::schema
