// The kinds of statements, each with the file that runs it. For files of session/ only.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/status.h"
#include "tidb/ast/account.h"
#include "tidb/ast/admin.h"
#include "tidb/ast/dml.h"
#include "tidb/ast/session.h"
#include "tidb/ast/show.h"
#include "tidb/ast/statement.h"
#include "tidb/session/session.h"

namespace tbl::tidb {

/// SELECT, INSERT, REPLACE, UPDATE, DELETE, LOAD DATA.
Status run_planned(Session& session, const ast::Statement& statement,
                   const std::vector<Value>* parameters, SessionSink& sink);
/// An expression outside of a query: SET, DO. May hold subqueries.
Result<TypedValue> evaluate_expression(Session& session, const ast::Expr& expr,
                                       const std::vector<Value>* parameters);
Result<std::vector<ColumnMeta>> planned_columns(Session& session, const ast::Statement& statement,
                                                const std::vector<Value>* parameters);
Status run_explain(Session& session, const ast::ExplainStatement& statement,
                   const std::vector<Value>* parameters, SessionSink& sink);
Status run_do(Session& session, const ast::DoStatement& statement,
              const std::vector<Value>* parameters, SessionSink& sink);

Status run_ddl(Session& session, const ast::Statement& statement, SessionSink& sink);

Status run_set(Session& session, const ast::SetStatement& statement,
               const std::vector<Value>* parameters, SessionSink& sink);
Status run_set_transaction(Session& session, const ast::SetTransactionStatement& statement,
                           SessionSink& sink);

Status run_show(Session& session, const ast::ShowStatement& statement, SessionSink& sink);
Status run_admin(Session& session, const ast::AdminStatement& statement, SessionSink& sink);
/// CREATE USER ... REVOKE.
Status run_account(Session& session, const ast::Statement& statement, SessionSink& sink);
/// Transactions, prepared statements, KILL, FLUSH and the like.
Status run_simple(Session& session, const ast::Statement& statement,
                  const std::vector<Value>* parameters, SessionSink& sink);

// ---- common to several of them

/// An OK with nothing in it.
Status send_ok(Session& session, SessionSink& sink);
/// A result set of texts; "NULL" is no text, use Value::null().
struct TextColumn {
  std::string name;
  schema::FieldType type;
};
Status send_rows(Session& session, const std::vector<TextColumn>& columns,
                 const std::vector<Row>& rows, SessionSink& sink);
TextColumn text_column(std::string name, int64_t width = 256);
TextColumn int_column(std::string name);

/// Commits what is open, as DDL and some others do before they begin.
Status commit_implicitly(Session& session);
/// Takes the options of the next transaction from the session's variables.
BeginOptions begin_options(Session& session, bool pessimistic);
/// 1792 when the open transaction, or the one that would begin now, is read-only.
Status check_may_write(Session& session);
bool pessimistic_by_default(const Session& session);
/// A commit failed: what else must happen (undetermined outcome, binlog lost).
Status handle_commit_error(Session& session, Status status);
/// @@tidb_snapshot as a ts; 0: not set.
uint64_t snapshot_ts(const Session& session);
/// The schema that statements see now.
Result<SchemaPtr> visible_schema(Session& session);

}  // namespace tbl::tidb
