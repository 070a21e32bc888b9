#include "tidb/plan/partition_pruning.h"

#include <algorithm>
#include <set>

#include "tidb/plan/range.h"
#include "tidb/plan/table_exprs.h"
#include "tidb/types/sql_error.h"

namespace tbl::tidb {

namespace {

constexpr int kErrUnknownPartition = 1735;

/// What filters leave of the only column that the partition expression reads.
std::optional<IntervalSet> column_intervals(const DataSourcePlan& node, size_t offset,
                                            EvalContext& eval) {
  for (size_t i = 0; i < node.offsets.size(); ++i) {
    if (node.offsets[i] != static_cast<int>(offset)) continue;
    IndexedColumn column{node.columns[i].id, &node.table->columns[offset].type};
    IntervalSet set = IntervalSet::all();
    for (const ExprPtr& filter : node.filters) {
      if (has_correlated(*filter) || has_subquery(*filter)) continue;
      if (auto next = intervals_of(*filter, column, eval)) set = intersect(set, *next);
    }
    return set;
  }
  return std::nullopt;
}

std::set<int64_t> partitions_of_points(const DataSourcePlan& node, const TableExprs& exprs,
                                       const std::vector<Value>& points, size_t offset,
                                       EvalContext& eval) {
  std::set<int64_t> ids;
  Row row(node.table->columns.size());
  for (const Value& point : points) {
    row[offset] = point;
    auto id = exprs.physical_id(*node.table, eval, row);
    if (id.ok()) ids.insert(*id);  // a value that no partition takes is in none
  }
  return ids;
}

/// RANGE over a plain column: partitions from that of the least value to that of the greatest.
std::set<int64_t> partitions_of_range(const DataSourcePlan& node, const TableExprs& exprs,
                                      const ValueInterval& interval, EvalContext& eval) {
  std::set<int64_t> ids;
  const auto& definitions = node.table->partition->definitions;
  std::optional<Value> start;  // the bound before the partition
  for (size_t i = 0; i < definitions.size(); ++i) {
    const std::optional<Value>& end = exprs.less_than[i];
    auto order = [&eval](const Value& a, const Value& b) {
      auto result = compare(a, b, eval.convert);
      return result.ok() ? *result : 0;
    };
    bool before = end && !interval.low.is_null() && order(*end, interval.low) <= 0;
    bool after = start && interval.high && order(*start, *interval.high) > 0;
    if (!before && !after) ids.insert(definitions[i].id);
    start = end;
  }
  return ids;
}

Result<std::set<int64_t>> possible_partitions(const DataSourcePlan& node, const RuleContext& ctx) {
  const schema::PartitionInfo& partition = *node.table->partition;
  std::set<int64_t> all;
  for (const auto& definition : partition.definitions) all.insert(definition.id);
  TBL_ASSIGN(auto exprs, bind_table_exprs(*node.table, ctx.eval));
  ColumnIds columns = columns_of(*exprs->partition);
  if (columns.size() != 1) return all;
  size_t offset = *columns.begin();
  auto intervals = column_intervals(node, offset, ctx.eval);
  if (!intervals) return all;
  if (intervals->all_points()) {
    std::vector<Value> points;
    for (const ValueInterval& interval : intervals->intervals) points.push_back(interval.low);
    return partitions_of_points(node, *exprs, points, offset, ctx.eval);
  }
  bool plain = exprs->partition->kind() == ExprKind::kColumn;
  if (!plain || exprs->less_than.empty()) return all;
  std::set<int64_t> ids;
  for (const ValueInterval& interval : intervals->intervals) {
    ids.merge(partitions_of_range(node, *exprs, interval, ctx.eval));
  }
  return ids;
}

}  // namespace

Status prune_partitions(DataSourcePlan* node, const RuleContext& ctx) {
  if (!node->table->is_partitioned()) {
    node->physical_ids = {node->table->id};
    return ok_status();
  }
  TBL_ASSIGN(std::set<int64_t> possible, possible_partitions(*node, ctx));
  const auto& definitions = node->table->partition->definitions;
  for (const std::string& name : node->partition_names) {
    bool known = std::any_of(definitions.begin(), definitions.end(),
                             [&](const auto& d) { return d.name.l == name; });
    if (known) continue;
    return sql_error(SqlErrno(kErrUnknownPartition),
                     "Unknown partition '" + name + "' in table '" + node->table->name.o + "'");
  }
  for (const auto& definition : definitions) {
    bool named = node->partition_names.empty() ||
                 std::find(node->partition_names.begin(), node->partition_names.end(),
                           definition.name.l) != node->partition_names.end();
    if (named && possible.contains(definition.id)) node->physical_ids.push_back(definition.id);
  }
  return ok_status();
}

}  // namespace tbl::tidb
