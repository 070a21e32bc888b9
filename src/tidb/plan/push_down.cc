#include <algorithm>

#include "tidb/expr/func_expr.h"
#include "tidb/plan/rules.h"

namespace tbl::tidb {

namespace {

using Conditions = std::vector<ExprPtr>;

/// Replaces references to `from[i]` by `to(i)`.
void substitute(ExprPtr* e, const std::vector<PlanColumn>& from,
                const std::function<ExprPtr(size_t)>& to) {
  rewrite_expr(e, [&](const Expr& node) -> ExprPtr {
    if (node.kind() != ExprKind::kColumn) return nullptr;
    size_t id = static_cast<const ColumnRef&>(node).index();
    for (size_t i = 0; i < from.size(); ++i) {
      if (from[i].id == id) return to(i);
    }
    return nullptr;
  });
}

PlanPtr with_selection(PlanPtr node, Conditions conditions) {
  if (conditions.empty()) return node;
  auto selection = std::make_unique<SelectionPlan>();
  selection->columns = node->columns;
  selection->conditions = std::move(conditions);
  selection->children.push_back(std::move(node));
  return selection;
}

/// Takes out constant conditions: true ones vanish; false when one can never be true.
Result<bool> drop_constants(Conditions* conditions, const RuleContext& ctx) {
  Conditions left;
  for (ExprPtr& e : *conditions) {
    if (e->kind() != ExprKind::kConstant) {
      left.push_back(std::move(e));
      continue;
    }
    TBL_ASSIGN(bool passes, eval_condition(*e, ctx.eval, Row()));
    if (!passes) return false;
  }
  *conditions = std::move(left);
  return true;
}

PlanPtr empty_like(const PlanNode& node) {
  auto dual = std::make_unique<DualPlan>();
  dual->rows = 0;
  dual->columns = node.columns;
  return dual;
}

Status push_into_children(PlanNode* node, const RuleContext& ctx) {
  for (PlanPtr& child : node->children) {
    TBL_ASSIGN(child, push_down(std::move(child), {}, ctx));
  }
  return ok_status();
}

Result<PlanPtr> through_projection(PlanPtr node, Conditions conditions, const RuleContext& ctx) {
  auto& projection = as<ProjectionPlan>(*node);
  Conditions below;
  Conditions above;
  for (ExprPtr& e : conditions) {
    bool movable = !is_volatile(*e);
    for_each_column(*e, [&](ColumnRef& ref) {
      for (size_t i = 0; i < projection.columns.size(); ++i) {
        if (projection.columns[i].id != ref.index()) continue;
        const Expr& source = *projection.exprs[i];
        movable = movable && !is_volatile(source) && !has_subquery(source);
      }
    });
    if (!movable) {
      above.push_back(std::move(e));
      continue;
    }
    substitute(&e, projection.columns, [&](size_t i) { return projection.exprs[i]->clone(); });
    below.push_back(std::move(e));
  }
  TBL_ASSIGN(node->children[0], push_down(std::move(node->children[0]), std::move(below), ctx));
  return with_selection(std::move(node), std::move(above));
}

Result<PlanPtr> through_aggregation(PlanPtr node, Conditions conditions, const RuleContext& ctx) {
  auto& aggregation = as<AggregationPlan>(*node);
  size_t first = aggregation.aggregates.size();
  std::vector<PlanColumn> keys(aggregation.columns.begin() + static_cast<std::ptrdiff_t>(first),
                               aggregation.columns.end());
  ColumnIds ids;
  for (const PlanColumn& key : keys) ids.insert(key.id);
  Conditions below;
  Conditions above;
  for (ExprPtr& e : conditions) {
    bool movable = !aggregation.scalar && !is_volatile(*e) && is_subset(columns_of(*e), ids);
    if (movable) {
      substitute(&e, keys, [&](size_t i) { return aggregation.group_by[i]->clone(); });
    }
    (movable ? below : above).push_back(std::move(e));
  }
  TBL_ASSIGN(node->children[0], push_down(std::move(node->children[0]), std::move(below), ctx));
  return with_selection(std::move(node), std::move(above));
}

Result<PlanPtr> through_union(PlanPtr node, Conditions conditions, const RuleContext& ctx) {
  Conditions above;
  Conditions below;
  for (ExprPtr& e : conditions) {
    bool movable = !is_volatile(*e) && !has_subquery(*e);
    (movable ? below : above).push_back(std::move(e));
  }
  for (PlanPtr& child : node->children) {
    Conditions copies;
    for (const ExprPtr& e : below) {
      copies.push_back(e->clone());
      substitute(&copies.back(), node->columns,
                 [&](size_t i) { return column_ref(child->columns[i]); });
    }
    TBL_ASSIGN(child, push_down(std::move(child), std::move(copies), ctx));
  }
  return with_selection(std::move(node), std::move(above));
}

bool is_strict_comparison(const Expr& e) {
  static constexpr std::string_view kStrict[] = {"eq", "ne", "lt", "le", "gt", "ge", "like"};
  return std::any_of(std::begin(kStrict), std::end(kStrict),
                     [&e](std::string_view name) { return as_function(e, name) != nullptr; });
}

/// The condition cannot be true for a row whose columns of `padded` are all NULL.
bool refuses_nulls(const Expr& e, const ColumnIds& padded, const RuleContext& ctx) {
  if (has_subquery(e) || is_volatile(e)) return false;
  if (is_strict_comparison(e)) {
    for (const ExprPtr& child : e.children()) {
      if (child->kind() == ExprKind::kColumn &&
          padded.contains(static_cast<const ColumnRef&>(*child).index())) {
        return true;
      }
    }
  }
  ExprPtr copy = e.clone();
  rewrite_expr(&copy, [&padded](const Expr& node) -> ExprPtr {
    if (node.kind() != ExprKind::kColumn) return nullptr;
    if (!padded.contains(static_cast<const ColumnRef&>(node).index())) return nullptr;
    return std::make_unique<Constant>(Value::null(), node.type());
  });
  if (!columns_of(*copy).empty() || has_correlated(*copy)) return false;
  auto passes = eval_condition(*copy, ctx.eval, Row());
  return passes.ok() && !*passes;
}

/// Whether equal values of both types have equal keys in a hash table.
bool hashable_together(const FieldType& a, const FieldType& b) {
  EvalClass x = eval_class(a);
  EvalClass y = eval_class(b);
  auto numeric = [](EvalClass c) {
    return c == EvalClass::kInt || c == EvalClass::kDecimal || c == EvalClass::kDouble;
  };
  bool special = a.tp == schema::kTypeEnum || a.tp == schema::kTypeSet ||
                 b.tp == schema::kTypeEnum || b.tp == schema::kTypeSet ||
                 a.tp == schema::kTypeBit || b.tp == schema::kTypeBit;
  if (special) return false;
  if (x == EvalClass::kTime && y == EvalClass::kTime) {
    return (a.tp == schema::kTypeDate) == (b.tp == schema::kTypeDate);
  }
  return x == y ? x != EvalClass::kJson : numeric(x) && numeric(y);
}

class JoinPush {
 public:
  JoinPush(JoinPlan& join, const RuleContext& ctx)
      : join_(join),
        ctx_(ctx),
        left_ids_(columns_of(*join.children[0])),
        right_ids_(columns_of(*join.children[1])) {}

