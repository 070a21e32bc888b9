#include <algorithm>

#include "tidb/plan/rules.h"

namespace tbl::tidb {

namespace {

// Outer rows up to this share of the inner table are looked up one by one rather than the whole
// inner table being read.
constexpr double kIndexJoinShare = 0.1;

bool is_replaceable(const DataSourcePlan& node) {
  return node.access != AccessKind::kPointGet && !node.ranges_at_open;
}

/// The keys that give the leading columns of the path, in its order.
std::vector<size_t> keys_for(const JoinPlan& join, const DataSourcePlan& inner,
                             const schema::IndexInfo* index) {
  std::vector<size_t> found;
  for (const RangeColumn& column : access_columns(inner, index)) {
    size_t i = 0;
    for (; i < join.keys.size(); ++i) {
      const Expr& right = *join.keys[i].right;
      if (join.keys[i].null_safe || right.kind() != ExprKind::kColumn) continue;
      if (static_cast<const ColumnRef&>(right).index() == column.id) break;
    }
    if (column.is_prefix || i == join.keys.size()) break;
    found.push_back(i);
  }
  return found;
}

bool use_path(JoinPlan* join, DataSourcePlan* inner, const schema::IndexInfo* index) {
  std::vector<size_t> keys = keys_for(*join, *inner, index);
  if (keys.empty()) return false;
  join->method = JoinMethod::kIndex;
  join->index_keys = std::move(keys);
  inner->index = index;
  // What the ranges stood for has to be checked again.
  inner->ranges.clear();
  for (ExprPtr& e : inner->access_conditions) inner->filters.push_back(std::move(e));
  inner->access_conditions.clear();
  inner->keep_order = false;
  if (!index) {
    inner->access = AccessKind::kPointGet;
  } else {
    inner->access =
        is_covering(*inner, *index) ? AccessKind::kIndexReader : AccessKind::kIndexLookup;
  }
  return true;
}

bool try_index_join(JoinPlan* join) {
  if (join->keys.empty() || join->null_aware) return false;
  PlanNode& right = *join->children[1];
  if (right.kind != PlanKind::kDataSource) return false;
  auto& inner = as<DataSourcePlan>(right);
  if (!is_replaceable(inner)) return false;
  double outer_rows = estimate_rows(join->children[0].get());
  if (outer_rows > inner.access_rows * kIndexJoinShare) return false;
  if (use_path(join, &inner, nullptr)) return true;
  for (const schema::IndexInfo& index : inner.table->indexes) {
    if (!index.is_public() || index.invisible || index.multi_valued) continue;
    if (use_path(join, &inner, &index)) return true;
  }
  return false;
}

void swap_sides(JoinPlan* join) {
  std::swap(join->children[0], join->children[1]);
  for (auto& key : join->keys) std::swap(key.left, key.right);
  join->columns = join->children[0]->columns;
  const auto& right = join->children[1]->columns;
  join->columns.insert(join->columns.end(), right.begin(), right.end());
}

void choose_method(JoinPlan* join) {
  if (try_index_join(join)) return;
  if (join->join != JoinKind::kInner) return;
  swap_sides(join);
  if (try_index_join(join)) return;
  swap_sides(join);
  join->build_left =
      estimate_rows(join->children[0].get()) < estimate_rows(join->children[1].get());
}

void refresh_columns(PlanNode* node) {
  switch (node->kind) {
    case PlanKind::kSelection:
    case PlanKind::kSort:
    case PlanKind::kTopN:
    case PlanKind::kLimit:
      node->columns = node->children[0]->columns;
      return;
    case PlanKind::kJoin: {
      node->columns = node->children[0]->columns;
      JoinKind kind = as<JoinPlan>(*node).join;
      if (kind == JoinKind::kSemi || kind == JoinKind::kAntiSemi) return;
      const auto& right = node->children[1]->columns;
      node->columns.insert(node->columns.end(), right.begin(), right.end());
      return;
    }
    default:
      return;
  }
}

}  // namespace

Status choose_join(PlanNode* node, const RuleContext& ctx) {
  for (PlanPtr& child : node->children) TBL_TRY(choose_join(child.get(), ctx));
  refresh_columns(node);
  if (node->kind == PlanKind::kJoin) choose_method(&as<JoinPlan>(*node));
  return ok_status();
}

}  // namespace tbl::tidb
