#include "tidb/plan/expr_util.h"

#include <algorithm>

#include "tidb/plan/subplan.h"

namespace tbl::tidb {

namespace {

PlanSubquery* subquery_of(const Expr& e) {
  if (e.kind() != ExprKind::kSubquery) return nullptr;
  return static_cast<PlanSubquery*>(&static_cast<const SubqueryExpr&>(e).runner());
}

bool any_node(const Expr& e, const std::function<bool(const Expr&)>& test) {
  if (test(e)) return true;
  for (const auto& child : e.children()) {
    if (any_node(*child, test)) return true;
  }
  if (PlanSubquery* subquery = subquery_of(e)) {
    for (const auto& outer : subquery->outer()) {
      if (any_node(*outer, test)) return true;
    }
  }
  return false;
}

}  // namespace

void for_each_column(Expr& e, const std::function<void(ColumnRef&)>& visit) {
  if (e.kind() == ExprKind::kColumn) visit(static_cast<ColumnRef&>(e));
  for (auto& child : e.mutable_children()) for_each_column(*child, visit);
  if (PlanSubquery* subquery = subquery_of(e)) {
    for (auto& outer : subquery->outer()) for_each_column(*outer, visit);
  }
}

void collect_columns(const Expr& e, ColumnIds* ids) {
  any_node(e, [ids](const Expr& node) {
    if (node.kind() == ExprKind::kColumn) ids->insert(static_cast<const ColumnRef&>(node).index());
    return false;
  });
}

ColumnIds columns_of(const Expr& e) {
  ColumnIds ids;
  collect_columns(e, &ids);
  return ids;
}

ColumnIds columns_of(const PlanNode& node) {
  ColumnIds ids;
  for (const auto& column : node.columns) ids.insert(column.id);
  return ids;
}

bool is_subset(const ColumnIds& part, const ColumnIds& whole) {
  return std::includes(whole.begin(), whole.end(), part.begin(), part.end());
}

bool has_correlated(const Expr& e) {
  return any_node(e, [](const Expr& n) { return n.kind() == ExprKind::kCorrelatedColumn; });
}

bool has_subquery(const Expr& e) {
  return any_node(e, [](const Expr& n) { return n.kind() == ExprKind::kSubquery; });
}

bool is_volatile(const Expr& e) { return e.volatility() == Volatility::kVolatile; }

std::string fingerprint(const Expr& e) {
  std::string text = e.to_string();
  any_node(e, [&text](const Expr& node) {
    if (node.kind() == ExprKind::kColumn) {
      text += '#' + std::to_string(static_cast<const ColumnRef&>(node).index());
    } else if (node.kind() == ExprKind::kCorrelatedColumn) {
      text += '@' + std::to_string(static_cast<const CorrelatedColumn&>(node).index());
    } else if (node.kind() == ExprKind::kParameter) {
      text += '?' + std::to_string(static_cast<const Parameter&>(node).index());
    } else if (PlanSubquery* subquery = subquery_of(node)) {
      text += '%' + std::to_string(reinterpret_cast<uintptr_t>(&subquery->plan()));
    }
    return false;
  });
  return text;
}

void rewrite_expr(ExprPtr* e, const std::function<ExprPtr(const Expr&)>& replace) {
  if (ExprPtr replacement = replace(**e)) {
    *e = std::move(replacement);
    return;
  }
  for (auto& child : (*e)->mutable_children()) rewrite_expr(&child, replace);
  if (PlanSubquery* subquery = subquery_of(**e)) {
    for (auto& outer : subquery->outer()) rewrite_expr(&outer, replace);
  }
}

std::string column_text(const PlanColumn& column) {
  std::string text;
  if (!column.db.empty()) text += column.db + ".";
  if (!column.table.empty()) text += column.table + ".";
  return text + column.name;
}

ExprPtr column_ref(const PlanColumn& column) {
  return std::make_unique<ColumnRef>(column.id, column.type, column_text(column));
}

void for_each_expr(PlanNode& node, const std::function<void(ExprPtr&)>& visit) {
  auto all = [&visit](std::vector<ExprPtr>& list) {
    for (auto& e : list) visit(e);
  };
  switch (node.kind) {
    case PlanKind::kDataSource:
      all(as<DataSourcePlan>(node).filters);
      return;
    case PlanKind::kVirtualScan:
      return all(as<VirtualScanPlan>(node).filters);
    case PlanKind::kSelection:
      return all(as<SelectionPlan>(node).conditions);
    case PlanKind::kProjection:
      return all(as<ProjectionPlan>(node).exprs);
    case PlanKind::kAggregation: {
      auto& aggregation = as<AggregationPlan>(node);
      for (auto& call : aggregation.aggregates) {
        all(call->args);
        for (auto& order : call->order_by) visit(order.key);
      }
      return all(aggregation.group_by);
    }
    case PlanKind::kJoin: {
      auto& join = as<JoinPlan>(node);
      for (auto& key : join.keys) {
        visit(key.left);
        visit(key.right);
      }
      return all(join.other);
    }
    case PlanKind::kSort:
      for (auto& item : as<SortPlan>(node).items) visit(item.expr);
      return;
    case PlanKind::kTopN:
      for (auto& item : as<TopNPlan>(node).items) visit(item.expr);
      return;
    case PlanKind::kDual:
    case PlanKind::kLimit:
    case PlanKind::kUnionAll:
    case PlanKind::kSetOperation:
      return;
  }
}

}  // namespace tbl::tidb
