#include "schema/sql_cursor.h"

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

std::string_view span(std::string_view first, std::string_view last) {
  return {first.data(), static_cast<size_t>(last.data() + last.size() - first.data())};
}

}  // namespace

bool SqlCursor::skip(std::initializer_list<std::string_view> words) {
  if (!has_words(tokens_, at_, words)) return false;
  at_ += words.size();
  return true;
}

bool SqlCursor::skip_token() {
  if (at_end()) return false;
  ++at_;
  return true;
}

bool SqlCursor::read_name(std::string* name) {
  if (at_end()) return false;
  const SqlToken& token = tokens_[at_];
  const bool is_string = token.text[0] == '\'';
  if (is_string || (token.kind != SqlTokenKind::kWord && token.kind != SqlTokenKind::kQuoted)) {
    return false;
  }
  *name = name_of(token);
  ++at_;
  return !name->empty();
}

bool SqlCursor::read_table(SqlName* name) {
  const size_t begin = at_;
  name->schema.clear();
  if (!read_name(&name->table)) return false;
  if (skip({"."})) {
    name->schema = std::move(name->table);
    if (!read_name(&name->table)) return false;
  }
  name->text = span(tokens_[begin].text, tokens_[at_ - 1].text);
  return true;
}

}  // namespace tbl::schema
