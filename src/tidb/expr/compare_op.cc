#include "tidb/expr/compare_op.h"

#include <array>

namespace tbl::tidb {

namespace {

constexpr std::array<std::string_view, 7> kNames = {"eq", "ne", "lt", "le", "gt", "ge", "nulleq"};

bool holds(CompareOp op, int order) {
  switch (op) {
    case CompareOp::kEq:
    case CompareOp::kNullEq:
      return order == 0;
    case CompareOp::kNe:
      return order != 0;
    case CompareOp::kLt:
      return order < 0;
    case CompareOp::kLe:
      return order <= 0;
    case CompareOp::kGt:
      return order > 0;
    case CompareOp::kGe:
      return order >= 0;
  }
  return false;
}

}  // namespace

Result<Value> compare_values(CompareOp op, const Value& a, const Value& b, EvalContext& ctx) {
  if (a.is_null() || b.is_null()) {
    if (op != CompareOp::kNullEq) return Value::null();
    return Value::of_bool(a.is_null() && b.is_null());
  }
  if (a.kind() == ValueKind::kInt && b.kind() == ValueKind::kInt) {
    return Value::of_bool(holds(op, (a.as_int() > b.as_int()) - (a.as_int() < b.as_int())));
  }
  TBL_ASSIGN(int order, compare(a, b, ctx.convert));
  return Value::of_bool(holds(op, order));
}

std::string_view compare_op_name(CompareOp op) { return kNames[static_cast<size_t>(op)]; }

std::optional<CompareOp> compare_op_of(std::string_view name) {
  for (size_t i = 0; i < kNames.size(); ++i) {
    if (kNames[i] == name) return static_cast<CompareOp>(i);
  }
  return std::nullopt;
}

}  // namespace tbl::tidb
