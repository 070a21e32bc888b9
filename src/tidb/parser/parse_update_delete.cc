// UPDATE, DELETE, and WITH in front of them.
#include "tidb/parser/rules.h"
#include "tidb/types/sql_error.h"

namespace tbl::tidb {

using namespace ast;

namespace {

template <typename T>
Status parse_where_order_limit(Cursor& in, T& node) {
  if (in.accept("WHERE")) {
    TBL_ASSIGN(node.where, parse_expr(in));
  }
  if (node.multi_table) return ok_status();
  TBL_ASSIGN(node.order_by, parse_order_by(in));
  TBL_ASSIGN(node.limit, parse_limit(in));
  if (node.limit && node.limit->offset) return in.syntax_error();
  return ok_status();
}

void parse_delete_words(Cursor& in, DeleteStatement& node) {
  in.take();
  if (in.at(TokenKind::kHint)) in.take();
  while (true) {
    if (in.accept("LOW_PRIORITY")) {
      node.priority = Priority::kLow;
    } else if (in.at("QUICK") && !in.at('.', 1)) {
      in.take();
      node.quick = true;
    } else if (in.accept("IGNORE")) {
      node.ignore = true;
    } else {
      return;
    }
  }
}

/// t, s.t, t.*, s.t.*
Result<TableName> parse_target(Cursor& in) {
  TableName target;
  TBL_ASSIGN(target.name, in.name());
  if (!in.accept('.') || in.accept('*')) return target;
  target.schema = std::move(target.name);
  TBL_ASSIGN(target.name, in.any_word());
  if (in.accept('.')) TBL_TRY(in.expect('*'));
  return target;
}

Status parse_targets(Cursor& in, DeleteStatement& node) {
  node.multi_table = true;
  do {
    TBL_ASSIGN(auto target, parse_target(in));
    node.targets.push_back(std::move(target));
  } while (in.accept(','));
  return ok_status();
}

/// DELETE FROM a, b USING ..: USING follows the names.
bool at_using_form(const Cursor& in) {
  size_t i = 0;
  while (in.at_name(i) || in.at('.', i) || in.at(',', i) || in.at('*', i) ||
         (i > 0 && in.at('.', i - 1))) {
    ++i;
  }
  return in.at("USING", i);
}

Status parse_delete_tables(Cursor& in, DeleteStatement& node) {
  if (!in.accept("FROM")) {
    TBL_TRY(parse_targets(in, node));
    TBL_TRY(in.expect("FROM"));
    TBL_ASSIGN(node.tables, parse_table_refs(in));
  } else if (at_using_form(in)) {
    TBL_TRY(parse_targets(in, node));
    TBL_TRY(in.expect("USING"));
    TBL_ASSIGN(node.tables, parse_table_refs(in));
  } else {
    TBL_ASSIGN(node.tables, parse_table_source(in));
  }
  return ok_status();
}

}  // namespace

Result<StatementPtr> parse_update(Cursor& in, With with) {
  auto node = std::make_unique<UpdateStatement>();
  node->with = std::move(with);
  in.take();
  if (in.at(TokenKind::kHint)) in.take();
  if (in.accept("LOW_PRIORITY")) node->priority = Priority::kLow;
  node->ignore = in.accept("IGNORE");
  TBL_ASSIGN(node->tables, parse_table_refs(in));
  node->multi_table = node->tables->kind == TableRefKind::kJoin;
  TBL_TRY(in.expect("SET"));
  TBL_ASSIGN(node->assignments, parse_assignments(in));
  TBL_TRY(parse_where_order_limit(in, *node));
  return StatementPtr(std::move(node));
}

Result<StatementPtr> parse_delete(Cursor& in, With with) {
  auto node = std::make_unique<DeleteStatement>();
  node->with = std::move(with);
  parse_delete_words(in, *node);
  TBL_TRY(parse_delete_tables(in, *node));
  TBL_TRY(parse_where_order_limit(in, *node));
  return StatementPtr(std::move(node));
}

/// WITH in front of SELECT, UPDATE or DELETE: which of them is seen behind the parentheses.
Result<StatementPtr> parse_with_statement(Cursor& in) {
  int depth = 0;
  for (size_t i = 0; !in.at(TokenKind::kEnd, i); ++i) {
    if (in.at('(', i)) ++depth;
    if (in.at(')', i)) --depth;
    if (depth != 0 || !(in.at("UPDATE", i) || in.at("DELETE", i))) continue;
    if (in.at("FOR", i - 1)) continue;
    TBL_ASSIGN(auto with, parse_with(in));
    if (in.at("UPDATE")) return parse_update(in, std::move(with));
    if (in.at("DELETE")) return parse_delete(in, std::move(with));
    return in.syntax_error();
  }
  return parse_select_statement(in);
}

}  // namespace tbl::tidb
