#include <algorithm>

#include "tidb/plan/column_default.h"
#include "tidb/plan/dml_binder.h"
#include "tidb/plan/from_binder.h"
#include "tidb/plan/rules.h"
#include "tidb/types/collation.h"
#include "tidb/types/sql_error.h"

namespace tbl::tidb {

Result<TargetTable> find_target(BindState& state, const ast::TableName& name,
                                std::string_view statement) {
  TBL_ASSIGN(FoundTable found, find_table(state, name, AccessType::kInsert));
  if (!found.table || found.table->view || found.table->sequence) {
    return sql_error(kErrNonInsertableTable, "The target table " + name.name + " of the " +
                                                 std::string(statement) +
                                                 " is not insertable-into");
  }
  TargetTable target;
  target.db = found.db;
  target.table = found.table;
  state.note_table(found.table);
  const auto origin =
      std::make_shared<const GrantObject>(GrantObject{found.db, found.table->name.o});
  for (size_t i = 0; i < found.table->columns.size(); ++i) {
    const schema::ColumnInfo& info = found.table->columns[i];
    PlanColumn column = state.new_column(info.name.o, info.type);
    column.db = found.db;
    column.table = column.org_table = found.table->name.o;
    column.org_name = info.name.o;
    if (info.is_public() && !info.hidden) {
      target.scope.columns.push_back({column, found.table, static_cast<int>(i), 1});
      target.scope.columns.back().origin = origin;
    }
    target.columns.push_back(std::move(column));
  }
  return target;
}

Result<size_t> target_column(BindState& state, const TargetTable& target,
                             const ast::ColumnName& name, AccessType access) {
  TBL_ASSIGN(const ScopeColumn* found,
             target.scope.find({name.schema, name.table, name.name}, "field list"));
  if (!found) return unknown_column(name_text(name), "field list");
  state.note_column(*found, access);
  return static_cast<size_t>(found->offset);
}

bool is_default(const ast::Expr& value) {
  return value.kind == ast::ExprKind::kDefault && !ast::as<ast::Default>(value).column;
}

Status check_generated(const schema::TableInfo& table, size_t offset, const ast::Expr& value) {
  const schema::ColumnInfo& column = table.columns[offset];
  if (!column.is_generated() || is_default(value)) return ok_status();
  return sql_error(kErrBadGeneratedColumn, "The value specified for generated column '" +
                                               column.name.o + "' in table '" + table.name.o +
                                               "' is not allowed.");
}

Result<ExprPtr> RowScope::default_value(const ast::Default& node) {
  if (!node.column || !table_) return ClauseScope::default_value(node);
  const schema::ColumnInfo* column = table_->column_by_name(ascii_lower(node.column->name));
  if (!column) return unknown_column(name_text(*node.column), "field list");
  TBL_ASSIGN(Value value, column_default(*column, place().state.context.eval));
  return ExprPtr(std::make_unique<Constant>(std::move(value), column->type));
}

Result<ExprPtr> RowScope::insert_value(const ast::Values& node) {
  if (!table_) return ClauseScope::insert_value(node);
  const schema::ColumnInfo* column = table_->column_by_name(ascii_lower(node.column->name));
  if (!column) return unknown_column(name_text(*node.column), "field list");
  auto offset = static_cast<size_t>(column - table_->columns.data());
  return ExprPtr(std::make_unique<InsertValue>(offset, column->type, column->name.o));
}

namespace {

class InsertBinder {
 public:
  InsertBinder(const ast::InsertStatement& statement, BindState& state)
      : statement_(statement), state_(state) {}

  Result<InsertPlan> run() {
    TBL_ASSIGN(target_,
               find_target(state_, statement_.table, statement_.replace ? "REPLACE" : "INSERT"));
    const std::string& name = target_.table->name.o;
    if (statement_.replace) state_.note_access(target_.db, name, AccessType::kDelete);
    if (!statement_.on_duplicate.empty()) {
      state_.note_access(target_.db, name, AccessType::kUpdate);
    }
    InsertPlan plan;
    plan.db = target_.db;
    plan.table = target_.table;
    plan.replace = statement_.replace;
    plan.ignore = statement_.ignore;
    TBL_ASSIGN(plan.exprs, bind_table_exprs(*target_.table, state_.context.eval));
    TBL_TRY(bind_columns(&plan));
    TBL_TRY(statement_.query ? bind_select(&plan) : bind_rows(&plan));
    TBL_TRY(bind_on_duplicate(&plan));
    return plan;
  }

 private:
  /// VALUES ().
  bool is_empty_row() const { return !statement_.rows.empty() && statement_.rows[0].empty(); }

  Status bind_columns(InsertPlan* plan) {
    if (!statement_.has_columns && statement_.columns.empty()) {
      for (const ScopeColumn& column : target_.scope.columns) {
        plan->columns.push_back(static_cast<size_t>(column.offset));
        if (!is_empty_row()) state_.note_column(column, AccessType::kInsert, false);
      }
      return ok_status();
    }
    for (const auto& name : statement_.columns) {
      TBL_ASSIGN(size_t offset, target_column(state_, target_, *name, AccessType::kInsert));
      bool twice =
          std::find(plan->columns.begin(), plan->columns.end(), offset) != plan->columns.end();
      if (twice) {
        return sql_error(kErrFieldSpecifiedTwice, "Column '" + name->name + "' specified twice");
      }
      plan->columns.push_back(offset);
    }
    return ok_status();
  }

