// AND, OR, XOR, NOT with three values.
#include "tidb/expr/families.h"
#include "tidb/expr/result_type.h"

namespace tbl::tidb {

namespace {

Result<FieldType> boolean(BuildCall&) { return truth_type(); }

/// kDecides: the truth of one operand that settles the result without the other.
template <bool kDecides>
Result<Value> eval_and_or(Call& call) {
  bool null_seen = false;
  for (size_t i = 0; i < 2; ++i) {
    TBL_ASSIGN(Value v, call.eval(i));
    TBL_ASSIGN(auto truth, truth_of(v, call.ctx));
    if (!truth.has_value()) {
      null_seen = true;
    } else if (*truth == kDecides) {
      return Value::of_bool(kDecides);
    }
  }
  return null_seen ? Value::null() : Value::of_bool(!kDecides);
}

Result<Value> eval_xor(Call& call) {
  TBL_ASSIGN(auto a, truth_of(call.args[0], call.ctx));
  TBL_ASSIGN(auto b, truth_of(call.args[1], call.ctx));
  return Value::of_bool(*a != *b);
}

Result<Value> eval_not(Call& call) {
  TBL_ASSIGN(auto truth, truth_of(call.args[0], call.ctx));
  return Value::of_bool(!*truth);
}

constexpr FunctionDef kFunctions[] = {
    {"and", 2, 2, boolean, eval_and_or<false>, kLazy | kHidden},
    {"or", 2, 2, boolean, eval_and_or<true>, kLazy | kHidden},
    {"xor", 2, 2, boolean, eval_xor, kHidden},
    {"not", 1, 1, boolean, eval_not, kHidden},
};

}  // namespace

std::span<const FunctionDef> logic_functions() { return kFunctions; }

}  // namespace tbl::tidb
