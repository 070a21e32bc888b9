#include "tidb/parser/parser.h"

#include <cstdint>

#include "tidb/ast/admin.h"
#include "tidb/parser/rules.h"
#include "tidb/types/sql_error.h"

namespace tbl::tidb {

using namespace ast;

namespace {

using Rule = Result<StatementPtr> (*)(Cursor&);

Result<StatementPtr> parse_plain_update(Cursor& in) { return parse_update(in, {}); }
Result<StatementPtr> parse_plain_delete(Cursor& in) { return parse_delete(in, {}); }

Result<StatementPtr> parse_shutdown(Cursor& in) {
  in.take();
  return StatementPtr(std::make_unique<ShutdownStatement>());
}

struct FirstWord {
  Kw word;
  Rule rule;
};

constexpr FirstWord kStatements[] = {
    {"SELECT", parse_select_statement},
    {"INSERT", parse_insert},
    {"REPLACE", parse_insert},
    {"UPDATE", parse_plain_update},
    {"DELETE", parse_plain_delete},
    {"WITH", parse_with_statement},
    {"BEGIN", parse_begin},
    {"START", parse_begin},
    {"COMMIT", parse_commit},
    {"ROLLBACK", parse_rollback},
    {"SET", parse_set},
    {"SHOW", parse_show},
    {"USE", parse_use},
    {"EXECUTE", parse_execute},
    {"PREPARE", parse_prepare},
    {"DEALLOCATE", parse_deallocate},
    {"EXPLAIN", parse_explain},
    {"DESCRIBE", parse_explain},
    {"DESC", parse_explain},
    {"CREATE", parse_create},
    {"ALTER", parse_alter},
    {"DROP", parse_drop},
    {"TRUNCATE", parse_truncate},
    {"RENAME", parse_rename},
    {"RECOVER", parse_recover},
    {"FLASHBACK", parse_flashback},
    {"SPLIT", parse_split},
    {"LOAD", parse_load_data},
    {"DO", parse_do},
    {"SAVEPOINT", parse_savepoint},
    {"RELEASE", parse_release},
    {"KILL", parse_kill},
    {"LOCK", parse_lock},
    {"UNLOCK", parse_unlock},
    {"ADMIN", parse_admin},
    {"ANALYZE", parse_analyze},
    {"CHECK", parse_maintenance},
    {"CHECKSUM", parse_maintenance},
    {"OPTIMIZE", parse_maintenance},
    {"REPAIR", parse_maintenance},
    {"FLUSH", parse_flush},
    {"CHANGE", parse_change},
    {"GRANT", parse_grant},
    {"REVOKE", parse_revoke},
    {"SHUTDOWN", parse_shutdown},
};

Status check_size(std::string_view sql) {
  if (sql.size() < UINT32_MAX) return ok_status();
  return sql_error(kErrParse, "The statement is longer than 4 GiB");
}

}  // namespace

Result<StatementPtr> parse_statement(Cursor& in) {
  if (in.at('(')) return parse_select_statement(in);
  for (const auto& candidate : kStatements) {
    if (in.at(candidate.word)) return candidate.rule(in);
  }
  return in.syntax_error();
}

Result<std::vector<StatementPtr>> parse(std::string_view sql, const ParseOptions& options) {
  TBL_TRY(check_size(sql));
  std::vector<StatementPtr> statements;
  Cursor in(sql, options);
  while (in.next_statement()) {
    TBL_ASSIGN(auto statement, parse_statement(in));
    TBL_TRY(in.expect_end());
    statement->text = in.statement_text();
    statement->param_count = in.param_count();
    statements.push_back(std::move(statement));
  }
  return statements;
}

Result<StatementPtr> parse_one(std::string_view sql, const ParseOptions& options) {
  TBL_ASSIGN(auto statements, parse(sql, options));
  if (statements.empty()) return sql_error(kErrEmptyQuery, "Query was empty");
  if (statements.size() > 1) {
    return sql_error(kErrParse, "One statement was expected, there are several");
  }
  return std::move(statements[0]);
}

Result<ExprPtr> parse_expression(std::string_view text, const ParseOptions& options) {
  TBL_TRY(check_size(text));
  Cursor in(text, options);
  if (!in.next_statement()) return in.syntax_error();
  TBL_ASSIGN(auto expr, parse_expr(in));
  TBL_TRY(in.expect_end());
  return expr;
}

bool is_reserved_word(std::string_view word) {
  const uint16_t number = find_keyword(word);
  return number != 0 && keyword(number).reserved;
}

}  // namespace tbl::tidb