  Status bind_rows(InsertPlan* plan) {
    if (is_empty_row() && !statement_.has_columns) plan->columns.clear();
    RowScope scope({state_, target_.scope}, target_.table.get());
    for (size_t i = 0; i < statement_.rows.size(); ++i) {
      const ast::ExprList& values = statement_.rows[i];
      if (values.size() != plan->columns.size()) return wrong_value_count_on_row(i + 1);
      std::vector<ExprPtr> row;
      for (size_t k = 0; k < values.size(); ++k) {
        TBL_TRY(check_generated(*target_.table, plan->columns[k], *values[k]));
        TBL_ASSIGN(ExprPtr e, bind_value(*values[k], scope));
        row.push_back(std::move(e));
      }
      plan->rows.push_back(std::move(row));
    }
    return ok_status();
  }

  Result<ExprPtr> bind_value(const ast::Expr& value, RowScope& scope) {
    if (is_default(value)) return ExprPtr();
    TBL_ASSIGN(ExprPtr e, bind_expr(value, scope, state_.build()));
    if (column_count(*e) != 1) return operand_columns(1);
    TBL_TRY(optimize_expression(e.get(), RuleContext{state_.context.eval}));
    TBL_TRY(resolve_expr(e.get(), target_.columns));
    return e;
  }

  Status bind_select(InsertPlan* plan) {
    QueryBinder binder(state_, nullptr, nullptr);
    TBL_ASSIGN(plan->select, binder.bind(*statement_.query));
    if (plan->select->columns.size() != plan->columns.size()) return wrong_value_count_on_row(1);
    for (size_t offset : plan->columns) {
      static const ast::Literal kValue;
      TBL_TRY(check_generated(*target_.table, offset, kValue));
    }
    return optimize(&plan->select, RuleContext{state_.context.eval});
  }

  Status bind_on_duplicate(InsertPlan* plan) {
    RowScope scope({state_, target_.scope}, target_.table.get());
    for (const ast::Assignment& assignment : statement_.on_duplicate) {
      Assignment bound;
      TBL_ASSIGN(bound.offset,
                 target_column(state_, target_, *assignment.column, AccessType::kUpdate));
      TBL_TRY(check_generated(*target_.table, bound.offset, *assignment.value));
      TBL_ASSIGN(bound.expr, bind_value(*assignment.value, scope));
      plan->on_duplicate.push_back(std::move(bound));
    }
    return ok_status();
  }

  const ast::InsertStatement& statement_;
  BindState& state_;
  TargetTable target_;
};

}  // namespace

Result<InsertPlan> bind_insert(const ast::InsertStatement& statement, BindState& state) {
  return InsertBinder(statement, state).run();
}

Result<LoadDataPlan> bind_load_data(const ast::LoadDataStatement& statement, BindState& state) {
  TBL_ASSIGN(TargetTable target, find_target(state, statement.table, "LOAD"));
  LoadDataPlan plan;
  plan.db = target.db;
  plan.table = target.table;
  TBL_ASSIGN(plan.exprs, bind_table_exprs(*target.table, state.context.eval));
  plan.path = statement.path;
  plan.local = statement.local;
  using OnDuplicate = ast::LoadDataStatement::OnDuplicate;
  plan.replace = statement.on_duplicate == OnDuplicate::kReplace;
  plan.ignore = statement.on_duplicate == OnDuplicate::kIgnore || statement.local;
  plan.format = {
      statement.fields_terminated, statement.fields_enclosed, statement.fields_optionally_enclosed,
      statement.fields_escaped,    statement.lines_starting,  statement.lines_terminated,
      statement.ignore_lines};
  for (const auto& wanted : statement.targets) {
    LoadDataPlan::Field field;
    field.variable = wanted.variable;
    if (wanted.column) {
      TBL_ASSIGN(field.offset, target_column(state, target, *wanted.column, AccessType::kInsert));
    }
    plan.fields.push_back(std::move(field));
  }
  for (const ScopeColumn& column : target.scope.columns) {
    if (!statement.targets.empty()) break;
    state.note_column(column, AccessType::kInsert, false);
    plan.fields.push_back({static_cast<size_t>(column.offset), ""});
  }
  RowScope scope({state, target.scope}, target.table.get());
  for (const ast::Assignment& assignment : statement.assignments) {
    Assignment bound;
    TBL_ASSIGN(bound.offset, target_column(state, target, *assignment.column, AccessType::kInsert));
    TBL_TRY(check_generated(*target.table, bound.offset, *assignment.value));
    if (!is_default(*assignment.value)) {
      TBL_ASSIGN(bound.expr, bind_expr(*assignment.value, scope, state.build()));
      TBL_TRY(optimize_expression(bound.expr.get(), RuleContext{state.context.eval}));
      TBL_TRY(resolve_expr(bound.expr.get(), target.columns));
    }
    plan.assignments.push_back(std::move(bound));
  }
  return plan;
}

}  // namespace tbl::tidb
