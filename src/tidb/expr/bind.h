// Expression nodes of a statement -> bound expressions.
//
// What does not depend on where names come from is done here: operators, functions, literals,
// casts, CASE, variables, parameters. A BindScope answers the rest. plan/ has the scope of a query;
// DDL (default values, generated columns) and SET use a scope without columns or with those of one
// table.
#pragma once

#include <string>

#include "tidb/ast/expr.h"
#include "tidb/expr/function.h"

namespace tbl::tidb {

/// Meaning of the names in one place of a statement. The base class knows none: columns are error
/// 1054, aggregates 1111, subqueries and the rest 1235.
class BindScope {
 public:
  virtual ~BindScope() = default;
  /// Words for errors: "field list", "where clause".
  virtual std::string clause() const { return "field list"; }
  virtual Result<ExprPtr> column(const ast::ColumnName& name);
  virtual Result<ExprPtr> aggregate(const ast::Aggregate& node);
  /// DEFAULT(col) and bare DEFAULT.
  virtual Result<ExprPtr> default_value(const ast::Default& node);
  /// VALUES(col).
  virtual Result<ExprPtr> insert_value(const ast::Values& node);
  /// Subquery, Exists, CompareSubquery or In with a query. `left` is the bound left
  /// operand of the latter two, else null. A negated IN is given here without its NOT.
  virtual Result<ExprPtr> subquery(const ast::Expr& node, ExprPtr left);
  /// Asked first about every node: a scope that knows its value already (an expression of GROUP BY,
  /// above the aggregation) returns it; a null pointer means: bind it as usual.
  virtual Result<ExprPtr> known(const ast::Expr&) { return ExprPtr(); }
};

/// Binds one expression. Errors are MySQL's.
Result<ExprPtr> bind_expr(const ast::Expr& node, BindScope& scope, const BuildContext& ctx);

}  // namespace tbl::tidb