  Result<Conditions> run(Conditions from_above) {
    if (join_.join == JoinKind::kLeft) {
      for (const ExprPtr& e : from_above) {
        if (refuses_nulls(*e, right_ids_, ctx_)) {
          join_.join = JoinKind::kInner;
          break;
        }
      }
    }
    for (ExprPtr& e : from_above) take_from_above(std::move(e));
    Conditions on = std::move(join_.other);
    join_.other.clear();
    for (ExprPtr& e : on) take_from_on(std::move(e));
    TBL_ASSIGN(join_.children[0], push_down(std::move(join_.children[0]), std::move(left_), ctx_));
    TBL_ASSIGN(join_.children[1], push_down(std::move(join_.children[1]), std::move(right_), ctx_));
    return std::move(above_);
  }

 private:
  enum class Side : uint8_t { kNone, kLeft, kRight, kBoth };
  Side side_of(const Expr& e) const {
    ColumnIds ids = columns_of(e);
    if (ids.empty()) return Side::kNone;
    if (is_subset(ids, left_ids_)) return Side::kLeft;
    return is_subset(ids, right_ids_) ? Side::kRight : Side::kBoth;
  }

  void take_from_above(ExprPtr e) {
    Side side = side_of(*e);
    bool inner = join_.join == JoinKind::kInner;
    if (is_volatile(*e)) {
      above_.push_back(std::move(e));
    } else if (side == Side::kLeft || (side == Side::kNone && !inner)) {
      left_.push_back(std::move(e));
    } else if (!inner) {
      above_.push_back(std::move(e));
    } else {
      join_.other.push_back(std::move(e));
    }
  }

