#include "tidb/expr/function.h"

#include "tidb/expr/compare_refine.h"
#include "tidb/expr/func_expr.h"
#include "tidb/expr/result_type.h"
#include "tidb/expr/row_compare.h"
#include "tidb/types/sql_error.h"

namespace tbl::tidb {

namespace {

bool is_text(const Expr& e) {
  return e.kind() != ExprKind::kRow && eval_class(e.type()) == EvalClass::kString &&
         !is_null_type(e.type());
}

/// A text between a number and a text is a number beside both of them.
bool compares_as_number(const std::vector<ExprPtr>& args) {
  if (!is_text(*args[0]) || is_text(*args[1]) == is_text(*args[2])) return false;
  const Expr& other = is_text(*args[1]) ? *args[2] : *args[1];
  return other.kind() != ExprKind::kRow && is_number(other.type()) && !is_null_type(other.type());
}

Result<ExprPtr> make_between(std::vector<ExprPtr> args, const BuildContext& ctx) {
  std::vector<ExprPtr> low, high, both;
  if (compares_as_number(args)) {
    TBL_ASSIGN(args[0], make_cast(std::move(args[0]), double_type(), ctx));
  }
  low.push_back(args[0]->clone());
  low.push_back(std::move(args[1]));
  high.push_back(std::move(args[0]));
  high.push_back(std::move(args[2]));
  TBL_ASSIGN(ExprPtr ge, make_function("ge", std::move(low), ctx));
  TBL_ASSIGN(ExprPtr le, make_function("le", std::move(high), ctx));
  both.push_back(std::move(ge));
  both.push_back(std::move(le));
  return make_function("and", std::move(both), ctx);
}

std::string qualified(std::string_view name, const BuildContext& ctx) {
  std::string text = ctx.eval.current_db;
  if (!text.empty()) text += '.';
  return text += name;
}

}  // namespace

bool is_function(std::string_view name) {
  const FunctionDef* def = find_function(name);
  return def != nullptr && !(def->traits & kHidden);
}

ExprPtr fold_constant(ExprPtr e, const BuildContext& ctx) {
  if (!ctx.fold || e->volatility() != Volatility::kImmutable) return e;
  Warnings warnings;
  ConvertContext& convert = ctx.eval.convert;
  Warnings* outer = std::exchange(convert.warnings, &warnings);
  auto value = e->eval(ctx.eval, {});
  convert.warnings = outer;
  // What fails or warns does so when, and as often as, the statement evaluates it.
  if (!value.ok() || !warnings.empty()) return e;
  return std::make_unique<Constant>(std::move(*value), e->type());
}

Result<ExprPtr> make_function(std::string_view name, std::vector<ExprPtr> args,
                              const BuildContext& ctx) {
  if (name == "between" && args.size() == 3) return make_between(std::move(args), ctx);
  if (has_row_operand(args)) return make_row_function(name, std::move(args), ctx);
  const FunctionDef* def = find_function(name);
  if (def == nullptr) return no_such_function(qualified(name, ctx));
  auto count = static_cast<int>(args.size());
  if (count < def->min_args || (def->max_args != FunctionDef::kMany && count > def->max_args)) {
    return wrong_parameter_count(name);
  }
  TBL_TRY(fold_case(name, args, ctx));
  refine_comparison(name, args, ctx);
  BuildCall build{name, args, ctx};
  TBL_ASSIGN(FieldType type, def->type(build));
  return fold_constant(std::make_unique<FuncExpr>(*def, std::move(type), std::move(args)), ctx);
}

Result<Value> eval_for_column(const Expr& e, EvalContext& ctx, const Row& row,
                              const ColumnTarget& column) {
  TBL_ASSIGN(Value value, e.eval(ctx, row));
  return cast_to_column(value, column, ctx.convert);
}

Result<ExprPtr> conjunction(std::vector<ExprPtr> conditions, const BuildContext& ctx) {
  ExprPtr all;
  for (auto& condition : conditions) {
    if (all == nullptr) {
      all = std::move(condition);
      continue;
    }
    std::vector<ExprPtr> both;
    both.push_back(std::move(all));
    both.push_back(std::move(condition));
    TBL_ASSIGN(all, make_function("and", std::move(both), ctx));
  }
  return all;
}

std::vector<ExprPtr> split_conjunction(ExprPtr condition) {
  std::vector<ExprPtr> parts;
  if (as_function(*condition, "and") == nullptr) {
    parts.push_back(std::move(condition));
    return parts;
  }
  for (auto& child : condition->mutable_children()) {
    for (auto& part : split_conjunction(std::move(child))) parts.push_back(std::move(part));
  }
  return parts;
}

}  // namespace tbl::tidb
