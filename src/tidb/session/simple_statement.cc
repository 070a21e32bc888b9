// Transactions, prepared statements by name, USE, KILL, FLUSH and the like.
#include <algorithm>
#include <optional>

#include "base/log.h"
#include "cluster/registry.h"
#include "tidb/ast/ddl.h"
#include "tidb/parser/parser.h"
#include "tidb/plan/planner.h"
#include "tidb/privilege/privilege_manager.h"
#include "tidb/session/internal_sql.h"
#include "tidb/session/statements.h"
#include "tidb/types/convert.h"
#include "tidb/types/sql_error.h"

namespace tbl::tidb {
namespace {

using Kind = ast::StatementKind;

Status run_begin(Session& session, const ast::BeginStatement& statement, SessionSink& sink) {
  TBL_TRY(commit_implicitly(session));
  bool pessimistic = pessimistic_by_default(session);
  if (statement.mode == ast::BeginStatement::Mode::kPessimistic) pessimistic = true;
  if (statement.mode == ast::BeginStatement::Mode::kOptimistic) pessimistic = false;
  BeginOptions options = begin_options(session, pessimistic);
  if (statement.read_only) options.characteristics.read_only = *statement.read_only;
  TBL_TRY(session.transaction().begin(options, true));
  return send_ok(session, sink);
}

/// COMMIT AND CHAIN: a new one like the one before begins at once. Nothing: not wanted.
using Chain = std::optional<TxnCharacteristics>;

Chain chain_of(Session& session, bool wanted) {
  if (!wanted) return std::nullopt;
  const TransactionState& state = session.transaction();
  if (state.is_explicit()) return state.characteristics();
  return begin_options(session, false).characteristics;
}

Status begin_chained(Session& session, const Chain& chain) {
  if (!chain) return ok_status();
  BeginOptions options = begin_options(session, pessimistic_by_default(session));
  options.characteristics = *chain;
  return session.transaction().begin(options, true);
}

Status run_commit(Session& session, const ast::CommitStatement& statement, SessionSink& sink) {
  const Chain chain = chain_of(session, statement.chain);
  TBL_TRY(commit_implicitly(session));
  TBL_TRY(begin_chained(session, chain));
  if (statement.release) session.must_close = true;
  return send_ok(session, sink);
}

Status run_rollback(Session& session, const ast::RollbackStatement& statement, SessionSink& sink) {
  if (!statement.savepoint.empty()) {
    TBL_TRY(session.transaction().rollback_to_savepoint(statement.savepoint));
    return send_ok(session, sink);
  }
  const Chain chain = chain_of(session, statement.chain);
  session.transaction().rollback();
  TBL_TRY(begin_chained(session, chain));
  if (statement.release) session.must_close = true;
  return send_ok(session, sink);
}

Status run_savepoint(Session& session, const ast::SavepointStatement& statement,
                     SessionSink& sink) {
  if (session.transaction().get() == nullptr && !session.variables().autocommit()) {
    TBL_TRY(
        session.transaction().begin(begin_options(session, pessimistic_by_default(session)), true));
  }
  session.transaction().set_savepoint(statement.name);
  return send_ok(session, sink);
}

Status run_prepare(Session& session, const ast::PrepareStatement& statement, SessionSink& sink) {
  std::string text = statement.sql;
  if (!statement.variable.empty()) {
    const auto& variables = session.variables().user_variables();
    const auto it = variables.find(statement.variable);
    text = it == variables.end() || it->second.value.is_null() ? "NULL" : to_text(it->second.value);
  }
  auto prepared = std::make_unique<PreparedStatement>();
  prepared->text = text;
  TBL_ASSIGN(prepared->statement,
             parse_one(prepared->text, {.sql_mode = session.variables().sql_mode()}));
  const Kind kind = prepared->statement->kind;
  if (kind == Kind::kPrepare || kind == Kind::kExecute || kind == Kind::kDeallocate) {
    return sql_error(kErrUnsupportedPs,
                     "This command is not supported in the prepared statement protocol yet");
  }
  // Mistakes in names are told now, as by MySQL.
  TBL_TRY(session.result_columns(*prepared->statement).status());
  session.named_statements()[statement.name] = std::move(prepared);
  return send_ok(session, sink);
}

Status unknown_handler(const std::string& name, const char* command) {
  return sql_error(kErrUnknownStmtHandler,
                   "Unknown prepared statement handler (" + name + ") given to " + command);
}

Status run_execute(Session& session, const ast::ExecuteStatement& statement, SessionSink& sink) {
  const auto it = session.named_statements().find(statement.name);
  if (it == session.named_statements().end()) return unknown_handler(statement.name, "EXECUTE");
  const ast::Statement& inner = *it->second->statement;
  if (inner.param_count != statement.variables.size()) {
    return sql_error(kErrWrongArguments, "Incorrect arguments to EXECUTE");
  }
  std::vector<Value> values;
  for (const std::string& name : statement.variables) {
    const auto& variables = session.variables().user_variables();
    const auto variable = variables.find(name);
    values.push_back(variable == variables.end() ? Value::null() : variable->second.value);
  }
  return session.execute_statement(inner, &values, sink);
}

Status run_deallocate(Session& session, const ast::DeallocateStatement& statement,
                      SessionSink& sink) {
  if (session.named_statements().erase(statement.name) == 0) {
    return unknown_handler(statement.name, "DEALLOCATE PREPARE");
  }
  return send_ok(session, sink);
}

Status run_kill(Session& session, const ast::KillStatement& statement, SessionSink& sink) {
  const auto target = session.domain().processes->find(statement.connection_id);
  if (target == nullptr) {
    return sql_error(kErrNoSuchThread,
                     "Unknown thread id: " + std::to_string(statement.connection_id));
  }
  if (target->info().user != session.user().user) {
    TBL_TRY(session.domain().privileges->check_global(session.account(), kPrivSuper, "SUPER"));
  }
  log_info("kill", {{"conn", statement.connection_id},
                    {"query", statement.query_only},
                    {"by", session.options().connection_id}});
  if (statement.query_only) {
    target->kill_query();
  } else if (target->id() != session.options().connection_id) {
    target->kill();
  } else {
    session.must_close = true;
  }
  return send_ok(session, sink);
}

Status run_flush(Session& session, const ast::FlushStatement& statement, SessionSink& sink) {
  if (statement.flush == ast::FlushKind::kPrivileges) {
    TBL_TRY(session.domain().privileges->reload(query_runner(session.domain())));
  }
  if (statement.flush == ast::FlushKind::kTables && statement.with_read_lock) {
    return sql_error(kErrUnknown,
                     "FLUSH TABLES WITH READ LOCK is not supported.  Please use @@tidb_snapshot");
  }
  return send_ok(session, sink);
}

Status run_change_node(Session& session, const ast::ChangeNodeStatement& statement,
                       SessionSink& sink) {
  TBL_TRY(session.domain().privileges->check_global(session.account(), kPrivSuper, "SUPER"));
  cluster::Registry* registry = session.domain().registry;
  if (registry == nullptr) return unavailable("the registry of pumps cannot be reached");
  const auto kind = statement.drainer ? cluster::NodeKind::kDrainer : cluster::NodeKind::kPump;
  TBL_TRY(registry->set_state(kind, statement.node_id, statement.state));
  return send_ok(session, sink);
}

/// CHECK, OPTIMIZE, REPAIR TABLE: one line per table that says that nothing is to be done.
Status run_maintenance(Session& session, const ast::TableMaintenanceStatement& statement,
                       SessionSink& sink) {
  std::vector<Row> rows;
  for (const ast::TableName& table : statement.tables) {
    const std::string& db = table.schema.empty() ? session.current_db() : table.schema;
    rows.push_back({Value::of_string(db + "." + table.name), Value::of_string(statement.operation),
                    Value::of_string("status"), Value::of_string("OK")});
  }
  return send_rows(
      session,
      {text_column("Table"), text_column("Op"), text_column("Msg_type"), text_column("Msg_text")},
      rows, sink);
}

Status run_unlock_or_lock(Session& session, SessionSink& sink) {
  // As in TiDB 3.0: LOCK TABLES is accepted and locks nothing.
  return send_ok(session, sink);
}

}  // namespace

Status run_do(Session& session, const ast::DoStatement& statement,
              const std::vector<Value>* parameters, SessionSink& sink) {
  for (const ast::ExprPtr& expr : statement.exprs) {
    TBL_TRY(evaluate_expression(session, *expr, parameters).status());
  }
  return send_ok(session, sink);
}

Status run_simple(Session& session, const ast::Statement& statement,
                  const std::vector<Value>* parameters, SessionSink& sink) {
  (void)parameters;
  switch (statement.kind) {
    case Kind::kUse:
      TBL_TRY(session.use(ast::as<ast::UseStatement>(statement).database));
      return send_ok(session, sink);
    case Kind::kBegin:
      return run_begin(session, ast::as<ast::BeginStatement>(statement), sink);
    case Kind::kCommit:
      return run_commit(session, ast::as<ast::CommitStatement>(statement), sink);
    case Kind::kRollback:
      return run_rollback(session, ast::as<ast::RollbackStatement>(statement), sink);
    case Kind::kSavepoint:
      return run_savepoint(session, ast::as<ast::SavepointStatement>(statement), sink);
    case Kind::kReleaseSavepoint:
      TBL_TRY(session.transaction().release_savepoint(
          ast::as<ast::ReleaseSavepointStatement>(statement).name));
      return send_ok(session, sink);
    case Kind::kPrepare:
      return run_prepare(session, ast::as<ast::PrepareStatement>(statement), sink);
    case Kind::kExecute:
      return run_execute(session, ast::as<ast::ExecuteStatement>(statement), sink);
    case Kind::kDeallocate:
      return run_deallocate(session, ast::as<ast::DeallocateStatement>(statement), sink);
    case Kind::kKill:
      return run_kill(session, ast::as<ast::KillStatement>(statement), sink);
    case Kind::kFlush:
      return run_flush(session, ast::as<ast::FlushStatement>(statement), sink);
    case Kind::kChangeNode:
      return run_change_node(session, ast::as<ast::ChangeNodeStatement>(statement), sink);
    case Kind::kTableMaintenance:
      return run_maintenance(session, ast::as<ast::TableMaintenanceStatement>(statement), sink);
    case Kind::kLockTables:
    case Kind::kUnlockTables:
      return run_unlock_or_lock(session, sink);
    case Kind::kAnalyze:
    case Kind::kSetRole:
    case Kind::kSplitTable:
      return send_ok(session, sink);
    default:
      return not_supported_yet("this statement");
  }
}

}  // namespace tbl::tidb
