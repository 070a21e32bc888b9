#include <algorithm>

#include "tidb/plan/partition_pruning.h"
#include "tidb/plan/rules.h"
#include "tidb/plan/subplan.h"
#include "tidb/types/field_type.h"
#include "tidb/types/sql_error.h"

namespace tbl::tidb {

namespace {

// What TiDB assumes of a table without statistics.
constexpr double kPseudoRows = 10000;
// A row found through an index costs more than one met by a scan.
constexpr double kLookupFactor = 2.5;

struct Candidate {
  AccessKind access = AccessKind::kTableScan;
  const schema::IndexInfo* index = nullptr;
  RangeResult ranges;
  double rows = kPseudoRows;
  double cost = kPseudoRows;
};

RangeColumn range_column(const DataSourcePlan& node, int offset, const FieldType& type) {
  RangeColumn column;
  column.type = &type;
  for (size_t i = 0; i < node.offsets.size(); ++i) {
    if (node.offsets[i] == offset) column.id = node.columns[i].id;
  }
  return column;
}

}  // namespace

std::vector<RangeColumn> access_columns(const DataSourcePlan& node,
                                        const schema::IndexInfo* index) {
  static const FieldType kHandleType = int_type();
  std::vector<RangeColumn> columns;
  if (!index) {
    if (node.table->pk_is_handle) {
      uint32_t position = node.table->handle_columns[0];
      columns.push_back(
          range_column(node, static_cast<int>(position), node.table->columns[position].type));
    } else {
      columns.push_back(range_column(node, DataSourcePlan::kHandle, kHandleType));
    }
    return columns;
  }
  for (const schema::IndexColumn& part : index->columns) {
    RangeColumn column =
        range_column(node, static_cast<int>(part.offset), node.table->columns[part.offset].type);
    column.is_prefix = part.length != schema::IndexColumn::kWhole;
    columns.push_back(column);
  }
  return columns;
}

bool is_covering(const DataSourcePlan& node, const schema::IndexInfo& index) {
  if (node.full_row) return false;
  for (int offset : node.offsets) {
    if (offset == DataSourcePlan::kPhysicalId || offset == DataSourcePlan::kHandle) continue;
    bool is_handle =
        node.table->pk_is_handle && static_cast<uint32_t>(offset) == node.table->handle_columns[0];
    bool in_index = std::any_of(index.columns.begin(), index.columns.end(), [&](const auto& part) {
      return part.offset == offset && part.length == schema::IndexColumn::kWhole;
    });
    if (!in_index && !is_handle) return false;
  }
  return true;
}

namespace {

bool allowed_by_hints(const DataSourcePlan& node, const std::string& lower_name) {
  bool chosen_only = false;
  bool chosen = false;
  for (const IndexHint& hint : node.hints) {
    if (hint.kind == ast::IndexHintKind::kIgnore) {
      if (hint.name == lower_name) return false;
      continue;
    }
    chosen_only = true;
    chosen = chosen || hint.name == lower_name;
  }
  return !chosen_only || chosen;
}

bool is_forced(const DataSourcePlan& node, const std::string& lower_name) {
  return std::any_of(node.hints.begin(), node.hints.end(), [&](const IndexHint& hint) {
    return hint.kind != ast::IndexHintKind::kIgnore && hint.name == lower_name;
  });
}

/// A subquery that gives one value and needs nothing of this table's rows.
bool is_value_from_outside(const Expr& e) {
  if (e.kind() == ExprKind::kCorrelatedColumn) return true;
  if (e.kind() != ExprKind::kSubquery) return false;
  const auto& subquery = static_cast<const SubqueryExpr&>(e);
  return subquery.subquery_kind() == SubqueryKind::kScalar && column_count(e) == 1 &&
         columns_of(e).empty();
}

bool has_value_from_outside(const Expr& e) {
  bool found = has_correlated(e);
  walk_expr(e, [&found](const Expr& node) { found = found || is_value_from_outside(node); });
  return found;
}

/// Conditions with values that are not known before the statement runs replaced by samples.
std::vector<ExprPtr> sampled(const std::vector<ExprPtr>& conditions) {
  std::vector<ExprPtr> samples;
  for (const ExprPtr& e : conditions) {
    samples.push_back(e->clone());
    rewrite_expr(&samples.back(), [](const Expr& node) -> ExprPtr {
      if (!is_value_from_outside(node)) return nullptr;
      return std::make_unique<Constant>(zero_value(node.type()), node.type());
    });
  }
  return samples;
}

class PathChooser {
 public:
  PathChooser(DataSourcePlan& node, const RuleContext& ctx)
      : node_(node),
        eval_(ctx.eval),
        prefer_keys_(ctx.prefer_keys),
        samples_(sampled(node.filters)) {}

