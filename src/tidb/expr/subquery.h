// Subqueries as operands of expressions. plan/ makes them, exec/ runs them.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "tidb/expr/expr.h"

namespace tbl::tidb {

/// Runs the plan of one subquery as often as asked. Implemented by exec/; an uncorrelated one may
/// keep its rows for the statement.
class SubqueryRunner {
 public:
  virtual ~SubqueryRunner() = default;
  /// Types of the columns that it gives.
  virtual const std::vector<FieldType>& columns() const = 0;
  /// Uses columns of the query around it.
  virtual bool correlated() const = 0;
  /// Runs it with `outer` as the row of the query around it. `on_row` returns false when it has
  /// seen enough.
  virtual Status run(EvalContext& ctx, const Row& outer,
                     const std::function<bool(const Row&)>& on_row) = 0;
  virtual std::unique_ptr<SubqueryRunner> clone() const = 0;
  /// For EXPLAIN.
  virtual std::string to_string() const = 0;
};

enum class SubqueryKind : uint8_t {
  kScalar,  ///< value of the only row, NULL without one, error 1242 with several
  kExists,
  kAny,  ///< left op ANY (subquery); IN is `= ANY`
  kAll,  ///< left op ALL (subquery); NOT IN is `!= ALL`
  kRow,  ///< (a, b) op (subquery): with its only row, NULLs without one, error 1242 with several
};

enum class CompareOp : uint8_t { kEq, kNe, kLt, kLe, kGt, kGe, kNullEq };

/// A subquery in an expression. For kAny, kAll and kRow, child 0 is the left operand: one value, or
/// a RowExpr of as many columns as the subquery (kEq, kNe and kNullEq only).
class SubqueryExpr : public Expr {
 public:
  SubqueryKind subquery_kind() const { return subquery_kind_; }
  CompareOp op() const { return op_; }
  SubqueryRunner& runner() const { return *runner_; }
  Result<Value> eval(EvalContext& ctx, const Row& row) const override;
  std::string to_string() const override;
  ExprPtr clone() const override;

 protected:
  Volatility own_volatility() const override;

 private:
  friend Result<ExprPtr> make_subquery(SubqueryKind, std::unique_ptr<SubqueryRunner>);
  friend Result<ExprPtr> make_quantified(ExprPtr, CompareOp, SubqueryKind,
                                         std::unique_ptr<SubqueryRunner>);
  friend Result<ExprPtr> make_row_subquery(ExprPtr, CompareOp, ExprPtr);
  SubqueryExpr(SubqueryKind kind, CompareOp op, FieldType type, std::vector<ExprPtr> children,
               std::unique_ptr<SubqueryRunner> runner);
  Result<Value> eval_scalar(EvalContext& ctx, const Row& row) const;
  Result<Value> eval_exists(EvalContext& ctx, const Row& row) const;
  Result<Value> eval_row(EvalContext& ctx, const Row& row) const;
  Result<Value> eval_quantified(EvalContext& ctx, const Row& row) const;

  SubqueryKind subquery_kind_;
  CompareOp op_;
  std::unique_ptr<SubqueryRunner> runner_;
};

/// A scalar subquery (a row subquery when it has several columns: then only an operand of a row
/// comparison) or EXISTS.
Result<ExprPtr> make_subquery(SubqueryKind kind, std::unique_ptr<SubqueryRunner> runner);
/// left op ANY|ALL (subquery). Error 1241 when the numbers of columns differ.
Result<ExprPtr> make_quantified(ExprPtr left, CompareOp op, SubqueryKind kind,
                                std::unique_ptr<SubqueryRunner> runner);

/// (a, b) op (subquery), from a RowExpr and what make_subquery(kScalar) made.
Result<ExprPtr> make_row_subquery(ExprPtr left, CompareOp op, ExprPtr right);

}  // namespace tbl::tidb
