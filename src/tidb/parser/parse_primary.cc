// Operands: what stands between operators.
#include "tidb/parser/rules.h"
#include "tidb/types/sql_error.h"

namespace tbl::tidb {

using namespace ast;

namespace {

/// At '(': a query, a row, or an expression in parentheses.
Result<ExprPtr> parse_parentheses(Cursor& in) {
  if (at_query(in, 1)) {
    auto node = std::make_unique<Subquery>();
    TBL_ASSIGN(node->query, parse_query_in_parens(in));
    cover(*node, node->query);
    return finish(std::move(node));
  }
  in.take();
  TBL_ASSIGN(auto first, parse_expr(in));
  if (first->kind == ExprKind::kSubquery && at_query_rest(in)) {
    auto node = std::make_unique<Subquery>();
    TBL_ASSIGN(node->query, parse_query_rest(in, std::move(as<Subquery>(*first).query)));
    TBL_TRY(in.expect(')'));
    cover(*node, node->query);
    return finish(std::move(node));
  }
  if (in.accept(')')) {
    ++first->parens;
    return first;
  }
  auto row = std::make_unique<Row>();
  row->items.push_back(std::move(first));
  while (in.accept(',')) {
    TBL_ASSIGN(auto item, parse_expr(in));
    row->items.push_back(std::move(item));
  }
  TBL_TRY(in.expect(')'));
  cover(*row, row->items);
  return finish(std::move(row));
}

Result<ExprPtr> parse_row(Cursor& in) {
  in.take();
  TBL_TRY(in.expect('('));
  auto row = std::make_unique<Row>();
  TBL_ASSIGN(row->items, parse_expr_list(in));
  TBL_TRY(in.expect(')'));
  if (row->items.size() < 2) return in.syntax_error();
  cover(*row, row->items);
  return finish(std::move(row));
}

Result<ExprPtr> parse_exists(Cursor& in) {
  in.take();
  auto node = std::make_unique<Exists>();
  TBL_ASSIGN(node->query, parse_query_in_parens(in));
  cover(*node, node->query);
  return finish(std::move(node));
}

Result<ExprPtr> parse_case(Cursor& in) {
  in.take();
  auto node = std::make_unique<Case>();
  if (!in.at("WHEN")) {
    TBL_ASSIGN(node->operand, parse_expr(in));
    cover(*node, node->operand);
  }
  do {
    Case::When when;
    TBL_TRY(in.expect("WHEN"));
    TBL_ASSIGN(when.condition, parse_expr(in));
    TBL_TRY(in.expect("THEN"));
    TBL_ASSIGN(when.result, parse_expr(in));
    cover(*node, when.condition);
    cover(*node, when.result);
    node->whens.push_back(std::move(when));
  } while (in.at("WHEN"));
  if (in.accept("ELSE")) {
    TBL_ASSIGN(node->otherwise, parse_expr(in));
    cover(*node, node->otherwise);
  }
  TBL_TRY(in.expect("END"));
  return finish(std::move(node));
}

/// INTERVAL 1 DAY + time.
Result<ExprPtr> parse_interval_first(Cursor& in) {
  TBL_ASSIGN(auto interval, parse_interval(in));
  TBL_TRY(in.expect('+'));
  auto node = std::make_unique<FunctionCall>();
  node->name = "date_add";
  TBL_ASSIGN(auto time, parse_binary(in, kLevelAdd));
  node->args.push_back(std::move(time));
  node->args.push_back(std::move(interval));
  cover(*node, node->args);
  return finish(std::move(node));
}

Result<ExprPtr> parse_user_variable(Cursor& in) {
  auto node = parse_variable(in);
  if (!node->system && in.accept(kOpAssign)) {
    TBL_ASSIGN(node->value, parse_expr(in));
    cover(*node, node->value);
  }
  return finish(std::move(node));
}

Result<ExprPtr> parse_match(Cursor& in) {
  in.take();
  auto node = std::make_unique<MatchAgainst>();
  const bool parens = in.accept('(');
  do {
    TBL_ASSIGN(auto column, parse_column(in));
    node->columns.push_back(std::move(column));
  } while (in.accept(','));
  if (parens) TBL_TRY(in.expect(')'));
  TBL_TRY(in.expect("AGAINST"));
  TBL_TRY(in.expect('('));
  TBL_ASSIGN(node->against, parse_binary(in, kLevelBitOr));
  if (in.accept("IN", "BOOLEAN")) {
    TBL_TRY(in.expect("MODE"));
    node->modifier = "IN BOOLEAN MODE";
  } else if (in.accept("IN", "NATURAL")) {
    TBL_TRY(in.expect("LANGUAGE", "MODE"));
    node->modifier = "IN NATURAL LANGUAGE MODE";
  }
  if (in.accept("WITH", "QUERY")) {
    TBL_TRY(in.expect("EXPANSION"));
    node->modifier += node->modifier.empty() ? "WITH QUERY EXPANSION" : " WITH QUERY EXPANSION";
  }
  TBL_TRY(in.expect(')'));
  cover(*node, node->against);
  return finish(std::move(node));
}

/// {d '2020-01-01'}, {fn now()}: ODBC's way.
Result<ExprPtr> parse_braces(Cursor& in) {
  in.take();
  TBL_ASSIGN(auto kind, in.any_word());
  ExprPtr inner;
  TBL_ASSIGN(inner, parse_expr(in));
  TBL_TRY(in.expect('}'));
  if (inner->kind == ExprKind::kLiteral) {
    auto& literal = as<Literal>(*inner);
    const std::string name = lower(kind);
    if (name == "d") literal.literal = LiteralKind::kDate;
    if (name == "t") literal.literal = LiteralKind::kTime;
    if (name == "ts") literal.literal = LiteralKind::kTimestamp;
  }
  return inner;
}

Result<ExprPtr> parse_param(Cursor& in) {
  in.take();
  auto node = std::make_unique<ParamMarker>();
  node->index = in.next_param();
  return ExprPtr(std::move(node));
}

Result<ExprPtr> parse_binary_cast(Cursor& in) {
  in.take();
  auto node = std::make_unique<Cast>();
  node->syntax = CastSyntax::kBinary;
  node->type.tp = schema::kTypeVarString;
  node->type.charset = "binary";
  TBL_ASSIGN(node->value, parse_unary(in));
  cover(*node, node->value);
  return finish(std::move(node));
}

Result<ExprPtr> parse_prefix(Cursor& in, UnaryOp op) {
  in.take();
  auto node = std::make_unique<Unary>();
  node->op = op;
  TBL_ASSIGN(node->operand, parse_unary(in));
  cover(*node, node->operand);
  return finish(std::move(node));
}

Result<ExprPtr> parse_collate(Cursor& in, ExprPtr value) {
  auto node = std::make_unique<Collate>();
  TBL_ASSIGN(node->collation, in.charset_name());
  node->value = std::move(value);
  cover(*node, node->value);
  return finish(std::move(node));
}

/// column->'$.path' and column->>'$.path'
Result<ExprPtr> parse_json_arrow(Cursor& in, ExprPtr column) {
  const bool unquoted = in.at(kOpDoubleArrow);
  in.take();
  auto extract = std::make_unique<FunctionCall>();
  extract->name = "json_extract";
  TBL_ASSIGN(auto path, in.string());
  extract->args.push_back(std::move(column));
  extract->args.push_back(string_literal(std::move(path)));
  cover(*extract, extract->args);
  if (!unquoted) return finish(std::move(extract));
  auto unquote = std::make_unique<FunctionCall>();
  unquote->name = "json_unquote";
  unquote->args.push_back(std::move(extract));
  cover(*unquote, unquote->args);
  return finish(std::move(unquote));
}

}  // namespace

Result<std::unique_ptr<ColumnName>> parse_column(Cursor& in) {
  auto node = std::make_unique<ColumnName>();
  in.accept('.');
  TBL_ASSIGN(node->name, in.name());
  if (!in.accept('.')) return node;
  node->table = std::move(node->name);
  TBL_ASSIGN(node->name, in.any_word());
  if (!in.accept('.')) return node;
  node->schema = std::move(node->table);
  node->table = std::move(node->name);
  TBL_ASSIGN(node->name, in.any_word());
  return node;
}

std::unique_ptr<Variable> parse_variable(Cursor& in) {
  auto node = std::make_unique<Variable>();
  node->system = in.at(TokenKind::kSystemVariable);
  std::string text(in.raw(in.take()));
  text.erase(0, node->system ? 2 : 1);
  if (!node->system && !text.empty() && (text[0] == '\'' || text[0] == '"' || text[0] == '`')) {
    text = text.substr(1, text.size() - 2);
  }
  std::erase(text, '`');
  node->name = lower(text);
  if (!node->system) return node;
  for (auto [prefix, scope] : {std::pair{"global.", VariableScope::kGlobal},
                               std::pair{"session.", VariableScope::kSession},
                               std::pair{"local.", VariableScope::kSession}}) {
    if (node->name.starts_with(prefix)) {
      node->name.erase(0, std::string_view(prefix).size());
      node->scope = scope;
      break;
    }
  }
  return node;
}

Result<ExprPtr> parse_primary(Cursor& in) {
  if (in.at('(')) return parse_parentheses(in);
  if (in.at('?')) return parse_param(in);
  if (in.at('{')) return parse_braces(in);
  if (in.at_any(TokenKind::kUserVariable, TokenKind::kSystemVariable)) {
    return parse_user_variable(in);
  }
  if (at_literal(in)) return parse_literal(in);
  switch (in.peek().word) {
    case Kw("CASE"):
      return parse_case(in);
    case Kw("EXISTS"):
      return parse_exists(in);
    case Kw("MATCH"):
      return parse_match(in);
    case Kw("INTERVAL"):
      if (at_interval(in)) return parse_interval_first(in);
      return parse_function(in);
    case Kw("ROW"):
      if (in.at('(', 1)) return parse_row(in);
      break;
    default:
      break;
  }
  if (at_function(in)) return parse_function(in);
  TBL_ASSIGN(auto column, parse_column(in));
  return ExprPtr(std::move(column));
}

Result<ExprPtr> parse_unary(Cursor& in) {
  Nesting nesting(in);
  TBL_TRY(nesting.check());
  if (in.at('-')) return parse_prefix(in, UnaryOp::kMinus);
  if (in.at('+')) return parse_prefix(in, UnaryOp::kPlus);
  if (in.at('~')) return parse_prefix(in, UnaryOp::kBitNot);
  if (in.at('!')) return parse_prefix(in, UnaryOp::kBang);
  if (in.at("NOT") && in.has_mode(kModeHighNotPrecedence)) return parse_prefix(in, UnaryOp::kBang);
  if (in.at("BINARY")) return parse_binary_cast(in);
  TBL_ASSIGN(auto value, parse_primary(in));
  while (true) {
    if (in.accept("COLLATE")) {
      TBL_ASSIGN(value, parse_collate(in, std::move(value)));
    } else if (in.at_any(kOpArrow, kOpDoubleArrow) && value->kind == ExprKind::kColumn) {
      TBL_ASSIGN(value, parse_json_arrow(in, std::move(value)));
    } else {
      return value;
    }
  }
}

}  // namespace tbl::tidb
