// CREATE, DROP, ALTER: which of them; and the small statements about tables.
#include "tidb/ast/account.h"
#include "tidb/parser/rules.h"

namespace tbl::tidb {

using namespace ast;

namespace {

/// RESTRICT and CASCADE mean nothing, as in MySQL.
void skip_drop_behaviour(Cursor& in) { in.accept_any(Kw("RESTRICT"), Kw("CASCADE")); }

Result<StatementPtr> parse_drop_database(Cursor& in) {
  in.take();
  auto node = std::make_unique<DropDatabaseStatement>();
  TBL_ASSIGN(node->if_exists, parse_if_exists(in));
  TBL_ASSIGN(node->name, in.name());
  return StatementPtr(std::move(node));
}

Result<StatementPtr> parse_drop_table(Cursor& in) {
  auto node = std::make_unique<DropTableStatement>();
  node->temporary = in.accept("TEMPORARY");
  if (!in.accept_any(Kw("TABLE"), Kw("TABLES"))) return in.syntax_error();
  TBL_ASSIGN(node->if_exists, parse_if_exists(in));
  TBL_ASSIGN(node->tables, parse_table_list(in));
  skip_drop_behaviour(in);
  return StatementPtr(std::move(node));
}

Result<StatementPtr> parse_drop_view(Cursor& in) {
  in.take();
  auto node = std::make_unique<DropViewStatement>();
  TBL_ASSIGN(node->if_exists, parse_if_exists(in));
  TBL_ASSIGN(node->views, parse_table_list(in));
  skip_drop_behaviour(in);
  return StatementPtr(std::move(node));
}

Result<StatementPtr> parse_drop_sequence(Cursor& in) {
  in.take();
  auto node = std::make_unique<DropSequenceStatement>();
  TBL_ASSIGN(node->if_exists, parse_if_exists(in));
  TBL_ASSIGN(node->names, parse_table_list(in));
  return StatementPtr(std::move(node));
}

Result<StatementPtr> parse_drop_index(Cursor& in) {
  in.take();
  auto node = std::make_unique<DropIndexStatement>();
  TBL_ASSIGN(node->if_exists, parse_if_exists(in));
  TBL_ASSIGN(node->name, in.any_word());
  TBL_TRY(in.expect("ON"));
  TBL_ASSIGN(node->table, in.table_name());
  while (in.accept_any(Kw("ALGORITHM"), Kw("LOCK"))) {
    in.accept('=');
    TBL_ASSIGN(auto ignored, in.any_word());
  }
  return StatementPtr(std::move(node));
}

Result<StatementPtr> parse_alter_view(Cursor& in) {
  TBL_ASSIGN(auto node, parse_create_view(in));
  as<CreateViewStatement>(*node).alter = true;
  return node;
}

bool at_view(const Cursor& in) {
  return in.at_any(Kw("ALGORITHM"), Kw("DEFINER"), Kw("SQL"), Kw("VIEW"));
}

}  // namespace

Result<std::vector<TableName>> parse_table_list(Cursor& in) {
  std::vector<TableName> tables;
  do {
    TBL_ASSIGN(auto table, in.table_name());
    tables.push_back(std::move(table));
  } while (in.accept(','));
  return tables;
}

Result<StatementPtr> parse_create(Cursor& in) {
  in.take();
  if (in.at("OR") || at_view(in)) return parse_create_view(in);
  switch (in.peek().word) {
    case Kw("DATABASE"):
    case Kw("SCHEMA"):
      return parse_create_database(in);
    case Kw("TABLE"):
    case Kw("TEMPORARY"):
      return parse_create_table(in);
    case Kw("INDEX"):
    case Kw("UNIQUE"):
    case Kw("FULLTEXT"):
    case Kw("SPATIAL"):
      return parse_create_index(in);
    case Kw("SEQUENCE"):
      return parse_create_sequence(in);
    case Kw("USER"):
    case Kw("ROLE"):
      return parse_create_user(in);
    default:
      return in.syntax_error();
  }
}

Result<StatementPtr> parse_drop(Cursor& in) {
  in.take();
  switch (in.peek().word) {
    case Kw("DATABASE"):
    case Kw("SCHEMA"):
      return parse_drop_database(in);
    case Kw("TABLE"):
    case Kw("TABLES"):
    case Kw("TEMPORARY"):
      return parse_drop_table(in);
    case Kw("VIEW"):
      return parse_drop_view(in);
    case Kw("INDEX"):
      return parse_drop_index(in);
    case Kw("SEQUENCE"):
      return parse_drop_sequence(in);
    case Kw("USER"):
    case Kw("ROLE"):
      return parse_drop_user(in);
    case Kw("PREPARE"):
      return parse_deallocate(in);
    default:
      return in.syntax_error();
  }
}

Result<StatementPtr> parse_alter(Cursor& in) {
  in.take();
  if (at_view(in)) return parse_alter_view(in);
  switch (in.peek().word) {
    case Kw("DATABASE"):
    case Kw("SCHEMA"):
      return parse_alter_database(in);
    case Kw("TABLE"):
    case Kw("IGNORE"):
      return parse_alter_table(in);
    case Kw("SEQUENCE"):
      return parse_alter_sequence(in);
    case Kw("USER"):
      return parse_alter_user(in);
    default:
      return in.syntax_error();
  }
}

Result<StatementPtr> parse_truncate(Cursor& in) {
  in.take();
  in.accept("TABLE");
  auto node = std::make_unique<TruncateTableStatement>();
  TBL_ASSIGN(node->table, in.table_name());
  return StatementPtr(std::move(node));
}

Result<StatementPtr> parse_rename(Cursor& in) {
  in.take();
  if (in.accept("USER")) {
    auto node = std::make_unique<RenameUserStatement>();
    do {
      RenameUserStatement::Pair pair;
      TBL_ASSIGN(pair.from, parse_user(in));
      TBL_TRY(in.expect("TO"));
      TBL_ASSIGN(pair.to, parse_user(in));
      node->pairs.push_back(std::move(pair));
    } while (in.accept(','));
    return StatementPtr(std::move(node));
  }
  if (!in.accept_any(Kw("TABLE"), Kw("TABLES"))) return in.syntax_error();
  auto node = std::make_unique<RenameTableStatement>();
  do {
    RenameTableStatement::Pair pair;
    TBL_ASSIGN(pair.from, in.table_name());
    TBL_TRY(in.expect("TO"));
    TBL_ASSIGN(pair.to, in.table_name());
    node->pairs.push_back(std::move(pair));
  } while (in.accept(','));
  return StatementPtr(std::move(node));
}

Result<StatementPtr> parse_recover(Cursor& in) {
  in.take();
  TBL_TRY(in.expect("TABLE"));
  auto node = std::make_unique<RecoverTableStatement>();
  if (in.accept("BY", "JOB")) {
    TBL_ASSIGN(node->job_id, in.signed_integer());
    return StatementPtr(std::move(node));
  }
  TBL_ASSIGN(node->table, in.table_name());
  if (in.at(TokenKind::kInteger)) {
    TBL_ASSIGN(node->job_num, in.signed_integer());
  }
  return StatementPtr(std::move(node));
}

Result<StatementPtr> parse_flashback(Cursor& in) {
  in.take();
  TBL_TRY(in.expect("TABLE"));
  auto node = std::make_unique<FlashbackTableStatement>();
  TBL_ASSIGN(node->table, in.table_name());
  if (in.accept("TO")) {
    TBL_ASSIGN(node->new_name, in.name());
  }
  return StatementPtr(std::move(node));
}

namespace {

Result<ExprList> parse_values_in_parens(Cursor& in) {
  TBL_TRY(in.expect('('));
  TBL_ASSIGN(auto list, parse_expr_list(in));
  TBL_TRY(in.expect(')'));
  return list;
}

}  // namespace

Result<StatementPtr> parse_split(Cursor& in) {
  in.take();
  in.accept("REGION", "FOR");
  auto node = std::make_unique<SplitTableStatement>();
  in.accept("PARTITION");
  TBL_TRY(in.expect("TABLE"));
  TBL_ASSIGN(node->table, in.table_name());
  if (in.accept("PARTITION")) {
    TBL_ASSIGN(node->partitions, in.name_list());
  }
  node->is_index = in.accept("INDEX");
  if (node->is_index) {
    TBL_ASSIGN(node->index, in.any_word());
  }
  if (in.accept("BY")) {
    do {
      TBL_ASSIGN(auto list, parse_values_in_parens(in));
      node->values.push_back(std::move(list));
    } while (in.accept(','));
    return StatementPtr(std::move(node));
  }
  TBL_TRY(in.expect("BETWEEN"));
  TBL_ASSIGN(node->lower, parse_values_in_parens(in));
  TBL_TRY(in.expect("AND"));
  TBL_ASSIGN(node->upper, parse_values_in_parens(in));
  TBL_TRY(in.expect("REGIONS"));
  TBL_ASSIGN(node->regions, in.integer());
  return StatementPtr(std::move(node));
}

}  // namespace tbl::tidb
