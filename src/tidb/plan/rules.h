// The rules that turn a bound query into a plan to run, in the order optimize() applies them.
#pragma once

#include <vector>

#include "tidb/plan/expr_util.h"
#include "tidb/plan/plan.h"

namespace tbl::tidb {

/// What rules share: the evaluation context for constants.
struct RuleContext {
  EvalContext& eval;
  /// Tables are read by ranges of a key wherever conditions give some, whatever it costs.
  bool prefer_keys = false;
  BuildContext build() const { return BuildContext{eval}; }
};

/// Whether equal values of both types have equal group keys, so that they can be a join's key.
bool can_be_join_key(const FieldType& a, const FieldType& b);

/// All rules, for a plan and the subqueries in its expressions; then columns are positions.
Status optimize(PlanPtr* root, const RuleContext& ctx);
/// The same for the subqueries of an expression that stands in no plan. Its columns stay ids.
Status optimize_expression(Expr* e, const RuleContext& ctx);

/// Conditions `x IN (select)`, `EXISTS (select)` and their negations become semi joins where the
/// subquery is simple enough.
Status subqueries_to_joins(PlanPtr* node, const RuleContext& ctx);

/// Moves conditions towards the tables, finds keys of joins, turns outer joins into inner ones
/// where a condition refuses the padded rows. `conditions` are those from above.
Result<PlanPtr> push_down(PlanPtr node, std::vector<ExprPtr> conditions, const RuleContext& ctx);

/// Drops columns that nobody needs.
void prune_columns(PlanNode* node, const ColumnIds& needed);

/// Chooses how tables are read and joined, and in which order rows come.
Status choose_access(PlanNode* node, const RuleContext& ctx);
/// 1175 when a table that UPDATE or DELETE works on is read as a whole.
Status check_found_by_key(const PlanNode& node);
Status choose_join(PlanNode* node, const RuleContext& ctx);
/// Limit over Sort: TopN; sorts over what already comes in order vanish; tables learn limits.
void push_limits(PlanPtr* node);

/// ColumnRefs become positions. An unknown id is an internal error.
Status resolve_columns(PlanNode* node);
/// For expressions over rows of these columns.
Status resolve_expr(Expr* e, const std::vector<PlanColumn>& columns);

/// The columns that ranges of this index (null: of the handle) are over.
std::vector<RangeColumn> access_columns(const DataSourcePlan& node, const schema::IndexInfo* index);
/// The index holds all that the node reads.
bool is_covering(const DataSourcePlan& node, const schema::IndexInfo& index);
/// Ranges of a node with DataSourcePlan::ranges_at_open, for the outer row that is set now. A path
/// chosen as points may get other ranges here (an outer value that no row can equal gives none).
std::vector<ValueRange> ranges_at_open(const DataSourcePlan& node, EvalContext& eval);

/// The planner's guess of a node's rows.
double estimate_rows(PlanNode* node);

}  // namespace tbl::tidb
