// Generated columns: what their expressions may be.
#include <fmt/format.h>

#include <algorithm>

#include "tidb/ddl/build.h"
#include "tidb/ddl/table_edit.h"
#include "tidb/expr/bind.h"
#include "tidb/types/collation.h"
#include "tidb/types/sql_error.h"

namespace tbl::tidb {

namespace {

using schema::ColumnInfo;
using schema::TableInfo;

Status disallowed_function(std::string_view column) {
  return sql_error(
      kErrGeneratedColumnFunctionNotAllowed,
      fmt::format("Expression of generated column '{}' contains a disallowed function.", column));
}

/// Only columns of the one table.
class TableScope : public BindScope {
 public:
  TableScope(const TableInfo& table, std::vector<std::string>* used) : table_(table), used_(used) {}
  std::string clause() const override { return "generated column function"; }
  Result<ExprPtr> column(const ast::ColumnName& name) override {
    const std::string lower = ascii_lower(name.name);
    const int position = column_position(table_, lower);
    if (position < 0) return unknown_column(name.name, clause());
    if (std::ranges::find(*used_, lower) == used_->end()) used_->push_back(lower);
    const ColumnInfo& column = table_.columns[static_cast<size_t>(position)];
    return ExprPtr(
        std::make_unique<ColumnRef>(static_cast<size_t>(position), column.type, column.name.o));
  }

 private:
  const TableInfo& table_;
  std::vector<std::string>* used_;
};

/// Something in it may give another value tomorrow for the same row.
bool is_deterministic(const Expr& expr) {
  switch (expr.volatility()) {
    case Volatility::kImmutable:
      return true;
    case Volatility::kStatement:
    case Volatility::kVolatile:
      return false;
    case Volatility::kRow:
      return std::ranges::all_of(expr.children(),
                                 [](const ExprPtr& child) { return is_deterministic(*child); });
  }
  return false;
}

Status check_reference(const TableInfo& table, const std::string& name, size_t position) {
  const auto at = static_cast<size_t>(column_position(table, name));
  const ColumnInfo& used = table.columns[at];
  if (used.type.flag & schema::kFlagAutoIncrement) {
    return sql_error(kErrGeneratedColumnRefAutoInc,
                     fmt::format("Generated column '{}' cannot refer to auto-increment column.",
                                 table.columns[position].name.o));
  }
  if (used.is_generated() && at >= position) {
    return sql_error(kErrGeneratedColumnNonPrior,
                     "Generated column can refer only to generated columns defined prior to it.");
  }
  return ok_status();
}

}  // namespace

Status check_generated(const BuildScope& scope, const ast::Expr& expr, TableInfo* table,
                       size_t position) {
  ColumnInfo& column = table->columns[position];
  column.dependences.clear();
  TableScope names(*table, &column.dependences);
  BuildContext build{scope.eval, /*fold=*/false};
  TBL_ASSIGN(ExprPtr bound, bind_expr(expr, names, build));
  if (!is_deterministic(*bound)) return disallowed_function(column.name.o);
  std::ranges::sort(column.dependences);
  for (const std::string& name : column.dependences) {
    TBL_TRY(check_reference(*table, name, position));
  }
  return ok_status();
}

}  // namespace tbl::tidb
