// A call of a builtin function or operator, and how builtins are described. For files of expr/ and
// for planners that look for a certain operator.
#pragma once

#include <any>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tidb/expr/function.h"

namespace tbl::tidb {

class FuncExpr;

/// One evaluation of a builtin.
struct Call {
  EvalContext& ctx;
  const FuncExpr& expr;
  const Row& row;
  std::span<const Value> args;  ///< empty for kLazy ones, which evaluate what they need

  const FieldType& arg_type(size_t i) const;
  Result<Value> eval(size_t i) const;  ///< argument `i` of a kLazy one
  size_t count() const;
};

/// One build of a builtin: may replace arguments (by casts) before the node is made.
struct BuildCall {
  std::string_view name;
  std::vector<ExprPtr>& args;
  const BuildContext& ctx;

  const FieldType& type(size_t i) const { return args[i]->type(); }
};

enum FunctionTrait : uint8_t {
  kPlain = 0,         ///< arguments are evaluated; a NULL among them is the result
  kSeesNull = 1,      ///< arguments are evaluated, NULLs too
  kLazy = 2,          ///< evaluates its arguments itself
  kPerStatement = 4,  ///< Volatility::kStatement
  kNotConstant = 8,   ///< Volatility::kVolatile
  kHidden = 16,       ///< an operator: not callable by its name in a statement
};

/// A builtin. Tables of these are static data of the family's file.
struct FunctionDef {
  static constexpr int kMany = 127;

  std::string_view name;
  int8_t min_args;
  int8_t max_args;
  /// Type of the result.
  Result<FieldType> (*type)(BuildCall&);
  Result<Value> (*eval)(Call&);
  uint8_t traits = kPlain;
};

/// Looks in all families; null when there is none.
const FunctionDef* find_function(std::string_view lower_name);

/// Names of all functions that statements may call, sorted.
std::vector<std::string_view> function_names();

class FuncExpr : public Expr {
 public:
  FuncExpr(const FunctionDef& def, FieldType type, std::vector<ExprPtr> args);
  std::string_view name() const { return def_.name; }
  const Expr& arg(size_t i) const { return *children()[i]; }
  Result<Value> eval(EvalContext& ctx, const Row& row) const override;
  std::string to_string() const override;
  ExprPtr clone() const override;

  /// Something that a builtin keeps between evaluations of this node: made once by `make`. Not
  /// copied by clone().
  template <typename T, typename Make>
  T& state(Make&& make) const {
    if (!state_.has_value()) state_ = std::shared_ptr<T>(make());
    return *std::any_cast<std::shared_ptr<T>&>(state_);
  }

 protected:
  Volatility own_volatility() const override;

 private:
  const FunctionDef& def_;
  mutable std::any state_;
};

/// `e` as a call of this function; null when it is something else.
const FuncExpr* as_function(const Expr& e, std::string_view name);

}  // namespace tbl::tidb
