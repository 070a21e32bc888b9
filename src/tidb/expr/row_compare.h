// Comparisons of rows: (a, b) = (c, d), (a, b) < (c, d), (a, b) in ((c, d), ...). For function.cc.
#pragma once

#include <string_view>
#include <vector>

#include "tidb/expr/function.h"

namespace tbl::tidb {

/// One of them has more than one column.
bool has_row_operand(const std::vector<ExprPtr>& args);
/// The comparison as ands and ors of the columns' comparisons. Error 1241 for other functions and
/// for rows of different lengths.
Result<ExprPtr> make_row_function(std::string_view name, std::vector<ExprPtr> args,
                                  const BuildContext& ctx);

}  // namespace tbl::tidb
