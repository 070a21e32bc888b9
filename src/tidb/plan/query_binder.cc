
#include "tidb/plan/bind_state.h"
#include "tidb/plan/expr_util.h"
#include "tidb/plan/select_binder.h"
#include "tidb/plan/union_cast.h"
#include "tidb/types/sql_error.h"

namespace tbl::tidb {

Result<PlanPtr> QueryBinder::bind(const ast::Query& query) {
  if (query.with.tables.empty()) return bind_in(query, ctes_);
  if (query.with.recursive) return not_supported_yet("WITH RECURSIVE");
  std::vector<bool> used(query.with.tables.size());
  CteScope scope{&query.with, used.size(), ctes_, &used};
  TBL_ASSIGN(PlanPtr plan, bind_in(query, &scope));
  TBL_TRY(check_unused(scope));
  return plan;
}

Status QueryBinder::check_unused(const CteScope& scope) {
  // The last one first: it may read the others.
  for (size_t i = scope.count; i-- > 0;) {
    if ((*scope.used)[i]) continue;
    CteScope before{scope.with, i, scope.outer, scope.used};
    QueryBinder binder(state_, &before, outer_);
    TBL_TRY(binder.bind(*scope.with->tables[i].query).status());
  }
  return ok_status();
}

Result<PlanPtr> QueryBinder::bind_in(const ast::Query& query, const CteScope* ctes) {
  if (query.is_plain_select()) {
    SelectBinder binder(state_, ctes, outer_);
    return binder.bind(*query.terms[0].select, query);
  }
  TBL_ASSIGN(PlanPtr plan, bind_terms(query, ctes));
  return order_and_limit(std::move(plan), query, ctes);
}

Result<PlanPtr> QueryBinder::bind_term(const ast::SetTerm& term, const CteScope* ctes) {
  if (term.query) {
    QueryBinder binder(state_, ctes, outer_);
    return binder.bind(*term.query);
  }
  ast::Query around;
  around.terms.resize(2);  // not alone: ORDER BY belongs to the whole
  SelectBinder binder(state_, ctes, outer_);
  return binder.bind(*term.select, around);
}

namespace {

/// Gives each child the columns' common types, and the node new columns named as the first child's.
Status unify(std::vector<PlanPtr> children, BindState& state, PlanNode* node) {
  size_t count = children[0]->columns.size();
  for (const PlanPtr& child : children) {
    if (child->columns.size() != count) {
      return sql_error(kErrWrongNumberOfColumnsInSelect,
                       "The used SELECT statements have a different number of columns");
    }
  }
  for (size_t i = 0; i < count; ++i) {
    FieldType type = children[0]->columns[i].type;
    for (size_t k = 1; k < children.size(); ++k) {
      type = merge_types(type, children[k]->columns[i].type);
    }
    node->columns.push_back(state.new_column(children[0]->columns[i].name, type));
  }
  for (PlanPtr& child : children) {
    auto cast = std::make_unique<ProjectionPlan>();
    for (size_t i = 0; i < count; ++i) {
      ExprPtr e = make_union_cast(column_ref(child->columns[i]), node->columns[i].type);
      cast->columns.push_back(state.new_column(child->columns[i].name, node->columns[i].type));
      cast->exprs.push_back(std::move(e));
    }
    cast->children.push_back(std::move(child));
    node->children.push_back(std::move(cast));
  }
  return ok_status();
}

}  // namespace

Result<PlanPtr> QueryBinder::bind_terms(const ast::Query& query, const CteScope* ctes) {
  TBL_ASSIGN(PlanPtr plan, bind_term(query.terms[0], ctes));
  size_t i = 1;
  while (i < query.terms.size()) {
    ast::SetOp op = query.terms[i].op;
    std::vector<PlanPtr> children;
    children.push_back(std::move(plan));
    bool is_union = op == ast::SetOp::kUnion || op == ast::SetOp::kUnionAll;
    do {
      TBL_ASSIGN(PlanPtr next, bind_term(query.terms[i], ctes));
      children.push_back(std::move(next));
      ++i;
    } while (is_union && i < query.terms.size() && query.terms[i].op == op);
    std::unique_ptr<PlanNode> node;
    if (is_union) {
      node = std::make_unique<UnionAllPlan>();
    } else {
      auto set = std::make_unique<SetOperationPlan>();
      set->except = op == ast::SetOp::kExcept || op == ast::SetOp::kExceptAll;
      set->all = op == ast::SetOp::kExceptAll || op == ast::SetOp::kIntersectAll;
      node = std::move(set);
    }
    TBL_TRY(unify(std::move(children), state_, node.get()));
    plan = op == ast::SetOp::kUnion ? make_distinct(std::move(node)) : std::move(node);
  }
  return plan;
}

Result<PlanPtr> QueryBinder::order_and_limit(PlanPtr plan, const ast::Query& query,
                                             const CteScope* ctes) {
  if (!query.order_by.empty()) {
    Scope scope;
    for (const PlanColumn& column : plan->columns)
      scope.columns.push_back({column, nullptr, -1, 0});
    auto node = std::make_unique<SortPlan>();
    node->columns = plan->columns;
    for (const ast::OrderItem& item : query.order_by) {
      SortItem bound;
      bound.descending = item.descending;
      bool literal = item.expr->kind == ast::ExprKind::kLiteral &&
                     ast::as<ast::Literal>(*item.expr).literal == ast::LiteralKind::kInt;
      if (literal) {
        uint64_t position = ast::as<ast::Literal>(*item.expr).number;
        if (position == 0 || position > plan->columns.size()) {
          return unknown_column(std::to_string(position), "order clause");
        }
        bound.expr = column_ref(plan->columns[position - 1]);
      } else {
        ClauseScope clause(ClauseScope::Place{state_, scope, ctes, outer_}, "order clause");
        TBL_ASSIGN(bound.expr, bind_expr(*item.expr, clause, state_.build()));
      }
      node->items.push_back(std::move(bound));
    }
    node->children.push_back(std::move(plan));
    plan = std::move(node);
  }
  if (query.limit) {
    TBL_ASSIGN(LimitValues limit, bind_limit(*query.limit, state_));
    plan = make_limit(std::move(plan), limit);
  }
  return plan;
}

}  // namespace tbl::tidb
