#include <algorithm>

#include "tidb/plan/column_default.h"
#include "tidb/plan/dml_binder.h"
#include "tidb/plan/from_binder.h"
#include "tidb/plan/rules.h"
#include "tidb/types/collation.h"
#include "tidb/types/sql_error.h"

namespace tbl::tidb {

namespace {

/// The parts that UPDATE and DELETE have in common.
struct SourceParts {
  const ast::With& with;
  const ast::TableRef& tables;
  const ast::Expr* where;
  const std::vector<ast::OrderItem>& order_by;
  const std::optional<ast::Limit>& limit;
  AccessType access;  ///< of the tables
};

struct BoundSource {
  PlanPtr plan;
  Scope scope;
};

Result<BoundSource> bind_source(const SourceParts& parts, const CteScope* ctes, BindState& state) {
  FromBinder from(state, ctes, parts.access);
  TBL_ASSIGN(BoundFrom bound, from.bind(parts.tables));
  BoundSource source{std::move(bound.plan), std::move(bound.scope)};
  ClauseScope::Place place{state, source.scope, ctes, nullptr};
  if (parts.where) {
    ClauseScope where(place, "where clause");
    TBL_ASSIGN(ExprPtr condition, bind_expr(*parts.where, where, state.build()));
    source.plan = make_selection(std::move(source.plan), std::move(condition));
  }
  if (!parts.order_by.empty()) {
    auto sort = std::make_unique<SortPlan>();
    sort->columns = source.plan->columns;
    for (const ast::OrderItem& item : parts.order_by) {
      ClauseScope clause(place, "order clause");
      SortItem bound_item;
      bound_item.descending = item.descending;
      TBL_ASSIGN(bound_item.expr, bind_expr(*item.expr, clause, state.build()));
      sort->items.push_back(std::move(bound_item));
    }
    sort->children.push_back(std::move(source.plan));
    source.plan = std::move(sort);
  }
  if (parts.limit) {
    TBL_ASSIGN(LimitValues limit, bind_limit(*parts.limit, state));
    source.plan = make_limit(std::move(source.plan), limit);
  }
  return source;
}

/// The part of the FROM tree that reads this source, to learn where its columns stand.
const DataSourcePlan* find_source(const PlanNode& node, size_t column_id) {
  if (node.kind == PlanKind::kDataSource) {
    bool mine = std::any_of(node.columns.begin(), node.columns.end(),
                            [=](const PlanColumn& column) { return column.id == column_id; });
    return mine ? &as<DataSourcePlan>(node) : nullptr;
  }
  for (const PlanPtr& child : node.children) {
    if (const DataSourcePlan* found = find_source(*child, column_id)) return found;
  }
  return nullptr;
}

/// A table to change: its DmlTarget, and the id of the first column of its rows.
struct PendingTarget {
  DmlTarget target;
  size_t source = 0;
  size_t first_id = 0;
};

Result<PendingTarget> make_target(const PlanNode& plan, const ScopeColumn& column,
                                  BindState& state) {
  const DataSourcePlan* source = find_source(plan, column.column.id);
  if (!source) return internal_error("the target table has no source");
  PendingTarget pending;
  pending.source = column.source;
  pending.first_id = source->columns[0].id;
  pending.target.db = source->db;
  pending.target.table = source->table;
  TBL_ASSIGN(pending.target.exprs, bind_table_exprs(*source->table, state.context.eval));
  return pending;
}

Status place_targets(const PlanNode& source, std::vector<PendingTarget> pending,
                     std::vector<DmlTarget>* targets) {
  for (PendingTarget& p : pending) {
    size_t position = 0;
    while (position < source.columns.size() && source.columns[position].id != p.first_id) {
      ++position;
    }
    if (position == source.columns.size()) return internal_error("the target's columns are lost");
    p.target.first_column = position;
    targets->push_back(std::move(p.target));
  }
  return ok_status();
}

Status optimize_source(PlanPtr* plan, bool limited, BindState& state) {
  const bool safe = state.context.safe_updates && !limited;
  TBL_TRY(optimize(plan, {state.context.eval, safe}));
  return safe ? check_found_by_key(**plan) : ok_status();
}

Status not_updatable(const std::string& table, std::string_view statement) {
  return sql_error(kErrNonUpdatableTable, "The target table " + table + " of the " +
                                              std::string(statement) + " is not updatable");
}

class UpdateBinder {
 public:
  UpdateBinder(const ast::UpdateStatement& statement, BindState& state)
      : statement_(statement), state_(state) {}

