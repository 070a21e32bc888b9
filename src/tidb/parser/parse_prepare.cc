// PREPARE, EXECUTE, DEALLOCATE, EXPLAIN.
#include "tidb/ast/session.h"
#include "tidb/ast/show.h"
#include "tidb/parser/rules.h"

namespace tbl::tidb {

using namespace ast;

namespace {

/// A statement that EXPLAIN takes begins here.
bool at_explainable(const Cursor& in) {
  return in.at('(') || in.at_any(Kw("SELECT"), Kw("WITH"), Kw("INSERT"), Kw("REPLACE"),
                                 Kw("UPDATE"), Kw("DELETE"), Kw("LOAD"));
}

Result<StatementPtr> parse_describe_table(Cursor& in) {
  auto node = std::make_unique<ShowStatement>();
  node->show = ShowKind::kColumns;
  TBL_ASSIGN(node->table, in.table_name());
  if (in.at(TokenKind::kString)) {
    node->like = string_literal(in.value(in.take()));
  } else if (in.at_name()) {
    TBL_ASSIGN(node->column, in.name());
  }
  return StatementPtr(std::move(node));
}

Status parse_format(Cursor& in, ExplainStatement& node) {
  if (!in.at("FORMAT") || !in.at('=', 1)) return ok_status();
  in.take();
  in.take();
  if (in.at(TokenKind::kString)) {
    node.format = lower(in.value(in.take()));
  } else {
    TBL_ASSIGN(auto word, in.any_word());
    node.format = lower(word);
  }
  return ok_status();
}

}  // namespace

Result<StatementPtr> parse_explain(Cursor& in) {
  in.take();
  auto node = std::make_unique<ExplainStatement>();
  if (in.at("ANALYZE")) {
    in.take();
    node->analyze = true;
  }
  TBL_TRY(parse_format(in, *node));
  if (in.accept("FOR", "CONNECTION")) {
    TBL_ASSIGN(node->connection_id, in.integer());
    return StatementPtr(std::move(node));
  }
  const bool word_before = in.at_any(Kw("EXTENDED"), Kw("PARTITIONS")) &&
                           (in.at("SELECT", 1) || in.at("UPDATE", 1) || in.at("DELETE", 1) ||
                            in.at("INSERT", 1) || in.at("REPLACE", 1) || in.at('(', 1));
  if (word_before) in.take();
  if (!at_explainable(in)) {
    if (node->analyze) return in.syntax_error();
    return parse_describe_table(in);
  }
  TBL_ASSIGN(node->statement, parse_statement(in));
  return StatementPtr(std::move(node));
}

Result<StatementPtr> parse_prepare(Cursor& in) {
  in.take();
  auto node = std::make_unique<PrepareStatement>();
  TBL_ASSIGN(node->name, in.name());
  TBL_TRY(in.expect("FROM"));
  if (in.at(TokenKind::kUserVariable)) {
    node->variable = parse_variable(in)->name;
  } else {
    TBL_ASSIGN(node->sql, in.string());
  }
  return StatementPtr(std::move(node));
}

Result<StatementPtr> parse_execute(Cursor& in) {
  in.take();
  auto node = std::make_unique<ExecuteStatement>();
  TBL_ASSIGN(node->name, in.name());
  if (!in.accept("USING")) return StatementPtr(std::move(node));
  do {
    if (!in.at(TokenKind::kUserVariable)) return in.syntax_error();
    node->variables.push_back(parse_variable(in)->name);
  } while (in.accept(','));
  return StatementPtr(std::move(node));
}

/// At DEALLOCATE, or at PREPARE behind DROP.
Result<StatementPtr> parse_deallocate(Cursor& in) {
  in.accept("DEALLOCATE");
  TBL_TRY(in.expect("PREPARE"));
  auto node = std::make_unique<DeallocateStatement>();
  TBL_ASSIGN(node->name, in.name());
  return StatementPtr(std::move(node));
}

}  // namespace tbl::tidb
