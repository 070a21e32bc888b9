// CREATE, ALTER and DROP DATABASE.
#include "tidb/parser/rules.h"

namespace tbl::tidb {

using namespace ast;

namespace {

/// False: the token begins no option.
Result<bool> parse_option(Cursor& in, std::vector<DatabaseOption>* options) {
  const bool is_default = in.accept("DEFAULT");
  DatabaseOption option;
  if (in.accept("CHARSET") || in.accept("CHARACTER", "SET") || in.accept("CHAR", "SET")) {
    option.kind = DatabaseOptionKind::kCharset;
  } else if (in.accept("COLLATE")) {
    option.kind = DatabaseOptionKind::kCollate;
  } else if (in.accept("ENCRYPTION")) {
    option.kind = DatabaseOptionKind::kEncryption;
  } else {
    if (is_default) return in.syntax_error();
    return false;
  }
  in.accept('=');
  TBL_ASSIGN(option.value, in.charset_name());
  options->push_back(std::move(option));
  return true;
}

Status parse_options(Cursor& in, std::vector<DatabaseOption>* options) {
  while (true) {
    TBL_ASSIGN(bool any, parse_option(in, options));
    if (!any) return ok_status();
  }
}

}  // namespace

Result<StatementPtr> parse_create_database(Cursor& in) {
  in.take();
  auto node = std::make_unique<CreateDatabaseStatement>();
  TBL_ASSIGN(node->if_not_exists, parse_if_not_exists(in));
  TBL_ASSIGN(node->name, in.name());
  TBL_TRY(parse_options(in, &node->options));
  return StatementPtr(std::move(node));
}

Result<StatementPtr> parse_alter_database(Cursor& in) {
  in.take();
  auto node = std::make_unique<AlterDatabaseStatement>();
  const bool option_first = in.at_any(Kw("CHARSET"), Kw("ENCRYPTION"));
  if (in.at_name() && !option_first) {
    TBL_ASSIGN(node->name, in.name());
  }
  TBL_TRY(parse_options(in, &node->options));
  if (node->options.empty()) return in.syntax_error();
  return StatementPtr(std::move(node));
}

}  // namespace tbl::tidb
