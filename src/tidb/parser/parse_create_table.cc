// CREATE TABLE.
#include "tidb/parser/rules.h"

namespace tbl::tidb {

using namespace ast;

namespace {

Status parse_elements(Cursor& in, CreateTableStatement& node) {
  TBL_TRY(in.expect('('));
  do {
    if (at_constraint(in)) {
      TBL_ASSIGN(auto constraint, parse_constraint(in));
      node.constraints.push_back(std::move(constraint));
    } else {
      TBL_ASSIGN(auto column, parse_column_def(in));
      node.columns.push_back(std::move(column));
    }
  } while (in.accept(','));
  return in.expect(')');
}

Status parse_like(Cursor& in, CreateTableStatement& node) {
  const bool parens = in.accept('(');
  TBL_TRY(in.expect("LIKE"));
  TBL_ASSIGN(node.like, in.table_name());
  return parens ? in.expect(')') : ok_status();
}

Status parse_options(Cursor& in, CreateTableStatement& node) {
  while (at_table_option(in)) {
    TBL_ASSIGN(auto option, parse_table_option(in));
    node.options.push_back(std::move(option));
    in.accept(',');
  }
  return ok_status();
}

Status parse_as_select(Cursor& in, CreateTableStatement& node) {
  in.accept_any(Kw("IGNORE"), Kw("REPLACE"));
  const bool as = in.accept("AS");
  if (!as && !at_query(in) && !in.at('(')) return ok_status();
  TBL_ASSIGN(node.select, parse_query(in));
  return ok_status();
}

bool at_like(const Cursor& in) { return in.at("LIKE") || (in.at('(') && in.at("LIKE", 1)); }

/// A parenthesis that holds a query, not the columns.
bool at_select_in_parens(const Cursor& in) {
  size_t ahead = 0;
  while (in.at('(', ahead)) ++ahead;
  return ahead > 0 && at_query(in, ahead);
}

}  // namespace

Result<bool> parse_if_not_exists(Cursor& in) {
  if (!in.accept("IF")) return false;
  TBL_TRY(in.expect("NOT", "EXISTS"));
  return true;
}

Result<bool> parse_if_exists(Cursor& in) {
  if (!in.accept("IF")) return false;
  TBL_TRY(in.expect("EXISTS"));
  return true;
}

/// At TEMPORARY or TABLE.
Result<StatementPtr> parse_create_table(Cursor& in) {
  auto node = std::make_unique<CreateTableStatement>();
  node->temporary = in.accept("TEMPORARY");
  TBL_TRY(in.expect("TABLE"));
  TBL_ASSIGN(node->if_not_exists, parse_if_not_exists(in));
  TBL_ASSIGN(node->table, in.table_name());
  if (at_like(in)) {
    TBL_TRY(parse_like(in, *node));
    return StatementPtr(std::move(node));
  }
  if (in.at('(') && !at_select_in_parens(in)) TBL_TRY(parse_elements(in, *node));
  TBL_TRY(parse_options(in, *node));
  if (in.at("PARTITION")) {
    TBL_ASSIGN(node->partition, parse_partition_by(in));
  }
  TBL_TRY(parse_as_select(in, *node));
  if (node->columns.empty() && !node->select) return in.syntax_error();
  return StatementPtr(std::move(node));
}

}  // namespace tbl::tidb
