// The conversion of a value to the common type of a set operation's column.
#pragma once

#include "tidb/expr/expr.h"

namespace tbl::tidb {

/// `e` itself when its values already are of that kind.
ExprPtr make_union_cast(ExprPtr e, const FieldType& type);

}  // namespace tbl::tidb
