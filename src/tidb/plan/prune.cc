#include "tidb/plan/rules.h"

namespace tbl::tidb {

namespace {

void add_columns_of(PlanNode& node, ColumnIds* ids) {
  for_each_expr(node, [ids](ExprPtr& e) { collect_columns(*e, ids); });
}

/// Keeps the parallel elements of both vectors whose column is needed.
template <typename T>
void keep_needed(std::vector<PlanColumn>* columns, std::vector<T>* others,
                 const ColumnIds& needed) {
  size_t kept = 0;
  for (size_t i = 0; i < columns->size(); ++i) {
    if (!needed.contains((*columns)[i].id)) continue;
    if (kept != i) {
      (*columns)[kept] = std::move((*columns)[i]);
      (*others)[kept] = std::move((*others)[i]);
    }
    ++kept;
  }
  columns->resize(kept);
  others->resize(kept);
}

void prune_source(DataSourcePlan* node, ColumnIds needed) {
  if (node->full_row) return;
  add_columns_of(*node, &needed);
  keep_needed(&node->columns, &node->offsets, needed);
}

void prune_aggregation(AggregationPlan* node, const ColumnIds& needed) {
  size_t count = node->aggregates.size();
  auto middle = node->columns.begin() + static_cast<std::ptrdiff_t>(count);
  std::vector<PlanColumn> columns(node->columns.begin(), middle);
  std::vector<PlanColumn> keys(middle, node->columns.end());
  keep_needed(&columns, &node->aggregates, needed);
  columns.insert(columns.end(), keys.begin(), keys.end());
  node->columns = std::move(columns);
  ColumnIds below;
  add_columns_of(*node, &below);
  prune_columns(node->children[0].get(), below);
}

void prune_join(JoinPlan* node, ColumnIds needed) {
  add_columns_of(*node, &needed);
  for (PlanPtr& child : node->children) prune_columns(child.get(), needed);
  node->columns = node->children[0]->columns;
  if (node->join == JoinKind::kSemi || node->join == JoinKind::kAntiSemi) return;
  const auto& right = node->children[1]->columns;
  node->columns.insert(node->columns.end(), right.begin(), right.end());
}

}  // namespace

void prune_columns(PlanNode* node, const ColumnIds& needed) {
  switch (node->kind) {
    case PlanKind::kDual:
      return;
    case PlanKind::kDataSource:
      return prune_source(&as<DataSourcePlan>(*node), needed);
    case PlanKind::kVirtualScan: {
      ColumnIds all = needed;
      add_columns_of(*node, &all);
      auto& scan = as<VirtualScanPlan>(*node);
      return keep_needed(&scan.columns, &scan.offsets, all);
    }
    case PlanKind::kProjection: {
      auto& projection = as<ProjectionPlan>(*node);
      keep_needed(&projection.columns, &projection.exprs, needed);
      ColumnIds below;
      add_columns_of(*node, &below);
      return prune_columns(node->children[0].get(), below);
    }
    case PlanKind::kAggregation:
      return prune_aggregation(&as<AggregationPlan>(*node), needed);
    case PlanKind::kJoin:
      return prune_join(&as<JoinPlan>(*node), needed);
    case PlanKind::kUnionAll:
    case PlanKind::kSetOperation:
      for (PlanPtr& child : node->children) prune_columns(child.get(), columns_of(*child));
      return;
    case PlanKind::kSelection:
    case PlanKind::kSort:
    case PlanKind::kTopN:
    case PlanKind::kLimit: {
      ColumnIds below = needed;
      add_columns_of(*node, &below);
      prune_columns(node->children[0].get(), below);
      node->columns = node->children[0]->columns;
      return;
    }
  }
}

}  // namespace tbl::tidb
