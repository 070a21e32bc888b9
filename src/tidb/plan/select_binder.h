// One SELECT block, with the ORDER BY and LIMIT of the query it is alone in.
#pragma once

#include "tidb/plan/aggregate_binder.h"
#include "tidb/plan/bind_state.h"
#include "tidb/plan/from_binder.h"

namespace tbl::tidb {

/// An entry of the select list, stars expanded.
struct SelectField {
  ExprPtr expr;
  PlanColumn column;  ///< of the projection: a new id, the heading
  bool aliased = false;
};

/// An ORDER BY key: an entry of the select list, or an expression of its own.
struct OrderKey {
  size_t field = kNone;
  ExprPtr expr;
  bool descending = false;
  static constexpr size_t kNone = SIZE_MAX;
};

class SelectBinder {
 public:
  SelectBinder(BindState& state, const CteScope* ctes, OuterScope* outer)
      : state_(state), ctes_(ctes), outer_(outer) {}
  /// `query` is the one around: with one term its ORDER BY, LIMIT and lock belong to the block.
  Result<PlanPtr> bind(const ast::SelectBlock& block, const ast::Query& query);

 private:
  Result<PlanPtr> bind_from(const ast::SelectBlock& block);
  Status bind_fields(const ast::SelectBlock& block);
  Status expand_star(const ast::SelectItem& item);
  Status bind_group_by(const ast::SelectBlock& block);
  Status bind_order_by(const ast::Query& query);
  Result<ExprPtr> group_key(const ast::Expr& node);
  Result<OrderKey> order_key(const ast::OrderItem& item);
  Result<PlanPtr> aggregate(PlanPtr plan);
  Result<PlanPtr> project(PlanPtr plan, bool distinct);
  PlanPtr sort(PlanPtr plan);
  ClauseScope::Place place() { return {state_, scope_, ctes_, outer_}; }

  BindState& state_;
  const CteScope* ctes_;
  OuterScope* outer_;
  Scope scope_;
  std::vector<SelectField> fields_;
  AggregateList aggregates_;
  std::vector<ExprPtr> group_by_;
  bool has_group_by_ = false;
  ExprPtr having_;
  std::vector<OrderKey> order_;
  std::vector<SortItem> sort_items_;
};

}  // namespace tbl::tidb
