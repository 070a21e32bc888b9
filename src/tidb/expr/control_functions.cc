// IF, IFNULL, NULLIF, COALESCE, CASE.
#include "tidb/expr/call_args.h"
#include "tidb/expr/compare_op.h"
#include "tidb/expr/convert_kind.h"
#include "tidb/expr/families.h"
#include "tidb/expr/result_type.h"

namespace tbl::tidb {

namespace {

/// What is chosen from an ENUM or SET is its text, also beside NULL alone.
FieldType text_of_members(const FieldType& type) {
  const bool members = type.tp == schema::kTypeEnum || type.tp == schema::kTypeSet;
  return members ? merge_types(type, type) : type;
}

Result<FieldType> if_type(BuildCall& call) { return text_of_members(merged_type(call.args, 1)); }
Result<FieldType> merged(BuildCall& call) { return text_of_members(merged_type(call.args, 0)); }

Result<FieldType> nullif_type(BuildCall& call) {
  FieldType type = text_of_members(call.type(0));
  type.flag &= ~static_cast<uint32_t>(schema::kFlagNotNull);
  return type;
}

/// Arguments 1, 3, ... and a last one without a condition are the results.
Result<FieldType> case_type(BuildCall& call) {
  FieldType type = merged_type(call.args, 1, 2);
  if (call.args.size() % 2 == 1) {
    type = merge_types(type, call.args.back()->type());
  }
  type = text_of_members(type);
  constexpr uint32_t kKept = schema::kFlagBinary | schema::kFlagUnsigned;
  type.flag &= kKept;
  return type;
}

Result<bool> is_true(Call& call, size_t i) {
  TBL_ASSIGN(Value v, call.eval(i));
  TBL_ASSIGN(auto truth, truth_of(v, call.ctx));
  return truth.value_or(false);
}

Result<Value> eval_if(Call& call) {
  TBL_ASSIGN(bool condition, is_true(call, 0));
  return eval_as_result(call, condition ? 1 : 2);
}

Result<Value> eval_coalesce(Call& call) {
  for (size_t i = 0; i < call.count(); ++i) {
    TBL_ASSIGN(Value v, eval_as_result(call, i));
    if (!v.is_null()) return v;
  }
  return Value::null();
}

Result<Value> eval_nullif(Call& call) {
  TBL_ASSIGN(Value equal, compare_values(CompareOp::kEq, call.args[0], call.args[1], call.ctx));
  if (!equal.is_null() && equal.as_int() != 0) return Value::null();
  if (call.arg_type(0).tp == call.expr.type().tp) return call.args[0];
  return convert_kind(call.args[0], call.arg_type(0), call.expr.type(), call.ctx);
}

Result<Value> eval_case(Call& call) {
  size_t i = 0;
  for (; i + 1 < call.count(); i += 2) {
    TBL_ASSIGN(bool condition, is_true(call, i));
    if (condition) return eval_as_result(call, i + 1);
  }
  if (i < call.count()) return eval_as_result(call, i);
  return Value::null();
}

constexpr FunctionDef kFunctions[] = {
    {"if", 3, 3, if_type, eval_if, kLazy},
    {"ifnull", 2, 2, merged, eval_coalesce, kLazy},
    {"coalesce", 1, FunctionDef::kMany, merged, eval_coalesce, kLazy},
    {"nullif", 2, 2, nullif_type, eval_nullif, kSeesNull},
    {"case", 2, FunctionDef::kMany, case_type, eval_case, kLazy | kHidden},
};

}  // namespace

std::span<const FunctionDef> control_functions() { return kFunctions; }

}  // namespace tbl::tidb
