// INSERT, REPLACE, UPDATE, DELETE and LOAD DATA: names to columns, values to bound expressions.
#pragma once

#include "tidb/ast/dml.h"
#include "tidb/plan/bind_state.h"
#include "tidb/plan/dml_plan.h"

namespace tbl::tidb {

Result<InsertPlan> bind_insert(const ast::InsertStatement& statement, BindState& state);
Result<UpdatePlan> bind_update(const ast::UpdateStatement& statement, BindState& state);
Result<DeletePlan> bind_delete(const ast::DeleteStatement& statement, BindState& state);
Result<LoadDataPlan> bind_load_data(const ast::LoadDataStatement& statement, BindState& state);

/// A table as the target of a statement: its full row as columns, and the scope of its names.
struct TargetTable {
  std::string db;
  schema::TableInfoPtr table;
  std::vector<PlanColumn> columns;  ///< one for each of TableInfo::columns
  Scope scope;
};
/// Errors: those of find_table(); 1471 for a view.
Result<TargetTable> find_target(BindState& state, const ast::TableName& name,
                                std::string_view statement);
/// Offset of a public column that is written; 1054.
Result<size_t> target_column(BindState& state, const TargetTable& target,
                             const ast::ColumnName& name, AccessType access);
/// 3105 when a value other than DEFAULT is given to a generated column.
Status check_generated(const schema::TableInfo& table, size_t offset, const ast::Expr& value);
/// `DEFAULT` as the whole value.
bool is_default(const ast::Expr& value);

/// Expressions over the target's full row (or over any columns): DEFAULT(c) and VALUES(c) too.
class RowScope : public ClauseScope {
 public:
  RowScope(const Place& place, const schema::TableInfo* table)
      : ClauseScope(place, "field list"), table_(table) {}
  Result<ExprPtr> default_value(const ast::Default& node) override;
  Result<ExprPtr> insert_value(const ast::Values& node) override;

 private:
  const schema::TableInfo* table_;
};

}  // namespace tbl::tidb