  void run() {
    Candidate best = table_path();
    for (const schema::IndexInfo& index : node_.table->indexes) {
      if (!index.is_public() || index.invisible || index.multi_valued) continue;
      if (!allowed_by_hints(node_, index.name.l)) continue;
      auto candidate = index_path(index);
      if (candidate && is_better(*candidate, best)) best = std::move(*candidate);
    }
    apply(std::move(best));
  }

 private:
  bool is_better(const Candidate& a, const Candidate& b) const {
    if (prefer_keys_ && a.ranges.limited != b.ranges.limited) return a.ranges.limited;
    return a.cost < b.cost;
  }

  Candidate table_path() {
    Candidate path;
    path.ranges = build_ranges(access_columns(node_, nullptr), samples_, eval_);
    path.rows = kPseudoRows * path.ranges.selectivity;
    if (path.ranges.point_columns == 1) {
      path.access = AccessKind::kPointGet;
      path.rows = static_cast<double>(path.ranges.ranges.size());
      path.cost = path.rows * 0.5;
    } else {
      path.cost = path.rows;
    }
    return path;
  }

  std::optional<Candidate> index_path(const schema::IndexInfo& index) {
    Candidate path;
    path.index = &index;
    path.ranges = build_ranges(access_columns(node_, &index), samples_, eval_);
    bool forced = is_forced(node_, index.name.l);
    if (!path.ranges.limited && !forced) return std::nullopt;
    bool covering = is_covering(node_, index);
    bool whole = path.ranges.point_columns == index.columns.size();
    if (index.unique && whole && !path.ranges.has_null_point && !has_prefix(index)) {
      path.access = AccessKind::kPointGet;
      path.rows = static_cast<double>(path.ranges.ranges.size());
      path.cost = path.rows;
      return path;
    }
    path.access = covering ? AccessKind::kIndexReader : AccessKind::kIndexLookup;
    path.rows = kPseudoRows * path.ranges.selectivity;
    path.cost = covering ? path.rows * 0.9 : path.rows * kLookupFactor + 1;
    if (forced) path.cost = -1 / (path.cost + 1);
    return path;
  }

  static bool has_prefix(const schema::IndexInfo& index) {
    return std::any_of(index.columns.begin(), index.columns.end(),
                       [](const auto& part) { return part.length != schema::IndexColumn::kWhole; });
  }

  void apply(Candidate path) {
    node_.access = path.access;
    node_.index = path.index;
    node_.ranges = std::move(path.ranges.ranges);
    node_.access_rows = path.rows;
    node_.point_columns = path.ranges.point_columns;
    node_.points = path.ranges.points;
    std::vector<ExprPtr> left;
    std::vector<ExprPtr> unsure;
    for (size_t i = 0; i < node_.filters.size(); ++i) {
      ExprPtr& e = node_.filters[i];
      bool outer = has_value_from_outside(*e);
      if (outer) node_.ranges_at_open = node_.ranges_at_open || path.ranges.limited;
      if (!path.ranges.guaranteed[i] || outer) {
        unsure.push_back(e->clone());
        left.push_back(std::move(e));
      } else {
        node_.access_conditions.push_back(std::move(e));
      }
    }
    node_.filters = std::move(left);
    if (!node_.ranges_at_open) return;
    for (ExprPtr& e : unsure) node_.access_conditions.push_back(std::move(e));
  }

  DataSourcePlan& node_;
  EvalContext& eval_;
  const bool prefer_keys_;
  std::vector<ExprPtr> samples_;
};

}  // namespace

Status choose_access(PlanNode* node, const RuleContext& ctx) {
  for (PlanPtr& child : node->children) TBL_TRY(choose_access(child.get(), ctx));
  if (node->kind != PlanKind::kDataSource) return ok_status();
  auto& source = as<DataSourcePlan>(*node);
  TBL_TRY(prune_partitions(&source, ctx));
  PathChooser(source, ctx).run();
  return ok_status();
}

Status check_found_by_key(const PlanNode& node) {
  if (node.kind == PlanKind::kDataSource) {
    const auto& source = as<DataSourcePlan>(node);
    const bool whole =
        source.ranges.size() == 1 && source.ranges[0].low.empty() && source.ranges[0].high.empty();
    if (!source.full_row || !whole) return ok_status();
    return sql_error(kErrUpdateWithoutKeyInSafeMode,
                     "You are using safe update mode and you tried to update a table without a "
                     "WHERE that uses a KEY column");
  }
  // The inner table of an index join gets its ranges from the rows of the outer one.
  const bool index_join =
      node.kind == PlanKind::kJoin && as<JoinPlan>(node).method == JoinMethod::kIndex;
  for (size_t i = 0; i < node.children.size(); ++i) {
    if (index_join && i == 1) continue;
    TBL_TRY(check_found_by_key(*node.children[i]));
  }
  return ok_status();
}

std::vector<ValueRange> ranges_at_open(const DataSourcePlan& node, EvalContext& eval) {
  RangeResult result = build_ranges(access_columns(node, node.index), node.access_conditions, eval);
  return std::move(result.ranges);
}

}  // namespace tbl::tidb
