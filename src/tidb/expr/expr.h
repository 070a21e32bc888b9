// Bound expressions: every name is resolved, every type known.
//
// A tree of Expr is immutable after it is built, except for the slots of CorrelatedColumn and state
// that an evaluation may cache in a node (a compiled pattern, the state of rand(7)). So one tree
// belongs to one statement and is used by one thread; clone() gives another its own.
//
// Errors of eval() are SQL errors (types/sql_error.h); what is only worth a warning goes to
// EvalContext::convert.warnings.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/status.h"
#include "schema/table_info.h"
#include "tidb/expr/eval_context.h"
#include "tidb/types/value.h"

namespace tbl::tidb {

using schema::FieldType;

enum class ExprKind : uint8_t {
  kConstant,
  kParameter,
  kColumn,
  kCorrelatedColumn,
  kInsertValue,
  kFunction,
  kCast,
  kRow,
  kSubquery,
};

/// For how long the value of an expression stays the same.
enum class Volatility : uint8_t {
  kImmutable,  ///< for ever: folded when built
  kStatement,  ///< for one execution of a statement: now(), @@x, parameters, outer columns
  kRow,        ///< for one row: columns
  kVolatile,   ///< never: rand(), uuid(), sleep(), assignments
};

class Expr;
using ExprPtr = std::unique_ptr<Expr>;

class Expr {
 public:
  Expr(ExprKind kind, FieldType type, std::vector<ExprPtr> children = {})
      : kind_(kind), type_(std::move(type)), children_(std::move(children)) {}
  virtual ~Expr() = default;
  Expr(const Expr&) = delete;
  Expr& operator=(const Expr&) = delete;

  ExprKind kind() const { return kind_; }
  /// Type of the result as clients see it. Values of eval() are of its kind, or NULL.
  const FieldType& type() const { return type_; }
  const std::vector<ExprPtr>& children() const { return children_; }
  /// For rewrites of the planner: replaces a child by one of the same type.
  std::vector<ExprPtr>& mutable_children() { return children_; }

  /// The value for `row`, the input row that ColumnRefs point into.
  virtual Result<Value> eval(EvalContext& ctx, const Row& row) const = 0;
  /// For EXPLAIN: "gt(test.t.a, 1)".
  virtual std::string to_string() const = 0;
  virtual ExprPtr clone() const = 0;

  /// The most changeable of the node and its children.
  Volatility volatility() const;
  /// Same value for the whole statement: may be evaluated once, with any row.
  bool is_constant() const { return volatility() <= Volatility::kStatement; }

 protected:
  virtual Volatility own_volatility() const { return Volatility::kImmutable; }
  std::vector<ExprPtr> clone_children() const;

 private:
  ExprKind kind_;
  FieldType type_;
  std::vector<ExprPtr> children_;
};

/// A value written in the statement, or folded.
class Constant : public Expr {
 public:
  Constant(Value value, FieldType type);
  /// With the type that a literal of this kind has.
  static ExprPtr of(Value value);
  const Value& value() const { return value_; }
  Result<Value> eval(EvalContext&, const Row&) const override { return value_; }
  std::string to_string() const override;
  ExprPtr clone() const override;

 private:
  Value value_;
};

/// Number `index` of the input row.
class ColumnRef : public Expr {
 public:
  /// `name` is for EXPLAIN: "test.t.a".
  ColumnRef(size_t index, FieldType type, std::string name);
  size_t index() const { return index_; }
  void set_index(size_t index) { index_ = index; }
  const std::string& name() const { return name_; }
  Result<Value> eval(EvalContext& ctx, const Row& row) const override;
  std::string to_string() const override { return name_; }
  ExprPtr clone() const override;

 protected:
  Volatility own_volatility() const override { return Volatility::kRow; }

 private:
  size_t index_;
  std::string name_;
};

/// Where a subquery finds the current row of the query around it. The executor that runs the
/// subquery sets it before each run.
struct OuterRow {
  const Row* row = nullptr;
};

/// A column of an outer query, inside a subquery. Shares the slot with the subquery's executor and
/// with its own clones.
class CorrelatedColumn : public Expr {
 public:
  CorrelatedColumn(std::shared_ptr<OuterRow> outer, size_t index, FieldType type, std::string name);
  const std::shared_ptr<OuterRow>& outer() const { return outer_; }
  size_t index() const { return index_; }
  void set_index(size_t index) { index_ = index; }
  const std::string& name() const { return name_; }
  Result<Value> eval(EvalContext& ctx, const Row& row) const override;
  std::string to_string() const override { return name_; }
  ExprPtr clone() const override;

 protected:
  Volatility own_volatility() const override { return Volatility::kStatement; }

 private:
  std::shared_ptr<OuterRow> outer_;
  size_t index_;
  std::string name_;
};

/// `?` number `index`, from EvalContext::params. Its type is that of the value at bind time.
class Parameter : public Expr {
 public:
  Parameter(size_t index, FieldType type);
  size_t index() const { return index_; }
  Result<Value> eval(EvalContext& ctx, const Row& row) const override;
  std::string to_string() const override { return "?"; }
  ExprPtr clone() const override;

 protected:
  Volatility own_volatility() const override { return Volatility::kStatement; }

 private:
  size_t index_;
};

/// values(col) in ON DUPLICATE KEY UPDATE: number `index` of EvalContext::insert_row; NULL
/// elsewhere.
class InsertValue : public Expr {
 public:
  InsertValue(size_t index, FieldType type, std::string name);
  size_t index() const { return index_; }
  Result<Value> eval(EvalContext& ctx, const Row& row) const override;
  std::string to_string() const override;
  ExprPtr clone() const override;

 protected:
  Volatility own_volatility() const override { return Volatility::kRow; }

 private:
  size_t index_;
  std::string name_;
};

/// (a, b, c). Only an operand of comparisons and IN; eval() is error 1241.
class RowExpr : public Expr {
 public:
  explicit RowExpr(std::vector<ExprPtr> elements);
  Result<Value> eval(EvalContext& ctx, const Row& row) const override;
  std::string to_string() const override;
  ExprPtr clone() const override;
};

/// Number of columns that an operand has: 1, or the elements of a row or row subquery.
size_t column_count(const Expr& e);

/// Steps through the tree from the top, `visit` first on the node itself. For collecting columns.
template <typename Visit>
void walk_expr(const Expr& e, Visit&& visit) {
  visit(e);
  for (const auto& child : e.children()) walk_expr(*child, visit);
}
template <typename Visit>
void walk_expr(Expr& e, Visit&& visit) {
  visit(e);
  for (auto& child : e.mutable_children()) walk_expr(*child, visit);
}

/// WHERE's and HAVING's view of a value: true, false, or none for NULL.
Result<std::optional<bool>> truth_of(const Value& value, EvalContext& ctx);
/// Evaluates a condition; NULL is false.
Result<bool> eval_condition(const Expr& e, EvalContext& ctx, const Row& row);

}  // namespace tbl::tidb
