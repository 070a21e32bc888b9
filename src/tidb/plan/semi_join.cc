#include "tidb/expr/func_expr.h"
#include "tidb/plan/rules.h"
#include "tidb/plan/subplan.h"

namespace tbl::tidb {

namespace {

SubqueryExpr* subquery_in(Expr& e) {
  return e.kind() == ExprKind::kSubquery ? static_cast<SubqueryExpr*>(&e) : nullptr;
}

PlanSubquery& runner_of(SubqueryExpr& e) { return static_cast<PlanSubquery&>(e.runner()); }

bool refers_to(const Expr& e, const std::shared_ptr<OuterRow>& slot) {
  bool found = false;
  walk_expr(e, [&](const Expr& node) {
    if (node.kind() == ExprKind::kCorrelatedColumn) {
      found = found || static_cast<const CorrelatedColumn&>(node).outer() == slot;
    } else if (node.kind() == ExprKind::kSubquery) {
      auto& inner = static_cast<PlanSubquery&>(static_cast<const SubqueryExpr&>(node).runner());
      for (const ExprPtr& outer : inner.outer()) found = found || refers_to(*outer, slot);
    }
  });
  return found;
}

bool refers_to(PlanNode& node, const std::shared_ptr<OuterRow>& slot) {
  bool found = false;
  for_each_expr(node, [&](ExprPtr& e) { found = found || refers_to(*e, slot); });
  for (PlanPtr& child : node.children) found = found || refers_to(*child, slot);
  return found;
}

/// One condition with a subquery, on its way to become a semi join.
class Unnest {
 public:
  Unnest(SubqueryExpr& subquery, bool negated)
      : subquery_(subquery), runner_(runner_of(subquery)), negated_(negated) {}

  /// A join over `left`, which is taken only on success; null when the subquery must stay.
  PlanPtr run(PlanPtr& left, const RuleContext& ctx) {
    if (!runner_.is_only_user() || runner_.plan().is_volatile || !peel()) return nullptr;
    auto join = std::make_unique<JoinPlan>();
    join->join = negated_ ? JoinKind::kAntiSemi : JoinKind::kSemi;
    if (!add_keys(join.get(), ctx)) return nullptr;
    take_correlated(join.get());
    join->columns = left->columns;
    join->children.push_back(std::move(left));
    join->children.push_back(std::move(*inner_));
    return join;
  }

 private:
  const std::shared_ptr<OuterRow>& slot() const { return runner_.plan().slot; }

  /// Finds the part of the subquery below its select list, and the conditions that refer outside.
  bool peel() {
    PlanPtr* at = &runner_.mutable_plan().root;
    bool exists = subquery_.subquery_kind() == SubqueryKind::kExists;
    if (exists && !runner_.correlated()) return false;  // one run answers for all rows
    if (!runner_.correlated()) {
      inner_ = at;
      return true;
    }
    if ((*at)->kind != PlanKind::kProjection) return false;
    projection_ = &as<ProjectionPlan>(**at);
    at = &projection_->children[0];
    if ((*at)->kind != PlanKind::kSelection) return false;
    selection_ = &as<SelectionPlan>(**at);
    for (const ExprPtr& e : projection_->exprs) {
      if (!exists && refers_to(*e, slot())) return false;
    }
    for (const ExprPtr& e : selection_->conditions) {
      if (has_subquery(*e) && refers_to(*e, slot())) return false;
    }
    if (refers_to(*selection_->children[0], slot())) return false;
    inner_ = at;
    return true;
  }

  bool add_keys(JoinPlan* join, const RuleContext& ctx) {
    if (subquery_.subquery_kind() == SubqueryKind::kExists) return true;
    // NOT IN with other conditions compares with a set of its own for each row.
    if (negated_ && runner_.correlated()) return false;
    Expr& left = *subquery_.children()[0];
    std::vector<Expr*> parts;
    if (left.kind() == ExprKind::kRow) {
      for (const ExprPtr& part : left.children()) parts.push_back(part.get());
    } else {
      parts.push_back(&left);
    }
    if (negated_ && parts.size() != 1) return false;
    for (size_t i = 0; i < parts.size(); ++i) {
      ExprPtr right = right_side(i);
      if (has_subquery(*parts[i]) || !can_be_join_key(parts[i]->type(), right->type())) {
        return false;
      }
      JoinPlan::Key key;
      key.left = parts[i]->clone();
      key.right = std::move(right);
      join->keys.push_back(std::move(key));
    }
    join->null_aware = negated_;
    (void)ctx;
    return true;
  }

  ExprPtr right_side(size_t i) {
    if (projection_) return projection_->exprs[i]->clone();
    return column_ref((*inner_)->columns[i]);
  }

  void take_correlated(JoinPlan* join) {
    if (!selection_) return;
    std::vector<ExprPtr> inside;
    for (ExprPtr& e : selection_->conditions) {
      if (!refers_to(*e, slot())) {
        inside.push_back(std::move(e));
        continue;
      }
      rewrite_expr(&e, [this](const Expr& node) -> ExprPtr {
        if (node.kind() != ExprKind::kCorrelatedColumn) return nullptr;
        const auto& column = static_cast<const CorrelatedColumn&>(node);
        if (column.outer() != slot()) return nullptr;
        return runner_.outer()[column.index()]->clone();
      });
      join->other.push_back(std::move(e));
    }
    selection_->conditions = std::move(inside);
  }

  SubqueryExpr& subquery_;
  PlanSubquery& runner_;
  bool negated_;
  PlanPtr* inner_ = nullptr;
  ProjectionPlan* projection_ = nullptr;
  SelectionPlan* selection_ = nullptr;
};

PlanPtr unnest(Expr& condition, PlanPtr& left, const RuleContext& ctx) {
  Expr* e = &condition;
  bool negated = false;
  while (as_function(*e, "not")) {
    negated = !negated;
    e = e->mutable_children()[0].get();
  }
  SubqueryExpr* subquery = subquery_in(*e);
  if (!subquery) return nullptr;
  SubqueryKind kind = subquery->subquery_kind();
  bool in = kind == SubqueryKind::kAny && subquery->op() == CompareOp::kEq;
  bool not_in = kind == SubqueryKind::kAll && subquery->op() == CompareOp::kNe && !negated;
  if (kind != SubqueryKind::kExists && !in && !not_in) return nullptr;
  return Unnest(*subquery, negated || not_in).run(left, ctx);
}

}  // namespace

Status subqueries_to_joins(PlanPtr* node, const RuleContext& ctx) {
  for (PlanPtr& child : (*node)->children) TBL_TRY(subqueries_to_joins(&child, ctx));
  if ((*node)->kind != PlanKind::kSelection) return ok_status();
  auto& selection = as<SelectionPlan>(**node);
  std::vector<ExprPtr> left;
  for (ExprPtr& condition : selection.conditions) {
    PlanPtr join = unnest(*condition, selection.children[0], ctx);
    if (!join) {
      left.push_back(std::move(condition));
      continue;
    }
    TBL_TRY(subqueries_to_joins(&join->children[1], ctx));
    selection.children[0] = std::move(join);
  }
  selection.conditions = std::move(left);
  if (selection.conditions.empty()) *node = PlanPtr(std::move(selection.children[0]));
  return ok_status();
}

}  // namespace tbl::tidb
