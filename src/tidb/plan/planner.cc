#include "tidb/plan/planner.h"

#include "tidb/ast/dml.h"
#include "tidb/plan/bind_state.h"
#include "tidb/plan/dml_binder.h"
#include "tidb/plan/rules.h"
#include "tidb/types/sql_error.h"

namespace tbl::tidb {

namespace {

Result<QueryPlan> bind_query(const ast::SelectStatement& statement, BindState& state) {
  const ast::Query& query = *statement.query;
  QueryPlan plan;
  plan.for_update =
      query.lock == ast::LockKind::kForUpdate || query.lock == ast::LockKind::kForUpdateNowait;
  plan.no_wait = query.lock == ast::LockKind::kForUpdateNowait;
  QueryBinder binder(state, nullptr, nullptr);
  TBL_ASSIGN(plan.root, binder.bind(query));
  plan.into = statement.into;
  if (!plan.into.empty() && plan.into.size() != plan.root->columns.size()) {
    return sql_error(kErrWrongNumberOfColumnsInSelect,
                     "The used SELECT statements have a different number of columns");
  }
  if (!query.limit && state.context.select_limit != UINT64_MAX) {
    plan.root = make_limit(std::move(plan.root), {0, state.context.select_limit});
  }
  TBL_TRY(optimize(&plan.root, RuleContext{state.context.eval}));
  return plan;
}

template <typename Bound>
Status store(Result<Bound> bound, StatementPlan* plan) {
  TBL_TRY(bound.ok() ? ok_status() : bound.status());
  plan->body = std::move(*bound);
  return ok_status();
}

Status bind_statement(const ast::Statement& statement, BindState& state, StatementPlan* plan) {
  switch (statement.kind) {
    case ast::StatementKind::kSelect:
      return store(bind_query(ast::as<ast::SelectStatement>(statement), state), plan);
    case ast::StatementKind::kInsert:
      return store(bind_insert(ast::as<ast::InsertStatement>(statement), state), plan);
    case ast::StatementKind::kUpdate:
      return store(bind_update(ast::as<ast::UpdateStatement>(statement), state), plan);
    case ast::StatementKind::kDelete:
      return store(bind_delete(ast::as<ast::DeleteStatement>(statement), state), plan);
    case ast::StatementKind::kLoadData:
      return store(bind_load_data(ast::as<ast::LoadDataStatement>(statement), state), plan);
    default:
      return internal_error("a statement of this kind has no plan");
  }
}

/// Passes `status` on; a failure comes with what was accessed.
Status told(Status status, BindState& state) {
  if (!status.ok() && state.context.accesses_of_failure) {
    *state.context.accesses_of_failure = std::move(state.accesses);
  }
  return status;
}

}  // namespace

const std::vector<PlanColumn>& StatementPlan::columns() const {
  static const std::vector<PlanColumn> kNone;
  const auto* query = std::get_if<QueryPlan>(&body);
  return query && query->into.empty() ? query->root->columns : kNone;
}

Result<std::unique_ptr<StatementPlan>> plan_statement(const ast::Statement& statement,
                                                      const PlanContext& context) {
  BindState state(context);
  auto plan = std::make_unique<StatementPlan>();
  TBL_TRY(told(bind_statement(statement, state, plan.get()), state));
  plan->accesses = std::move(state.accesses);
  plan->tables = std::move(state.tables);
  plan->engine = state.engine;
  return plan;
}

Result<BoundExpression> bind_expression(const ast::Expr& expr, const PlanContext& context) {
  BindState state(context);
  Scope empty;
  ClauseScope scope(ClauseScope::Place{state, empty}, "field list");
  BoundExpression bound;
  auto made = bind_expr(expr, scope, state.build());
  TBL_TRY(told(made.status(), state));
  bound.expr = std::move(*made);
  TBL_TRY(optimize_expression(bound.expr.get(), RuleContext{context.eval}));
  bound.accesses = std::move(state.accesses);
  bound.tables = std::move(state.tables);
  bound.engine = state.engine;
  return bound;
}

}  // namespace tbl::tidb
