// Expression nodes of a statement -> bound expressions.
//
// What does not depend on where names come from is done here: operators, functions, literals,
// casts, CASE, variables. A BindScope answers the rest. plan/ has the scope of a query; DDL
// (default values, generated columns) and SET use a scope without columns or with those of one
// table.
#pragma once

#include <memory>
#include <string>

#include "tidb/expr/function.h"

namespace tbl::tidb {

namespace ast {
struct Node;
struct ColumnName;
struct Aggregate;
struct Default;
struct Values;
}  // namespace ast

/// Meaning of the names in one place of a statement. The base class knows none: columns are error
/// 1054, aggregates 1111, subqueries 1235.
class BindScope {
 public:
  virtual ~BindScope() = default;
  /// Words for errors: "field list", "where clause".
  virtual std::string clause() const { return "field list"; }
  virtual Result<ExprPtr> column(const ast::ColumnName& name);
  virtual Result<ExprPtr> aggregate(const ast::Aggregate& node);
  /// DEFAULT(col) and bare DEFAULT.
  virtual Result<ExprPtr> default_value(const ast::Node& node);
  /// VALUES(col).
  virtual Result<ExprPtr> insert_value(const ast::Node& node);
  /// Any node that holds a select: scalar subquery, EXISTS, IN (select), op ANY|ALL (select).
  /// `left` is the bound left operand of the latter two, else null.
  virtual Result<ExprPtr> subquery(const ast::Node& node, ExprPtr left);
};

/// Binds one expression.
Result<ExprPtr> bind_expr(const ast::Node& node, BindScope& scope, const BuildContext& ctx);

}  // namespace tbl::tidb
