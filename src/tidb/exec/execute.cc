#include <map>

#include "tidb/exec/dml.h"
#include "tidb/exec/exec_util.h"
#include "tidb/exec/executor.h"
#include "tidb/exec/key_reads.h"
#include "tidb/exec/row_bytes.h"
#include "tidb/expr/user_variable.h"
#include "tidb/kv/statement.h"
#include "tidb/plan/subplan.h"
#include "tidb/types/sql_error.h"

namespace tbl::tidb {

namespace {

StatementReads reads_of(const StatementPlan& plan) {
  return reads_keys_only(plan) ? StatementReads::kKeys : StatementReads::kAnything;
}

/// Runs subqueries; keeps the executor of each plan for the next time.
class Engine : public SubqueryEngine {
 public:
  explicit Engine(ExecContext& context) : context_(context) {}

  Status run(const PlanNode& plan, const std::function<bool(const Row&)>& on_row) override {
    ExecutorPtr& executor = executors_[&plan];
    if (!executor) executor = make_executor(plan, context_);
    Status status = read(*executor, on_row);
    executor->close();
    return status;
  }

 private:
  static Status read(Executor& executor, const std::function<bool(const Row&)>& on_row) {
    TBL_TRY(executor.open());
    Row row;
    while (true) {
      TBL_ASSIGN(bool more, executor.next(&row));
      if (!more || !on_row(row)) return ok_status();
    }
  }

  ExecContext& context_;
  std::map<const PlanNode*, ExecutorPtr> executors_;
};

/// Puts an engine where a statement's subqueries look for it, for as long as it lives.
class EngineUse {
 public:
  EngineUse(const std::shared_ptr<SubquerySlot>& slot, ExecContext& context)
      : engine_(context), slot_(slot) {
    slot_->engine = &engine_;
    ++slot_->attempt;
  }
  ~EngineUse() { slot_->engine = nullptr; }
  EngineUse(const EngineUse&) = delete;
  EngineUse& operator=(const EngineUse&) = delete;

 private:
  Engine engine_;
  std::shared_ptr<SubquerySlot> slot_;
};

std::vector<ColumnMeta> metas_of(const std::vector<PlanColumn>& columns) {
  std::vector<ColumnMeta> metas;
  for (const PlanColumn& c : columns) {
    metas.push_back({c.db, c.table, c.org_table, c.name, c.org_name, c.type});
  }
  return metas;
}

Status read_query(const PlanNode& root, ExecContext& context,
                  const std::function<Status(const Row&)>& on_row) {
  ExecutorPtr executor = make_executor(root, context);
  auto read = [&]() -> Status {
    KillCheck kill(context);
    TBL_TRY(executor->open());
    Row row;
    while (true) {
      TBL_TRY(kill.step());
      TBL_ASSIGN(bool more, executor->next(&row));
      if (!more) return ok_status();
      TBL_TRY(on_row(row));
    }
  };
  Status status = read();
  executor->close();
  return status;
}

/// Rows are only sent when their locks are held: until then the statement may have to run again.
Status read_and_lock(const StatementPlan& statement, ExecContext& context, std::vector<Row>* rows) {
  const auto& plan = std::get<QueryPlan>(statement.body);
  QuotaUse quota(context.memory);
  // Who does not want to wait for a lock must not meet it while he reads.
  const auto reads = plan.no_wait ? StatementReads::kAnything : reads_of(statement);
  auto body = [&]() -> Status {
    EngineUse engine(statement.engine, context);
    rows->clear();
    quota.release();
    context.keys_to_lock.clear();
    TBL_TRY(read_query(*plan.root, context, [&](const Row& row) {
      rows->push_back(row);
      return quota.consume(row_bytes(row));
    }));
    return context.transaction->lock_keys(std::move(context.keys_to_lock),
                                          plan.no_wait ? LockWait::kNoWait : LockWait::kWait);
  };
  return run_statement(*context.transaction, body, reads);
}

/// Gives the one row of SELECT ... INTO to the session's variables.
class IntoVariables : public ResultSink {
 public:
  IntoVariables(const QueryPlan& plan, EvalContext& eval, ResultSink& next)
      : plan_(plan), eval_(eval), next_(next) {}

