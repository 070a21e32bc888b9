// LOAD DATA [LOCAL] INFILE.
#include "tidb/parser/rules.h"

namespace tbl::tidb {

using namespace ast;

namespace {

Status parse_fields(Cursor& in, LoadDataStatement& node) {
  if (!in.accept_any(Kw("FIELDS"), Kw("COLUMNS"))) return ok_status();
  bool any = false;
  while (true) {
    if (in.accept("TERMINATED", "BY")) {
      TBL_ASSIGN(node.fields_terminated, in.string());
    } else if (in.at("OPTIONALLY") || in.at("ENCLOSED")) {
      node.fields_optionally_enclosed = in.accept("OPTIONALLY");
      TBL_TRY(in.expect("ENCLOSED", "BY"));
      TBL_ASSIGN(node.fields_enclosed, in.string());
    } else if (in.accept("ESCAPED", "BY")) {
      TBL_ASSIGN(node.fields_escaped, in.string());
    } else {
      return any ? ok_status() : in.syntax_error();
    }
    any = true;
  }
}

Status parse_lines(Cursor& in, LoadDataStatement& node) {
  if (!in.accept("LINES")) return ok_status();
  bool any = false;
  while (true) {
    if (in.accept("STARTING", "BY")) {
      TBL_ASSIGN(node.lines_starting, in.string());
    } else if (in.accept("TERMINATED", "BY")) {
      TBL_ASSIGN(node.lines_terminated, in.string());
    } else {
      return any ? ok_status() : in.syntax_error();
    }
    any = true;
  }
}

Status parse_targets(Cursor& in, LoadDataStatement& node) {
  if (!in.accept('(')) return ok_status();
  if (in.accept(')')) return ok_status();
  do {
    LoadDataStatement::Target target;
    if (in.at(TokenKind::kUserVariable)) {
      target.variable = parse_variable(in)->name;
    } else {
      TBL_ASSIGN(target.column, parse_column(in));
    }
    node.targets.push_back(std::move(target));
  } while (in.accept(','));
  return in.expect(')');
}

Status parse_head(Cursor& in, LoadDataStatement& node) {
  TBL_TRY(in.expect("LOAD", "DATA"));
  in.accept_any(Kw("LOW_PRIORITY"), Kw("CONCURRENT"));
  node.local = in.accept("LOCAL");
  TBL_TRY(in.expect("INFILE"));
  TBL_ASSIGN(node.path, in.string());
  if (in.accept("REPLACE")) {
    node.on_duplicate = LoadDataStatement::OnDuplicate::kReplace;
  } else if (in.accept("IGNORE")) {
    node.on_duplicate = LoadDataStatement::OnDuplicate::kIgnore;
  }
  TBL_TRY(in.expect("INTO", "TABLE"));
  TBL_ASSIGN(node.table, in.table_name());
  if (in.accept("PARTITION")) {
    TBL_ASSIGN(node.partitions, in.name_list());
  }
  if (in.accept("CHARACTER", "SET")) {
    TBL_ASSIGN(node.charset, in.charset_name());
  }
  return ok_status();
}

}  // namespace

Result<StatementPtr> parse_load_data(Cursor& in) {
  auto node = std::make_unique<LoadDataStatement>();
  TBL_TRY(parse_head(in, *node));
  TBL_TRY(parse_fields(in, *node));
  TBL_TRY(parse_lines(in, *node));
  if (in.accept("IGNORE")) {
    TBL_ASSIGN(node->ignore_lines, in.integer());
    if (!in.accept("LINES")) TBL_TRY(in.expect("ROWS"));
  }
  TBL_TRY(parse_targets(in, *node));
  if (in.accept("SET")) {
    TBL_ASSIGN(node->assignments, parse_assignments(in));
  }
  return StatementPtr(std::move(node));
}

Result<StatementPtr> parse_do(Cursor& in) {
  in.take();
  auto node = std::make_unique<DoStatement>();
  TBL_ASSIGN(node->exprs, parse_expr_list(in));
  return StatementPtr(std::move(node));
}

}  // namespace tbl::tidb
