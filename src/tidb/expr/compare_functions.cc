// = <> < <= > >= <=>, IN, IS NULL, IS TRUE, GREATEST, LEAST, INTERVAL, STRCMP.
#include <algorithm>
#include <unordered_set>

#include "tidb/expr/call_args.h"
#include "tidb/expr/compare_op.h"
#include "tidb/expr/convert_kind.h"
#include "tidb/expr/families.h"
#include "tidb/expr/result_type.h"

namespace tbl::tidb {

namespace {

Result<FieldType> boolean(BuildCall&) { return truth_type(); }

template <CompareOp kOp>
Result<Value> eval_compare(Call& call) {
  return compare_values(kOp, call.args[0], call.args[1], call.ctx);
}

/// The list of an IN whose elements are constants of the left operand's kind, for one look instead
/// of many.
struct InSet {
  bool usable = false;
  bool has_null = false;
  std::unordered_set<std::string> keys;
};

/// Values of these kinds are equal exactly when their group keys are.
bool keyed_alike(const FieldType& left, const Value& element) {
  switch (eval_class(left)) {
    case EvalClass::kInt:
      return left.tp != schema::kTypeBit &&
             (element.kind() == ValueKind::kInt || element.kind() == ValueKind::kUint);
    case EvalClass::kString:
      return (left.tp == schema::kTypeVarchar || left.tp == schema::kTypeVarString ||
              left.tp == schema::kTypeString || schema::is_blob_type(left.tp)) &&
             element.is_string();
    default:
      return false;
  }
}

InSet* make_in_set(const FuncExpr& expr) {
  auto* set = new InSet;
  for (size_t i = 1; i < expr.children().size(); ++i) {
    if (expr.arg(i).kind() != ExprKind::kConstant) return set;
    const Value& element = static_cast<const Constant&>(expr.arg(i)).value();
    if (element.is_null()) {
      set->has_null = true;
    } else if (keyed_alike(expr.arg(0).type(), element)) {
      set->keys.insert(group_key(element));
    } else {
      return set;
    }
  }
  set->usable = true;
  return set;
}

Result<Value> eval_in(Call& call) {
  TBL_ASSIGN(Value left, call.eval(0));
  if (left.is_null()) return left;
  const InSet& set = call.expr.state<InSet>([&] { return make_in_set(call.expr); });
  bool null_seen = set.has_null;
  if (set.usable) {
    if (set.keys.count(group_key(left)) > 0) return Value::of_bool(true);
    return null_seen ? Value::null() : Value::of_bool(false);
  }
  for (size_t i = 1; i < call.count(); ++i) {
    TBL_ASSIGN(Value element, call.eval(i));
    TBL_ASSIGN(Value equal, compare_values(CompareOp::kEq, left, element, call.ctx));
    if (equal.is_null()) {
      null_seen = true;
    } else if (equal.as_int() != 0) {
      return equal;
    }
  }
  return null_seen ? Value::null() : Value::of_bool(false);
}

Result<Value> eval_is_null(Call& call) { return Value::of_bool(call.args[0].is_null()); }

template <bool kWanted>
Result<Value> eval_is_truth(Call& call) {
  TBL_ASSIGN(auto truth, truth_of(call.args[0], call.ctx));
  return Value::of_bool(truth.has_value() && *truth == kWanted);
}

/// GREATEST and LEAST compare numbers when there is one, else dates when there is one, else what
/// all of them are.
Result<FieldType> extreme_type(BuildCall& call) {
  bool any_number = false, all_numbers = true, any_date = false, all_alike = true;
  int fsp = 0;
  for (const auto& arg : call.args) {
    if (is_null_type(arg->type())) continue;
    any_number |= is_number(arg->type());
    all_numbers &= is_number(arg->type());
    any_date |= eval_class(arg->type()) == EvalClass::kTime;
    all_alike &= is_temporal(arg->type());
    fsp = std::max(fsp, fsp_of(*arg));
  }
  if (any_number && !all_numbers) return double_type();
  if (any_date && !all_alike) return datetime_type(fsp);
  return merged_type(call.args, 0);
}

template <int kWanted>
Result<Value> eval_extreme(Call& call) {
  Value best;
  for (size_t i = 0; i < call.args.size(); ++i) {
    TBL_ASSIGN(Value v, convert_kind(call.args[i], call.arg_type(i), call.expr.type(), call.ctx));
    if (v.is_null()) return v;
    if (i == 0) {
      best = std::move(v);
      continue;
    }
    TBL_ASSIGN(int order, compare(v, best, call.ctx.convert));
    if (order == kWanted) best = std::move(v);
  }
  return best;
}

Result<Value> eval_interval(Call& call) {
  if (call.args[0].is_null()) return Value::of_int(-1);
  size_t position = 0;
  for (size_t i = 1; i < call.args.size(); ++i) {
    if (!call.args[i].is_null()) {
      TBL_ASSIGN(double left, double_arg(call, 0));
      TBL_ASSIGN(double bound, double_arg(call, i));
      if (left < bound) break;
    }
    position = i;
  }
  return Value::of_int(static_cast<int64_t>(position));
}

Result<Value> eval_strcmp(Call& call) {
  int order = text_arg(call, 0).compare(text_arg(call, 1));
  return Value::of_int((order > 0) - (order < 0));
}

Result<FieldType> strcmp_type(BuildCall&) { return int_type_of_width(2); }

constexpr FunctionDef kFunctions[] = {
    {"eq", 2, 2, boolean, eval_compare<CompareOp::kEq>, kHidden},
    {"ne", 2, 2, boolean, eval_compare<CompareOp::kNe>, kHidden},
    {"lt", 2, 2, boolean, eval_compare<CompareOp::kLt>, kHidden},
    {"le", 2, 2, boolean, eval_compare<CompareOp::kLe>, kHidden},
    {"gt", 2, 2, boolean, eval_compare<CompareOp::kGt>, kHidden},
    {"ge", 2, 2, boolean, eval_compare<CompareOp::kGe>, kHidden},
    {"nulleq", 2, 2, boolean, eval_compare<CompareOp::kNullEq>, kSeesNull | kHidden},
    {"in", 2, FunctionDef::kMany, boolean, eval_in, kLazy | kHidden},
    {"isnull", 1, 1, boolean, eval_is_null, kSeesNull},
    {"istrue", 1, 1, boolean, eval_is_truth<true>, kSeesNull | kHidden},
    {"isfalse", 1, 1, boolean, eval_is_truth<false>, kSeesNull | kHidden},
    {"greatest", 2, FunctionDef::kMany, extreme_type, eval_extreme<1>},
    {"least", 2, FunctionDef::kMany, extreme_type, eval_extreme<-1>},
    {"interval", 2, FunctionDef::kMany, [](BuildCall&) -> Result<FieldType> { return int_type(); },
     eval_interval, kSeesNull},
    {"strcmp", 2, 2, strcmp_type, eval_strcmp},
};

}  // namespace

std::span<const FunctionDef> compare_functions() { return kFunctions; }

}  // namespace tbl::tidb