  Status on_columns(const std::vector<ColumnMeta>& columns) override {
    (void)columns;
    if (eval_.hooks == nullptr) return internal_error("SELECT ... INTO has no session");
    return ok_status();
  }
  Status on_row(const Row& row) override {
    if (found_) return sql_error(kErrTooManyRows, "Result consisted of more than one row");
    found_ = true;
    for (size_t i = 0; i < row.size(); ++i) {
      eval_.hooks->set_user_variable(plan_.into[i],
                                     as_user_variable(row[i], plan_.root->columns[i].type));
    }
    return ok_status();
  }
  Status on_ok(const OkInfo& ok) override {
    if (!found_) {
      eval_.convert.warn(
          sql_error(kErrSpFetchNoData, "No data - zero rows fetched, selected, or processed"));
    }
    OkInfo told = ok;
    told.affected_rows = ok.result_rows;
    return next_.on_ok(told);
  }

 private:
  const QueryPlan& plan_;
  EvalContext& eval_;
  ResultSink& next_;
  bool found_ = false;
};

Status run_query(const StatementPlan& statement, ExecContext& context, ResultSink& sink) {
  const auto& plan = std::get<QueryPlan>(statement.body);
  OkInfo ok;
  auto send = [&](const Row& row) {
    ++ok.result_rows;
    return sink.on_row(row);
  };
  if (plan.for_update && context.transaction) {
    std::vector<Row> rows;
    TBL_TRY(read_and_lock(statement, context, &rows));
    TBL_TRY(sink.on_columns(metas_of(plan.root->columns)));
    for (const Row& row : rows) TBL_TRY(send(row));
  } else {
    EngineUse engine(statement.engine, context);
    TBL_TRY(sink.on_columns(metas_of(plan.root->columns)));
    TBL_TRY(read_query(*plan.root, context, send));
  }
  return sink.on_ok(ok);
}

Result<OkInfo> run_dml(const StatementPlan& plan, ExecContext& context) {
  if (const auto* p = std::get_if<InsertPlan>(&plan.body)) return run_insert(*p, context);
  if (const auto* p = std::get_if<UpdatePlan>(&plan.body)) return run_update(*p, context);
  if (const auto* p = std::get_if<DeletePlan>(&plan.body)) return run_delete(*p, context);
  return run_load_data(std::get<LoadDataPlan>(plan.body), context);
}

}  // namespace

Status execute_plan(const StatementPlan& plan, ExecContext& context, ResultSink& sink) {
  if (const auto* query = std::get_if<QueryPlan>(&plan.body)) {
    if (query->into.empty()) return run_query(plan, context, sink);
    IntoVariables variables(*query, context.eval, sink);
    return run_query(plan, context, variables);
  }
  if (!context.transaction) return internal_error("a statement writes without a transaction");
  OkInfo ok;
  Warnings* warnings = context.eval.warnings();
  const Warnings before = warnings ? *warnings : Warnings();
  auto body = [&]() -> Status {
    EngineUse engine(plan.engine, context);
    if (warnings) *warnings = before;
    TBL_ASSIGN(ok, run_dml(plan, context));
    return ok_status();
  };
  TBL_TRY(run_statement(*context.transaction, body, reads_of(plan)));
  return sink.on_ok(ok);
}

Result<TypedValue> evaluate(const BoundExpression& bound, ExecContext& context) {
  EngineUse engine(bound.engine, context);
  TBL_ASSIGN(Value value, bound.expr->eval(context.eval, Row()));
  return TypedValue{std::move(value), bound.expr->type()};
}

Result<std::vector<Row>> collect_rows(const StatementPlan& plan, ExecContext& context) {
  EngineUse engine(plan.engine, context);
  const auto* query = std::get_if<QueryPlan>(&plan.body);
  if (!query) return internal_error("only a query has rows");
  std::vector<Row> rows;
  TBL_TRY(read_query(*query->root, context, [&rows](const Row& row) {
    rows.push_back(row);
    return ok_status();
  }));
  return rows;
}

}  // namespace tbl::tidb