  void take_from_on(ExprPtr e) {
    Side side = side_of(*e);
    bool keeps_left = join_.join == JoinKind::kLeft || join_.join == JoinKind::kAntiSemi;
    if (is_volatile(*e)) {
      join_.other.push_back(std::move(e));
    } else if (side == Side::kRight || (side == Side::kNone && keeps_left)) {
      right_.push_back(std::move(e));
    } else if (side != Side::kBoth && !keeps_left) {
      left_.push_back(std::move(e));
    } else if (side == Side::kBoth && take_key(e)) {
      return;
    } else {
      join_.other.push_back(std::move(e));
    }
  }

  bool take_key(ExprPtr& e) {
    bool null_safe = as_function(*e, "nulleq") != nullptr;
    if (!null_safe && !as_function(*e, "eq")) return false;
    auto& sides = e->mutable_children();
    if (has_subquery(*e) || sides[0]->kind() == ExprKind::kRow) return false;
    if (!hashable_together(sides[0]->type(), sides[1]->type())) return false;
    Side first = side_of(*sides[0]);
    Side second = side_of(*sides[1]);
    bool straight = first == Side::kLeft && second == Side::kRight;
    if (!straight && !(first == Side::kRight && second == Side::kLeft)) return false;
    JoinPlan::Key key;
    key.left = std::move(sides[straight ? 0 : 1]);
    key.right = std::move(sides[straight ? 1 : 0]);
    key.null_safe = null_safe;
    join_.keys.push_back(std::move(key));
    return true;
  }

  JoinPlan& join_;
  const RuleContext& ctx_;
  ColumnIds left_ids_;
  ColumnIds right_ids_;
  Conditions left_;
  Conditions right_;
  Conditions above_;
};

}  // namespace

bool can_be_join_key(const FieldType& a, const FieldType& b) { return hashable_together(a, b); }

Result<PlanPtr> push_down(PlanPtr node, std::vector<ExprPtr> conditions, const RuleContext& ctx) {
  TBL_ASSIGN(bool possible, drop_constants(&conditions, ctx));
  if (!possible) return empty_like(*node);
  switch (node->kind) {
    case PlanKind::kDataSource:
    case PlanKind::kVirtualScan: {
      auto& filters = node->kind == PlanKind::kDataSource ? as<DataSourcePlan>(*node).filters
                                                          : as<VirtualScanPlan>(*node).filters;
      for (ExprPtr& e : conditions) filters.push_back(std::move(e));
      return node;
    }
    case PlanKind::kSelection: {
      // Nearest first: what a derived table's own conditions leave out, those above it never meet.
      std::vector<ExprPtr> nearest = std::move(as<SelectionPlan>(*node).conditions);
      std::ranges::move(conditions, std::back_inserter(nearest));
      return push_down(std::move(node->children[0]), std::move(nearest), ctx);
    }
    case PlanKind::kProjection:
      return through_projection(std::move(node), std::move(conditions), ctx);
    case PlanKind::kAggregation:
      return through_aggregation(std::move(node), std::move(conditions), ctx);
    case PlanKind::kJoin: {
      TBL_ASSIGN(Conditions above, JoinPush(as<JoinPlan>(*node), ctx).run(std::move(conditions)));
      return with_selection(std::move(node), std::move(above));
    }
    case PlanKind::kSort: {
      TBL_ASSIGN(node->children[0],
                 push_down(std::move(node->children[0]), std::move(conditions), ctx));
      return node;
    }
    case PlanKind::kUnionAll:
      return through_union(std::move(node), std::move(conditions), ctx);
    default:
      TBL_TRY(push_into_children(node.get(), ctx));
      return with_selection(std::move(node), std::move(conditions));
  }
}

}  // namespace tbl::tidb
