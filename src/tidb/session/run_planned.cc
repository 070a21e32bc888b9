// SELECT and the statements that change rows: plan, check rights, run, commit, try again.
#include <chrono>

#include "tidb/catalog/meta.h"
#include "tidb/catalog/schema_holder.h"
#include "tidb/exec/executor.h"
#include "tidb/exec/key_reads.h"
#include "tidb/kv/kv_error.h"
#include "tidb/kv/kv_store.h"
#include "tidb/kv/txn_meta_store.h"
#include "tidb/plan/planner.h"
#include "tidb/plan/virtual_source.h"
#include "tidb/privilege/privilege_manager.h"
#include "tidb/session/session_hooks.h"
#include "tidb/session/snapshot.h"
#include "tidb/session/statements.h"
#include "tidb/session/stream_sink.h"
#include "tidb/types/collation.h"
#include "tidb/types/sql_error.h"

namespace tbl::tidb {
namespace {

struct Work {
  Session& session;
  const ast::Statement& statement;
  const std::vector<Value>* parameters;
  SessionSink& sink;

  bool is_query() const { return statement.kind == ast::StatementKind::kSelect; }
  bool sends_rows() const {
    return is_query() && ast::as<ast::SelectStatement>(statement).into.empty();
  }
};

struct AccessWord {
  PrivilegeSet privilege;
  const char* verb;
};

AccessWord access_word(AccessType type) {
  switch (type) {
    case AccessType::kSelect:
      return {kPrivSelect, "SELECT"};
    case AccessType::kInsert:
      return {kPrivInsert, "INSERT"};
    case AccessType::kUpdate:
      return {kPrivUpdate, "UPDATE"};
    case AccessType::kDelete:
      return {kPrivDelete, "DELETE"};
  }
  return {kPrivSelect, "SELECT"};
}

Status check_accesses(Session& session, const std::vector<TableAccess>& accesses) {
  if (session.options().internal) return ok_status();
  const PrivilegeManager& privileges = *session.domain().privileges;
  for (const TableAccess& access : accesses) {
    const std::string db = ascii_lower(access.db);
    const VirtualCatalog* virtuals = session.domain().virtuals;
    if (virtuals != nullptr && virtuals->has_database(db)) {
      if (access.type == AccessType::kSelect) continue;
      return sql_error(kErrDbaccessDenied, "Access denied for user '" + session.user().auth_user +
                                               "'@'" + session.user().auth_host +
                                               "' to database '" + db + "'");
    }
    const AccessWord word = access_word(access.type);
    TBL_TRY(privileges.check_columns(session.account(),
                                     {db, access.table, word.privilege, word.verb},
                                     {access.columns, access.all_columns}));
  }
  return ok_status();
}

/// Plans it and checks the rights to do it. Who lacks a right learns nothing else of the table.
Result<std::unique_ptr<StatementPlan>> plan_permitted(Session& session,
                                                      const ast::Statement& statement,
                                                      const Schema& schema, EvalContext& eval) {
  std::vector<TableAccess> accesses;
  PlanContext context{schema, session.domain().virtuals, session.current_db(), eval, &accesses};
  if (!session.options().internal) {
    const SessionVariables& variables = session.variables();
    context.select_limit = std::strtoull(variables.get("sql_select_limit").c_str(), nullptr, 10);
    context.safe_updates = variables.is_on("sql_safe_updates");
  }
  auto plan = plan_statement(statement, context);
  TBL_TRY(check_accesses(session, plan.ok() ? (*plan)->accesses : accesses));
  return plan;
}

ExecContext make_exec_context(Work& work, const Schema& schema, EvalContext& eval,
                              Transaction* txn) {
  const SessionVariables& variables = work.session.variables();
  ExecContext context{eval};
  context.transaction = txn;
  context.schema = &schema;
  context.auto_ids = work.session.domain().auto_ids;
  context.load_data = work.sink.load_data();
  context.client_found_rows = work.session.client_found_rows;
  context.row_format_v2 = variables.get_int("tidb_row_format_version") == 2;
  context.check_in_place = variables.is_on("tidb_constraint_check_in_place");
  context.auto_increment_increment =
      static_cast<uint64_t>(variables.get_int("auto_increment_increment"));
  context.auto_increment_offset = static_cast<uint64_t>(variables.get_int("auto_increment_offset"));
  context.memory = MemoryQuota(variables.get_int("tidb_mem_quota_query"));
  return context;
}

/// Tells the client, and the session what later functions ask.
Status finish(Work& work, const EvalContext& eval, const StreamSink& outcome) {
  Session& session = work.session;
  OkInfo ok = outcome.ok();
  if (ok.id_was_generated) {
    session.last_insert_id = ok.last_insert_id;
  } else if (eval.new_last_insert_id) {
    session.last_insert_id = *eval.new_last_insert_id;
  }
  session.rand_seed1 = eval.rand_seed1;
  session.rand_seed2 = eval.rand_seed2;
  if (work.is_query()) session.found_rows = ok.result_rows;
  session.row_count = work.sends_rows() ? -1 : static_cast<int64_t>(ok.affected_rows);
  ok.warnings = session.warnings().count();
  return work.sink.on_ok(ok);
}

/// KILL QUERY ends a SLEEP early; where that was not all that was asked, the rest is not told.
bool was_cut_short(const Work& work, const StatementPlan& plan) {
  return work.is_query() && !plan.tables.empty() && work.session.process().is_interrupted();
}

/// A SELECT of one row by its key, outside of a transaction: it reads the newest row, and so needs
/// no timestamp. False: the schema changed meanwhile, so the row may be of one that the plan does
/// not know.
Result<bool> read_newest_row(Work& work, const StatementPlan& plan, EvalContext& eval) {
  Session& session = work.session;
  TransactionState& state = session.transaction();
  BeginOptions options = begin_options(session, false);
  options.newest = true;
  const SchemaPtr schema = state.schema();
  TBL_TRY(state.begin(options, false));
  HeldSink held;
  ExecContext context = make_exec_context(work, *schema, eval, state.get());
  Status status = execute_plan(plan, context, held);
  if (status.ok() && was_cut_short(work, plan)) status = query_interrupted();
  const bool good = state.schema() == schema && state.has_newest_schema();
  state.rollback();
  if (!good) return false;
  TBL_TRY(std::move(status));
  StreamSink outcome(work.sink);
  TBL_TRY(held.pass_on(outcome));
  TBL_TRY(finish(work, eval, outcome));
  return true;
}

/// Whether read_newest_row() will do.
bool is_single_read(Work& work, const StatementPlan& plan) {
  if (!work.sends_rows() || std::get<QueryPlan>(plan.body).for_update) return false;
  return !plan.tables.empty() && reads_keys_only(plan);
}

/// One attempt. `retry`: the statement may run again from the start.
Status run_once(Work& work, bool* retry) {
  Session& session = work.session;
  TransactionState& state = session.transaction();
  *retry = false;
  EvalContext eval = session.make_eval_context(work.parameters);
  eval.convert.strict = !work.is_query() && is_strict(session.variables().sql_mode());
  const SchemaPtr planned_schema = state.schema();
  TBL_ASSIGN(auto plan, plan_permitted(session, work.statement, *planned_schema, eval));
  const bool was_open = state.get() != nullptr;
  const bool stays_open = !session.variables().autocommit() && !session.options().internal;
  if (!was_open && !stays_open && is_single_read(work, *plan)) {
    TBL_ASSIGN(const bool done, read_newest_row(work, *plan, eval));
    if (done) return ok_status();
  }
  if (!plan->tables.empty() || !work.is_query()) {
    const bool pessimistic = stays_open && pessimistic_by_default(session);
    TBL_TRY(state.begin(begin_options(session, pessimistic), stays_open));
    TBL_TRY(state.begin_statement());
    session.process().set_transaction(state.start_ts());
  }
  const SchemaPtr schema = state.schema();
  if (schema != planned_schema) {
    // The schema changed between planning and begin: plan again.
    TBL_ASSIGN(plan, plan_permitted(session, work.statement, *schema, eval));
  }
  StreamSink outcome(work.sink);
  ExecContext context = make_exec_context(work, *schema, eval, state.get());
  Status status = execute_plan(*plan, context, outcome);
  if (status.ok() && was_cut_short(work, *plan)) status = query_interrupted();
  const bool own = !was_open && !stays_open;
  if (!status.ok()) {
    if (own || is_sql_error(status, kErrLockDeadlock)) state.rollback();
    return status;
  }
  if (own) {
    if (work.is_query()) {
      state.rollback();  // it wrote nothing; locks that end with the statement protect nothing
    } else {
      status = state.commit();
      *retry = may_succeed_again(status);
      if (*retry) return status;
      TBL_TRY(handle_commit_error(session, std::move(status)));
    }
  }
  return finish(work, eval, outcome);
}

/// tidb_snapshot: the whole statement as of a past moment, schema included.
Status read_snapshot(Work& work, uint64_t ts) {
  Session& session = work.session;
  if (!work.is_query()) {
    return sql_error(kErrUnknown, "can not execute write statement when 'tidb_snapshot' is set");
  }
  TxnOptions options;
  options.snapshot_ts = ts;
  // From here on the collector stays below it.
  TBL_ASSIGN(const auto txn, session.domain().store->begin(options));
  TBL_TRY(check_snapshot_is_kept(session, ts));
  TxnMetaStore meta(*txn);
  MetaReader reader(meta);
  TBL_ASSIGN(const SchemaPtr schema, load_schema(reader));
  EvalContext eval = session.make_eval_context(work.parameters);
  TBL_ASSIGN(const auto plan, plan_permitted(session, work.statement, *schema, eval));
  StreamSink outcome(work.sink);
  ExecContext context = make_exec_context(work, *schema, eval, txn.get());
  TBL_TRY(execute_plan(*plan, context, outcome));
  // Unless it had chosen its safe point just before.
  TBL_TRY(check_snapshot_is_kept(session, ts));
  return finish(work, eval, outcome);
}

void set_deadline(Session& session, const ast::Statement& statement) {
  auto& hooks = static_cast<LiveHooks&>(session.hooks());
  const int64_t ms = session.variables().get_int("max_execution_time");
  if (ms > 0 && statement.kind == ast::StatementKind::kSelect) {
    hooks.set_deadline(LiveHooks::Clock::now() + std::chrono::milliseconds(ms));
  } else {
    hooks.set_deadline(std::nullopt);
  }
}

Status named_interruption(Session& session, Status status) {
  const auto& hooks = static_cast<LiveHooks&>(session.hooks());
  if (!is_sql_error(status, kErrQueryInterrupted) || session.process().is_interrupted() ||
      !hooks.is_past_deadline()) {
    return status;
  }
  return sql_error(kErrMaxExecTimeExceeded,
                   "Query execution was interrupted, max_execution_time exceeded.");
}

/// Changes rows, or locks them to be changed.
bool locks_rows(const ast::Statement& statement) {
  if (statement.kind != ast::StatementKind::kSelect) return true;
  const ast::LockKind lock = ast::as<ast::SelectStatement>(statement).query->lock;
  return lock == ast::LockKind::kForUpdate || lock == ast::LockKind::kForUpdateNowait;
}

}  // namespace

Status run_planned(Session& session, const ast::Statement& statement,
                   const std::vector<Value>* parameters, SessionSink& sink) {
  Work work{session, statement, parameters, sink};
  set_deadline(session, statement);
  if (const uint64_t ts = snapshot_ts(session); ts != 0) return read_snapshot(work, ts);
  if (locks_rows(statement)) TBL_TRY(check_may_write(session));
  const int64_t most = std::max<int64_t>(session.variables().get_int("tidb_retry_limit"), 0);
  bool retry = false;
  Status status = run_once(work, &retry);
  for (int64_t i = 0; i < most && retry; ++i) {
    session.warnings().clear();
    status = run_once(work, &retry);
  }
  return named_interruption(session, std::move(status));
}

Result<TypedValue> evaluate_expression(Session& session, const ast::Expr& expr,
                                       const std::vector<Value>* parameters) {
  EvalContext eval = session.make_eval_context(parameters);
  TransactionState& state = session.transaction();
  const bool was_open = state.get() != nullptr;
  TBL_ASSIGN(SchemaPtr schema, visible_schema(session));
  std::vector<TableAccess> accesses;
  const PlanContext plan_context{*schema, session.domain().virtuals, session.current_db(), eval,
                                 &accesses};
  auto made = bind_expression(expr, plan_context);
  TBL_TRY(check_accesses(session, made.ok() ? made->accesses : accesses));
  TBL_ASSIGN(const BoundExpression bound, std::move(made));
  if (!bound.tables.empty()) {
    TBL_TRY(state.begin(begin_options(session, false), false));
    TBL_TRY(state.begin_statement());
  }
  ExecContext context{eval};
  context.transaction = state.get();
  context.schema = schema.get();
  auto value = evaluate(bound, context);
  if (!was_open) state.rollback();
  session.rand_seed1 = eval.rand_seed1;
  session.rand_seed2 = eval.rand_seed2;
  if (eval.new_last_insert_id) session.last_insert_id = *eval.new_last_insert_id;
  return value;
}

Result<std::vector<ColumnMeta>> planned_columns(Session& session, const ast::Statement& statement,
                                                const std::vector<Value>* parameters) {
  EvalContext eval = session.make_eval_context(parameters);
  TBL_ASSIGN(const SchemaPtr schema, visible_schema(session));
  TBL_ASSIGN(const auto plan, plan_permitted(session, statement, *schema, eval));
  std::vector<ColumnMeta> columns;
  for (const PlanColumn& c : plan->columns()) {
    columns.push_back({c.db, c.table, c.org_table, c.name, c.org_name, c.type});
  }
  return columns;
}

Status run_explain(Session& session, const ast::ExplainStatement& explain,
                   const std::vector<Value>* parameters, SessionSink& sink) {
  if (explain.connection_id) {
    return not_supported_yet("EXPLAIN FOR CONNECTION");
  }
  if (explain.format != "row" && explain.format != "traditional") {
    if (explain.format != "json" && explain.format != "dot") {
      return sql_error(kErrUnknownExplainFormat,
                       "Unknown EXPLAIN format name: '" + explain.format + "'");
    }
    return not_supported_yet("EXPLAIN FORMAT = " + explain.format);
  }
  EvalContext eval = session.make_eval_context(parameters);
  TBL_ASSIGN(const SchemaPtr schema, visible_schema(session));
  TBL_ASSIGN(const auto plan, plan_permitted(session, *explain.statement, *schema, eval));
  std::vector<Row> rows;
  for (const auto& line : explain_rows(*plan)) {
    Row row;
    for (const std::string& cell : line) row.push_back(Value::of_string(cell));
    rows.push_back(std::move(row));
  }
  std::vector<TextColumn> columns = {text_column("id"), text_column("count"), text_column("task"),
                                     text_column("operator info")};
  if (!explain.analyze) return send_rows(session, columns, rows, sink);
  // EXPLAIN ANALYZE runs the statement and tells how long that took and what came out.
  class Discard : public SessionSink {
   public:
    explicit Discard(SessionSink& next) : next_(next) {}
    void begin_statement(bool) override {}
    LoadDataInput* load_data() override { return next_.load_data(); }
    Status on_columns(const std::vector<ColumnMeta>&) override { return tbl::ok_status(); }
    Status on_row(const Row&) override {
      ++rows;
      return tbl::ok_status();
    }
    Status on_ok(const OkInfo&) override { return tbl::ok_status(); }
    uint64_t rows = 0;

   private:
    SessionSink& next_;
  };
  Discard discard(sink);
  const auto began = std::chrono::steady_clock::now();
  TBL_TRY(run_planned(session, *explain.statement, parameters, discard));
  const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - began;
  columns.push_back(text_column("execution info"));
  for (size_t i = 0; i < rows.size(); ++i) {
    const std::string info =
        "time:" + std::to_string(took.count()) + "ms, rows:" + std::to_string(discard.rows);
    rows[i].push_back(Value::of_string(i == 0 ? info : ""));
  }
  return send_rows(session, columns, rows, sink);
}

}  // namespace tbl::tidb
