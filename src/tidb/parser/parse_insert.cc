// INSERT and REPLACE.
#include "tidb/parser/rules.h"

namespace tbl::tidb {

using namespace ast;

namespace {

Status parse_words(Cursor& in, InsertStatement& node) {
  node.replace = in.at("REPLACE");
  in.take();
  if (in.at(TokenKind::kHint)) in.take();
  if (in.accept("LOW_PRIORITY")) node.priority = Priority::kLow;
  if (in.accept("HIGH_PRIORITY")) node.priority = Priority::kHigh;
  if (in.accept("DELAYED")) node.priority = Priority::kDelayed;
  node.ignore = in.accept("IGNORE");
  in.accept("INTO");
  TBL_ASSIGN(node.table, in.table_name());
  if (in.accept("PARTITION")) {
    TBL_ASSIGN(node.partitions, in.name_list());
  }
  return ok_status();
}

/// (a, b): a list of columns, if no query stands there.
Status parse_columns(Cursor& in, InsertStatement& node) {
  size_t ahead = 0;
  while (in.at('(', ahead)) ++ahead;
  if (ahead == 0 || at_query(in, ahead)) return ok_status();
  node.has_columns = true;
  TBL_TRY(in.expect('('));
  if (in.accept(')')) return ok_status();
  do {
    TBL_ASSIGN(auto column, parse_column(in));
    node.columns.push_back(std::move(column));
  } while (in.accept(','));
  return in.expect(')');
}

Status parse_rows(Cursor& in, InsertStatement& node) {
  do {
    in.accept("ROW");
    TBL_TRY(in.expect('('));
    ExprList row;
    if (!in.at(')')) {
      do {
        TBL_ASSIGN(auto value, parse_expr_or_default(in));
        row.push_back(std::move(value));
      } while (in.accept(','));
    }
    TBL_TRY(in.expect(')'));
    node.rows.push_back(std::move(row));
  } while (in.accept(','));
  return ok_status();
}

/// SET a = 1, b = 2 is one row.
Status parse_set_form(Cursor& in, InsertStatement& node) {
  node.set_form = true;
  TBL_ASSIGN(auto assignments, parse_assignments(in));
  ExprList row;
  for (auto& assignment : assignments) {
    node.columns.push_back(std::move(assignment.column));
    row.push_back(std::move(assignment.value));
  }
  node.rows.push_back(std::move(row));
  return ok_status();
}

Status parse_source(Cursor& in, InsertStatement& node) {
  if (!node.has_columns && in.accept("SET")) return parse_set_form(in, node);
  if (in.accept_any(Kw("VALUES"), Kw("VALUE"))) return parse_rows(in, node);
  if (!at_query(in) && !in.at('(')) return in.syntax_error();
  TBL_ASSIGN(node.query, parse_query(in));
  return ok_status();
}

}  // namespace

Result<std::vector<Assignment>> parse_assignments(Cursor& in) {
  std::vector<Assignment> list;
  do {
    Assignment one;
    TBL_ASSIGN(one.column, parse_column(in));
    if (!in.accept(kOpAssign)) TBL_TRY(in.expect('='));
    TBL_ASSIGN(one.value, parse_expr_or_default(in));
    list.push_back(std::move(one));
  } while (in.accept(','));
  return list;
}

Result<StatementPtr> parse_insert(Cursor& in) {
  auto node = std::make_unique<InsertStatement>();
  TBL_TRY(parse_words(in, *node));
  TBL_TRY(parse_columns(in, *node));
  TBL_TRY(parse_source(in, *node));
  if (!node->replace && in.accept("ON", "DUPLICATE")) {
    TBL_TRY(in.expect("KEY", "UPDATE"));
    TBL_ASSIGN(node->on_duplicate, parse_assignments(in));
  }
  return StatementPtr(std::move(node));
}

}  // namespace tbl::tidb
