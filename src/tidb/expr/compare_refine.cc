#include "tidb/expr/compare_refine.h"

#include <algorithm>

#include "tidb/expr/result_type.h"

namespace tbl::tidb {

namespace {

bool is_comparison(std::string_view name) {
  return name == "eq" || name == "lt" || name == "gt" || name == "le" || name == "ge" ||
         name == "ne" || name == "nulleq" || name == "in";
}

/// An integer that the text is in full: "5", "-12"; not "5a", "1e2", " 5".
bool is_integer_text(const std::string& text) {
  size_t start = !text.empty() && text[0] == '-' ? 1 : 0;
  if (text.size() == start || text.size() > start + 18) return false;
  return text.find_first_not_of("0123456789", start) == std::string::npos;
}

Result<Value> as_kind_of(const FieldType& type, const Value& v, const ConvertContext& ctx) {
  switch (eval_class(type)) {
    case EvalClass::kTime:
      if (!v.is_string() && v.kind() != ValueKind::kInt) return Value::null();
      return to_time(v, schema::kTypeDatetime, -1, ctx);
    case EvalClass::kDuration:
      if (!v.is_string()) return Value::null();
      return to_duration(v, -1, ctx);
    case EvalClass::kInt: {
      const bool is_text = v.is_string() && is_integer_text(v.as_string());
      if (!is_text && v.kind() != ValueKind::kInt) return Value::null();
      TBL_ASSIGN(int64_t number, to_int(v, ctx));
      const bool short_year = number < 100 && (number > 0 || (number == 0 && is_text));
      if (type.tp == schema::kTypeYear && short_year) return cast_value(v, type, ctx);
      return Value::of_int(number);
    }
    default:
      return Value::null();
  }
}

void refine(const FieldType& type, ExprPtr& other, const BuildContext& ctx) {
  if (other->kind() != ExprKind::kConstant) return;
  const Value& old = static_cast<const Constant&>(*other).value();
  if (old.is_null()) return;
  Warnings warnings;
  ConvertContext convert = ctx.eval.convert;
  convert.warnings = &warnings;
  convert.strict = false;
  auto value = as_kind_of(type, old, convert);
  if (value.ok() && !value->is_null() && warnings.empty()) other = Constant::of(std::move(*value));
}

}  // namespace

Status fold_case(std::string_view name, std::vector<ExprPtr>& args, const BuildContext& ctx) {
  const auto folds = [](const ExprPtr& e) {
    return e->kind() == ExprKind::kColumn && (e->type().flag & kFlagFoldsCase) != 0;
  };
  if (std::ranges::none_of(args, folds) || !(is_comparison(name) || name == "like")) {
    return ok_status();
  }
  for (ExprPtr& arg : args) {
    if (eval_class(arg->type()) != EvalClass::kString) continue;
    std::vector<ExprPtr> one;
    one.push_back(std::move(arg));
    TBL_ASSIGN(arg, make_function("lower", std::move(one), ctx));
  }
  return ok_status();
}

void refine_comparison(std::string_view name, std::vector<ExprPtr>& args, const BuildContext& ctx) {
  if (!ctx.fold || !is_comparison(name)) return;
  for (size_t i = 1; i < args.size(); ++i) {
    if (args[0]->kind() != ExprKind::kConstant) {
      refine(args[0]->type(), args[i], ctx);
    } else if (name != "in") {
      refine(args[i]->type(), args[0], ctx);
    }
  }
}

}  // namespace tbl::tidb
