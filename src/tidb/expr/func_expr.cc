#include "tidb/expr/func_expr.h"

#include <algorithm>

namespace tbl::tidb {

const FieldType& Call::arg_type(size_t i) const { return expr.arg(i).type(); }
Result<Value> Call::eval(size_t i) const { return expr.arg(i).eval(ctx, row); }
size_t Call::count() const { return expr.children().size(); }

FuncExpr::FuncExpr(const FunctionDef& def, FieldType type, std::vector<ExprPtr> args)
    : Expr(ExprKind::kFunction, std::move(type), std::move(args)), def_(def) {}

Result<Value> FuncExpr::eval(EvalContext& ctx, const Row& row) const {
  if (def_.traits & kLazy) {
    Call call{ctx, *this, row, {}};
    return def_.eval(call);
  }
  constexpr size_t kFew = 4;
  Value few[kFew];
  std::vector<Value> many;
  size_t count = children().size();
  Value* values = few;
  if (count > kFew) {
    many.resize(count);
    values = many.data();
  }
  bool null_result = false;
  for (size_t i = 0; i < count; ++i) {
    TBL_ASSIGN(values[i], children()[i]->eval(ctx, row));
    if (!values[i].is_null() || (def_.traits & kSeesNull)) continue;
    null_result = true;
    break;
  }
  if (null_result) return Value::null();
  Call call{ctx, *this, row, std::span<const Value>(values, count)};
  return def_.eval(call);
}

std::string FuncExpr::to_string() const {
  std::string out(def_.name);
  out += '(';
  for (size_t i = 0; i < children().size(); ++i) {
    if (i > 0) out += ", ";
    out += children()[i]->to_string();
  }
  return out + ")";
}

ExprPtr FuncExpr::clone() const {
  return std::make_unique<FuncExpr>(def_, type(), clone_children());
}

Volatility FuncExpr::own_volatility() const {
  if (def_.traits & kNotConstant) return Volatility::kVolatile;
  if (def_.traits & kPerStatement) return Volatility::kStatement;
  return Volatility::kImmutable;
}

const FuncExpr* as_function(const Expr& e, std::string_view name) {
  if (e.kind() != ExprKind::kFunction) return nullptr;
  const auto& call = static_cast<const FuncExpr&>(e);
  return call.name() == name ? &call : nullptr;
}

}  // namespace tbl::tidb
