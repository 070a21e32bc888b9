// CREATE [OR REPLACE] VIEW and ALTER VIEW.
#include "tidb/parser/rules.h"

namespace tbl::tidb {

using namespace ast;

namespace {

using View = CreateViewStatement;

Status parse_algorithm(Cursor& in, View& node) {
  if (!in.accept("ALGORITHM")) return ok_status();
  TBL_TRY(in.expect('='));
  if (in.accept("MERGE")) {
    node.algorithm = View::Algorithm::kMerge;
  } else if (in.accept("TEMPTABLE")) {
    node.algorithm = View::Algorithm::kTemptable;
  } else {
    TBL_TRY(in.expect("UNDEFINED"));
  }
  return ok_status();
}

Status parse_security(Cursor& in, View& node) {
  if (in.accept("DEFINER")) {
    TBL_TRY(in.expect('='));
    TBL_ASSIGN(node.definer, parse_user(in));
  }
  if (!in.accept("SQL", "SECURITY")) return ok_status();
  if (in.accept("INVOKER")) {
    node.security = View::Security::kInvoker;
    return ok_status();
  }
  return in.expect("DEFINER");
}

Status parse_check_option(Cursor& in, View& node) {
  if (!in.accept("WITH")) return ok_status();
  if (in.accept("LOCAL")) {
    node.check_option = View::CheckOption::kLocal;
  } else {
    in.accept("CASCADED");
  }
  return in.expect("CHECK", "OPTION");
}

}  // namespace

/// At OR, ALGORITHM, DEFINER, SQL or VIEW.
Result<StatementPtr> parse_create_view(Cursor& in) {
  auto node = std::make_unique<View>();
  node->or_replace = in.accept("OR", "REPLACE");
  TBL_TRY(parse_algorithm(in, *node));
  TBL_TRY(parse_security(in, *node));
  TBL_TRY(in.expect("VIEW"));
  TBL_ASSIGN(node->view, in.table_name());
  if (in.at('(')) {
    TBL_ASSIGN(node->columns, in.name_list());
  }
  TBL_TRY(in.expect("AS"));
  if (!at_query(in) && !in.at('(')) return in.syntax_error();
  TBL_ASSIGN(node->query, parse_query(in));
  TBL_TRY(parse_check_option(in, *node));
  return StatementPtr(std::move(node));
}

}  // namespace tbl::tidb