  Result<UpdatePlan> run() {
    CteScope ctes{&statement_.with, statement_.with.tables.size(), nullptr};
    const CteScope* visible = statement_.with.tables.empty() ? nullptr : &ctes;
    TBL_ASSIGN(source_,
               bind_source({statement_.with, *statement_.tables, statement_.where.get(),
                            statement_.order_by, statement_.limit,
                            statement_.multi_table ? AccessType::kSelect : AccessType::kUpdate},
                           visible, state_));
    for (const ast::Assignment& assignment : statement_.assignments) {
      TBL_TRY(bind_assignment(assignment, visible));
    }
    UpdatePlan plan;
    plan.ignore = statement_.ignore;
    plan.multi_table = statement_.multi_table;
    RuleContext rules{state_.context.eval};
    TBL_TRY(optimize_source(&source_.plan, statement_.limit.has_value(), state_));
    plan.source = std::move(source_.plan);
    for (PendingTarget& pending : targets_) {
      for (Assignment& assignment : pending.target.assignments) {
        if (!assignment.expr) continue;
        TBL_TRY(optimize_expression(assignment.expr.get(), rules));
        TBL_TRY(resolve_expr(assignment.expr.get(), plan.source->columns));
      }
    }
    TBL_TRY(place_targets(*plan.source, std::move(targets_), &plan.targets));
    return plan;
  }

 private:
  Status bind_assignment(const ast::Assignment& assignment, const CteScope* ctes) {
    const ast::ColumnName& name = *assignment.column;
    TBL_ASSIGN(const ScopeColumn* column,
               source_.scope.find({name.schema, name.table, name.name}, "field list"));
    if (!column) return unknown_column(name_text(name), "field list");
    if (!column->table) return not_updatable(column->column.table, "UPDATE");
    if (column->offset < 0) return unknown_column(name_text(name), "field list");
    auto offset = static_cast<size_t>(column->offset);
    TBL_TRY(check_generated(*column->table, offset, *assignment.value));
    TBL_ASSIGN(PendingTarget * pending, target_of(*column));
    state_.note_column(*column, AccessType::kUpdate);
    Assignment bound;
    bound.offset = offset;
    if (!is_default(*assignment.value)) {
      RowScope scope({state_, source_.scope, ctes}, column->table.get());
      TBL_ASSIGN(bound.expr, bind_expr(*assignment.value, scope, state_.build()));
      if (column_count(*bound.expr) != 1) return operand_columns(1);
    }
    pending->target.assignments.push_back(std::move(bound));
    return ok_status();
  }

  Result<PendingTarget*> target_of(const ScopeColumn& column) {
    for (PendingTarget& pending : targets_) {
      if (pending.source == column.source) return &pending;
    }
    TBL_ASSIGN(PendingTarget made, make_target(*source_.plan, column, state_));
    state_.forget_bare_read(made.target.db, made.target.table->name.o);
    targets_.push_back(std::move(made));
    return &targets_.back();
  }

  const ast::UpdateStatement& statement_;
  BindState& state_;
  BoundSource source_;
  std::vector<PendingTarget> targets_;
};

Status bind_delete_targets(const ast::DeleteStatement& statement, const BoundSource& source,
                           BindState& state, std::vector<PendingTarget>* targets) {
  auto add = [&](const ScopeColumn& column) -> Status {
    if (!column.table) return not_updatable(column.column.table, "DELETE");
    TBL_ASSIGN(PendingTarget pending, make_target(*source.plan, column, state));
    state.note_access(pending.target.db, pending.target.table->name.o, AccessType::kDelete);
    state.forget_bare_read(pending.target.db, pending.target.table->name.o);
    targets->push_back(std::move(pending));
    return ok_status();
  };
  if (!statement.multi_table) {
    if (source.scope.columns.empty()) return internal_error("DELETE without a table");
    return add(source.scope.columns[0]);
  }
  for (const ast::TableName& name : statement.targets) {
    const ScopeColumn* found = nullptr;
    for (const ScopeColumn& column : source.scope.columns) {
      bool same_db = name.schema.empty() || column.column.db.empty() ||
                     equal_ignoring_case(name.schema, column.column.db);
      if (same_db && equal_ignoring_case(name.name, column.column.table)) {
        found = &column;
        break;
      }
    }
    if (!found) {
      return sql_error(kErrUnknownTable, "Unknown table '" + name.name + "' in MULTI DELETE");
    }
    TBL_TRY(add(*found));
  }
  return ok_status();
}

}  // namespace

Result<UpdatePlan> bind_update(const ast::UpdateStatement& statement, BindState& state) {
  return UpdateBinder(statement, state).run();
}

Result<DeletePlan> bind_delete(const ast::DeleteStatement& statement, BindState& state) {
  CteScope ctes{&statement.with, statement.with.tables.size(), nullptr};
  TBL_ASSIGN(BoundSource source,
             bind_source({statement.with, *statement.tables, statement.where.get(),
                          statement.order_by, statement.limit,
                          statement.multi_table ? AccessType::kSelect : AccessType::kDelete},
                         statement.with.tables.empty() ? nullptr : &ctes, state));
  std::vector<PendingTarget> pending;
  TBL_TRY(bind_delete_targets(statement, source, state, &pending));
  TBL_TRY(optimize_source(&source.plan, statement.limit.has_value(), state));
  DeletePlan plan;
  plan.ignore = statement.ignore;
  plan.source = std::move(source.plan);
  TBL_TRY(place_targets(*plan.source, std::move(pending), &plan.targets));
  return plan;
}

}  // namespace tbl::tidb
