#include "tidb/plan/rules.h"
#include "tidb/plan/subplan.h"
#include "tidb/types/sql_error.h"

namespace tbl::tidb {

namespace {

Status optimize_subplans(PlanNode* node, const RuleContext& ctx);

Status optimize_expr(Expr* e, const RuleContext& ctx) {
  for (ExprPtr& child : e->mutable_children()) TBL_TRY(optimize_expr(child.get(), ctx));
  if (e->kind() != ExprKind::kSubquery) return ok_status();
  auto& runner = static_cast<PlanSubquery&>(static_cast<SubqueryExpr*>(e)->runner());
  SubPlan& plan = runner.mutable_plan();
  if (plan.is_optimized) return ok_status();
  plan.is_optimized = true;
  return optimize(&plan.root, ctx);
}

Status optimize_subplans(PlanNode* node, const RuleContext& ctx) {
  Status status;
  for_each_expr(*node, [&](ExprPtr& e) {
    if (status.ok()) status = optimize_expr(e.get(), ctx);
  });
  TBL_TRY(std::move(status));
  for (PlanPtr& child : node->children) TBL_TRY(optimize_subplans(child.get(), ctx));
  return ok_status();
}

}  // namespace

Status optimize(PlanPtr* root, const RuleContext& ctx) {
  TBL_TRY(subqueries_to_joins(root, ctx));
  ColumnIds wanted = columns_of(**root);
  TBL_ASSIGN(*root, push_down(std::move(*root), {}, ctx));
  prune_columns(root->get(), wanted);
  TBL_TRY(choose_access(root->get(), ctx));
  push_limits(root);
  TBL_TRY(choose_join(root->get(), ctx));
  estimate_rows(root->get());
  TBL_TRY(optimize_subplans(root->get(), ctx));
  return resolve_columns(root->get());
}

Status optimize_expression(Expr* e, const RuleContext& ctx) { return optimize_expr(e, ctx); }

namespace {

Status resolve_with(Expr* e, const std::vector<PlanColumn>& first,
                    const std::vector<PlanColumn>* second) {
  Status status;
  for_each_column(*e, [&](ColumnRef& ref) {
    for (size_t i = 0; i < first.size(); ++i) {
      if (first[i].id == ref.index()) return ref.set_index(i);
    }
    for (size_t i = 0; second && i < second->size(); ++i) {
      if ((*second)[i].id == ref.index()) return ref.set_index(first.size() + i);
    }
    status = internal_error("the plan lost column " + ref.name());
  });
  return status;
}

}  // namespace

Status resolve_expr(Expr* e, const std::vector<PlanColumn>& columns) {
  return resolve_with(e, columns, nullptr);
}

Status resolve_columns(PlanNode* node) {
  for (PlanPtr& child : node->children) TBL_TRY(resolve_columns(child.get()));
  if (node->kind == PlanKind::kJoin) {
    auto& join = as<JoinPlan>(*node);
    const auto& left = node->children[0]->columns;
    const auto& right = node->children[1]->columns;
    for (auto& key : join.keys) {
      TBL_TRY(resolve_expr(key.left.get(), left));
      TBL_TRY(resolve_expr(key.right.get(), right));
    }
    for (ExprPtr& e : join.other) TBL_TRY(resolve_with(e.get(), left, &right));
    return ok_status();
  }
  const auto& input = node->children.empty() ? node->columns : node->children[0]->columns;
  Status status;
  for_each_expr(*node, [&](ExprPtr& e) {
    if (status.ok()) status = resolve_expr(e.get(), input);
  });
  return status;
}

}  // namespace tbl::tidb
