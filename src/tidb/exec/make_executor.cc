#include "tidb/exec/make.h"

namespace tbl::tidb {

namespace {

ExecutorPtr make_join(const JoinPlan& plan, ExecContext& context) {
  ExecutorPtr left = make_executor(*plan.children[0], context);
  if (plan.method == JoinMethod::kIndex) {
    const auto& inner = as<DataSourcePlan>(*plan.children[1]);
    return make_index_join(plan, context, std::move(left), make_source(inner, context));
  }
  Children children;
  children.push_back(std::move(left));
  children.push_back(make_executor(*plan.children[1], context));
  return make_hash_join(plan, context, std::move(children));
}

}  // namespace

ExecutorPtr make_executor(const PlanNode& plan, ExecContext& context) {
  if (plan.kind == PlanKind::kJoin) return make_join(as<JoinPlan>(plan), context);
  Children children;
  for (const PlanPtr& child : plan.children) children.push_back(make_executor(*child, context));
  switch (plan.kind) {
    case PlanKind::kDual:
      return make_dual(as<DualPlan>(plan), context);
    case PlanKind::kDataSource:
      return make_source(as<DataSourcePlan>(plan), context);
    case PlanKind::kVirtualScan:
      return make_virtual_scan(as<VirtualScanPlan>(plan), context);
    case PlanKind::kSelection:
      return make_selection(as<SelectionPlan>(plan), context, std::move(children));
    case PlanKind::kProjection:
      return make_projection(as<ProjectionPlan>(plan), context, std::move(children));
    case PlanKind::kAggregation:
      return make_aggregation(as<AggregationPlan>(plan), context, std::move(children));
    case PlanKind::kSort:
      return make_sort(as<SortPlan>(plan), context, std::move(children));
    case PlanKind::kTopN:
      return make_top_n(as<TopNPlan>(plan), context, std::move(children));
    case PlanKind::kLimit:
      return make_limit(as<LimitPlan>(plan), context, std::move(children));
    case PlanKind::kUnionAll:
      return make_union_all(as<UnionAllPlan>(plan), context, std::move(children));
    case PlanKind::kSetOperation:
      return make_set_operation(as<SetOperationPlan>(plan), context, std::move(children));
    case PlanKind::kJoin:
      break;
  }
  return std::move(children[0]);
}

}  // namespace tbl::tidb
