// Walks over expressions as the planner needs them: through the outer values of subqueries too.
#pragma once

#include <functional>
#include <set>
#include <string>
#include <vector>

#include "tidb/expr/expr.h"
#include "tidb/plan/plan.h"

namespace tbl::tidb {

using ColumnIds = std::set<size_t>;

/// Calls `visit` for every ColumnRef in `e`, those that a subquery takes from this row included.
void for_each_column(Expr& e, const std::function<void(ColumnRef&)>& visit);
/// The ids of those.
void collect_columns(const Expr& e, ColumnIds* ids);
ColumnIds columns_of(const Expr& e);
ColumnIds columns_of(const PlanNode& node);
bool is_subset(const ColumnIds& part, const ColumnIds& whole);

/// Whether it holds a CorrelatedColumn (outer values of subqueries included).
bool has_correlated(const Expr& e);
bool has_subquery(const Expr& e);
bool is_volatile(const Expr& e);

/// A text that is equal for expressions that mean the same over the same columns.
std::string fingerprint(const Expr& e);

/// Replaces nodes from the top: where `replace` gives an expression, it takes the node's place and
/// is not looked into.
void rewrite_expr(ExprPtr* e, const std::function<ExprPtr(const Expr&)>& replace);

/// A reference to a node's column by its id.
ExprPtr column_ref(const PlanColumn& column);
/// "db.table.name", as EXPLAIN and error texts show a column.
std::string column_text(const PlanColumn& column);

/// Calls `visit` for each expression that the node itself evaluates (not its children).
void for_each_expr(PlanNode& node, const std::function<void(ExprPtr&)>& visit);

}  // namespace tbl::tidb
