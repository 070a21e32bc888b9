// The comparison operators on values, with NULL.
#pragma once

#include "tidb/expr/subquery.h"

namespace tbl::tidb {

/// 1, 0 or NULL (kNullEq: never NULL).
Result<Value> compare_values(CompareOp op, const Value& a, const Value& b, EvalContext& ctx);
/// "eq", "ne", ...
std::string_view compare_op_name(CompareOp op);
std::optional<CompareOp> compare_op_of(std::string_view name);

}  // namespace tbl::tidb
