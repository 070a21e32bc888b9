#include "tidb/ast/restore.h"

#include <algorithm>

#include "tidb/ast/restorer.h"

namespace tbl::tidb::ast {

namespace {

char lower_char(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }
char upper_char(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; }

}  // namespace

std::string restore(const Expr& expr, const RestoreOptions& options) {
  Restorer restorer(options);
  restorer.expr(expr);
  return restorer.take();
}

std::string restore(const Query& query, const RestoreOptions& options) {
  Restorer restorer(options);
  restorer.query(query);
  return restorer.take();
}

void Restorer::word(std::string_view upper) {
  for (char c : upper) out_.push_back(view_style() ? upper_char(c) : lower_char(c));
}

void Restorer::quoted(std::string_view name) {
  out_.push_back('`');
  for (char c : name) {
    if (c == '`') out_.push_back('`');
    out_.push_back(c);
  }
  out_.push_back('`');
}

void Restorer::column_part(std::string_view name) {
  if (view_style()) return quoted(name);
  std::string lower(name);
  for (char& c : lower) c = lower_char(c);
  quoted(lower);
}

void Restorer::plain_string(std::string_view text) {
  out_.push_back('\'');
  for (char c : text) {
    if (c == '\'' || c == '\\') out_.push_back(c);
    out_.push_back(c);
  }
  out_.push_back('\'');
}

void Restorer::string(std::string_view text, std::string_view charset) {
  if (!charset.empty() || options_.string_introducer) {
    plain("_");
    word(charset.empty() ? "utf8mb4" : charset);
  }
  plain_string(text);
}

void Restorer::charset(std::string_view name) {
  const bool is_word = std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
  });
  const bool starts_well = !name.empty() && name[0] >= 'a' && name[0] <= 'z';
  if (is_word && starts_well) return plain(name);
  plain_string(name);
}

void Restorer::names(const std::vector<std::string>& list, std::string_view separator) {
  for (size_t i = 0; i < list.size(); ++i) {
    if (i > 0) plain(separator);
    quoted(list[i]);
  }
}

void Restorer::list(const ExprList& items, std::string_view separator) {
  for (size_t i = 0; i < items.size(); ++i) {
    if (i > 0) plain(separator);
    expr(*items[i]);
  }
}

void Restorer::not_word(bool negated) { word(negated ? " NOT " : " "); }

}  // namespace tbl::tidb::ast
