// A value of one type as the kind of value that another type has: for results that one of several
// arguments gives (IF, CASE, COALESCE, GREATEST). For files of expr/.
#pragma once

#include "tidb/expr/func_expr.h"

namespace tbl::tidb {

/// NULL stays NULL.
Result<Value> convert_kind(Value value, const FieldType& from, const FieldType& to,
                           EvalContext& ctx);
/// Argument `i` of a kLazy call, of the kind of the call's type.
Result<Value> eval_as_result(Call& call, size_t i);

/// The merged type of args[first], args[first + step], ...
FieldType merged_type(const std::vector<ExprPtr>& args, size_t first, size_t step = 1);

}  // namespace tbl::tidb
