#include <algorithm>

#include "tidb/expr/func_expr.h"
#include "tidb/plan/rules.h"

namespace tbl::tidb {

namespace {

// TiDB's guesses without statistics.
constexpr double kEqualRate = 1.0 / 1000;
constexpr double kLessRate = 1.0 / 3;
constexpr double kBetweenRate = 1.0 / 40;
constexpr double kOtherRate = 0.8;
constexpr double kVirtualRows = 10000;

double rate_of(const Expr& e) {
  bool with_constant = std::any_of(e.children().begin(), e.children().end(),
                                   [](const ExprPtr& child) { return child->is_constant(); });
  if (!with_constant) return kOtherRate;
  if (as_function(e, "eq") || as_function(e, "nulleq") || as_function(e, "isnull")) {
    return kEqualRate;
  }
  if (as_function(e, "between")) return kBetweenRate;
  if (as_function(e, "in")) {
    return std::min(1.0, kEqualRate * static_cast<double>(e.children().size() - 1));
  }
  for (std::string_view name : {"lt", "le", "gt", "ge"}) {
    if (as_function(e, name)) return kLessRate;
  }
  return kOtherRate;
}

double rate_of(const std::vector<ExprPtr>& conditions) {
  double rate = 1;
  for (const ExprPtr& e : conditions) rate *= rate_of(*e);
  return rate;
}

double join_rows(const JoinPlan& join, double left, double right) {
  if (join.join == JoinKind::kSemi || join.join == JoinKind::kAntiSemi) return left * kOtherRate;
  double rows = join.keys.empty() ? left * right : std::max(left, right) * 1.25;
  rows *= rate_of(join.other);
  return join.join == JoinKind::kLeft ? std::max(rows, left) : rows;
}

}  // namespace

double estimate_rows(PlanNode* node) {
  std::vector<double> input;
  for (PlanPtr& child : node->children) input.push_back(estimate_rows(child.get()));
  auto limited = [](double rows, uint64_t count) {
    return std::min(rows, static_cast<double>(count));
  };
  switch (node->kind) {
    case PlanKind::kDual:
      node->row_count = static_cast<double>(as<DualPlan>(*node).rows);
      break;
    case PlanKind::kDataSource: {
      auto& source = as<DataSourcePlan>(*node);
      node->row_count = limited(source.access_rows * rate_of(source.filters), source.limit);
      break;
    }
    case PlanKind::kVirtualScan:
      node->row_count = kVirtualRows * rate_of(as<VirtualScanPlan>(*node).filters);
      break;
    case PlanKind::kSelection:
      node->row_count = input[0] * rate_of(as<SelectionPlan>(*node).conditions);
      break;
    case PlanKind::kAggregation:
      node->row_count = as<AggregationPlan>(*node).scalar ? 1 : input[0] * kOtherRate;
      break;
    case PlanKind::kJoin:
      node->row_count = join_rows(as<JoinPlan>(*node), input[0], input[1]);
      break;
    case PlanKind::kTopN:
      node->row_count = limited(input[0], as<TopNPlan>(*node).count);
      break;
    case PlanKind::kLimit:
      node->row_count = limited(input[0], as<LimitPlan>(*node).count);
      break;
    case PlanKind::kUnionAll:
      node->row_count = 0;
      for (double rows : input) node->row_count += rows;
      break;
    case PlanKind::kProjection:
    case PlanKind::kSort:
    case PlanKind::kSetOperation:
      node->row_count = input[0];
      break;
  }
  return node->row_count;
}

}  // namespace tbl::tidb
