#pragma once

#include "tidb/expr/eval_context.h"

namespace tbl::tidb {

/// What a user variable keeps of a value: an integer, decimal, double or text, as these are all the
/// types that MySQL's variables have. NULL stays NULL.
TypedValue as_user_variable(Value value, const FieldType& type);

}  // namespace tbl::tidb
