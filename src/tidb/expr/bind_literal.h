// Literals of a statement as constants. For bind.cc.
#pragma once

#include "tidb/ast/expr.h"
#include "tidb/expr/function.h"

namespace tbl::tidb {

/// Errors: 1525 for DATE '..' and its like that are no time, 1115 for an unknown introducer.
Result<ExprPtr> bind_literal(const ast::Literal& node, const BuildContext& ctx);

}  // namespace tbl::tidb
