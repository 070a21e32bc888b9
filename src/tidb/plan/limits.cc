#include <algorithm>

#include "tidb/plan/rules.h"

namespace tbl::tidb {

namespace {

struct OrderColumn {
  size_t id;
  bool descending;
};

/// The columns that a table's path gives rows in the order of; a unique end ends the need.
bool path_gives(const DataSourcePlan& node, const schema::IndexInfo* index, size_t fixed,
                const std::vector<OrderColumn>& wanted) {
  std::vector<RangeColumn> path = access_columns(node, index);
  size_t at = 0;
  size_t next = 0;
  while (next < wanted.size()) {
    if (at == path.size()) {
      // Behind all columns of a unique key nothing is left to sort (a NULL may stand there twice).
      return !index;
    }
    if (path[at].is_prefix) return false;
    if (path[at].id == wanted[next].id) {
      ++at;
      ++next;
    } else if (at < fixed) {
      ++at;  // the same value in all rows
    } else {
      return false;
    }
  }
  return true;
}

bool unsigned_handle(const DataSourcePlan& node) {
  return node.table->pk_is_handle &&
         node.table->columns[node.table->handle_columns[0]].type.is_unsigned();
}

/// The only index (whole, no conditions) that gives the order; used when a limit ends the walk.
const schema::IndexInfo* index_for_order(const DataSourcePlan& node,
                                         const std::vector<OrderColumn>& wanted) {
  for (const schema::IndexInfo& index : node.table->indexes) {
    if (!index.is_public() || index.invisible || index.multi_valued) continue;
    if (path_gives(node, &index, 0, wanted)) return &index;
  }
  return nullptr;
}

bool source_gives(DataSourcePlan* node, const std::vector<OrderColumn>& wanted, bool limited) {
  bool single =
      node->access == AccessKind::kPointGet && node->ranges.size() <= 1 && !node->ranges_at_open;
  if (single) return true;
  if (node->physical_ids.size() != 1 || node->ranges_at_open) return false;
  bool descending = wanted[0].descending;
  for (const OrderColumn& column : wanted) {
    if (column.descending != descending) return false;
  }
  size_t fixed = node->points == 1 ? node->point_columns : 0;
  if (node->access != AccessKind::kPointGet && path_gives(*node, node->index, fixed, wanted)) {
    // Unsigned handles above the signed range stand before the others.
    if (!node->index && unsigned_handle(*node)) return false;
    node->keep_order = true;
    node->reverse = descending;
    return true;
  }
  bool plain_scan = node->access == AccessKind::kTableScan && node->filters.empty() &&
                    node->ranges.size() == 1 && node->ranges[0].low.empty() &&
                    node->ranges[0].high.empty();
  if (!limited || !plain_scan || !node->hints.empty()) return false;
  const schema::IndexInfo* index = index_for_order(*node, wanted);
  if (!index) return false;
  node->index = index;
  node->access = is_covering(*node, *index) ? AccessKind::kIndexReader : AccessKind::kIndexLookup;
  node->keep_order = true;
  node->reverse = descending;
  return true;
}

bool gives_order(PlanNode* node, std::vector<OrderColumn> wanted, bool limited) {
  switch (node->kind) {
    case PlanKind::kProjection: {
      auto& projection = as<ProjectionPlan>(*node);
      for (OrderColumn& column : wanted) {
        size_t i = 0;
        while (i < projection.columns.size() && projection.columns[i].id != column.id) ++i;
        if (i == projection.columns.size()) return false;
        const Expr& e = *projection.exprs[i];
        if (e.kind() != ExprKind::kColumn) return false;
        column.id = static_cast<const ColumnRef&>(e).index();
      }
      return gives_order(node->children[0].get(), std::move(wanted), limited);
    }
    case PlanKind::kSelection:
      return gives_order(node->children[0].get(), std::move(wanted), false);
    case PlanKind::kDataSource:
      return source_gives(&as<DataSourcePlan>(*node), wanted, limited);
    default:
      return false;
  }
}

bool sort_is_needless(const SortPlan& sort, bool limited) {
  std::vector<OrderColumn> wanted;
  for (const SortItem& item : sort.items) {
    if (item.expr->kind() != ExprKind::kColumn) return false;
    wanted.push_back({static_cast<const ColumnRef&>(*item.expr).index(), item.descending});
  }
  return gives_order(sort.children[0].get(), std::move(wanted), limited);
}

/// Tells a table below how many rows are wanted at most.
void tell_limit(PlanNode* node, uint64_t rows) {
  switch (node->kind) {
    case PlanKind::kDataSource:
      as<DataSourcePlan>(*node).limit = std::min(as<DataSourcePlan>(*node).limit, rows);
      return;
    case PlanKind::kProjection:
      return tell_limit(node->children[0].get(), rows);
    case PlanKind::kUnionAll:
      for (PlanPtr& child : node->children) tell_limit(child.get(), rows);
      return;
    default:
      return;
  }
}

PlanPtr make_top_n(LimitPlan& limit, SortPlan& sort) {
  auto top = std::make_unique<TopNPlan>();
  top->columns = limit.columns;
  top->items = std::move(sort.items);
  top->offset = limit.offset;
  top->count = limit.count;
  top->children = std::move(sort.children);
  return top;
}

/// MIN and MAX of a column that the table can be read in the order of: its first row is enough.
void stop_at_first(AggregationPlan* node) {
  bool alone = node->scalar && node->aggregates.size() == 1 && node->group_by.empty();
  if (!alone || node->children[0]->kind != PlanKind::kDataSource) return;
  const AggregateCall& call = *node->aggregates[0];
  bool is_max = call.name == "max";
  if ((!is_max && call.name != "min") || call.args[0]->kind() != ExprKind::kColumn) return;
  auto& source = as<DataSourcePlan>(*node->children[0]);
  // NULLs come first and count for nothing.
  bool skip_nulls = !is_max && !call.args[0]->type().not_null();
  bool whole = source.ranges.size() == 1 && source.ranges[0].low.empty();
  if (skip_nulls && !whole) return;
  size_t id = static_cast<const ColumnRef&>(*call.args[0]).index();
  if (!source_gives(&source, {{id, is_max}}, true)) return;
  if (skip_nulls) {
    source.ranges[0].low.push_back(Value::null());
    source.ranges[0].low_exclusive = true;
  }
  auto limit = std::make_unique<LimitPlan>();
  limit->columns = source.columns;
  limit->count = 1;
  limit->children.push_back(std::move(node->children[0]));
  node->children[0] = std::move(limit);
}

}  // namespace

void push_limits(PlanPtr* node) {
  if ((*node)->kind == PlanKind::kAggregation) stop_at_first(&as<AggregationPlan>(**node));
  if ((*node)->kind == PlanKind::kLimit) {
    auto& limit = as<LimitPlan>(**node);
    PlanPtr& child = limit.children[0];
    if (child->kind == PlanKind::kSort) {
      auto& sort = as<SortPlan>(*child);
      if (sort_is_needless(sort, true)) {
        child = PlanPtr(std::move(sort.children[0]));
      } else {
        *node = make_top_n(limit, sort);
        return push_limits(node);
      }
    }
    uint64_t rows =
        limit.offset + limit.count < limit.offset ? UINT64_MAX : limit.offset + limit.count;
    tell_limit(limit.children[0].get(), rows);
  } else if ((*node)->kind == PlanKind::kSort && sort_is_needless(as<SortPlan>(**node), false)) {
    *node = PlanPtr(std::move((*node)->children[0]));
    return push_limits(node);
  }
  for (PlanPtr& child : (*node)->children) push_limits(&child);
}

}  // namespace tbl::tidb
