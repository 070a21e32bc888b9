// Constants in comparisons with columns, turned into the column's kind once instead of per row.
#pragma once

#include <string_view>
#include <vector>

#include "tidb/expr/function.h"

namespace tbl::tidb {

/// `name` eq, ne, lt, le, gt, ge, nulleq or in (others: nothing is done): constants beside a date,
/// time, year or integer operand become such a value, if nothing is lost. So `id = '5'` can use an
/// index.
void refine_comparison(std::string_view name, std::vector<ExprPtr>& args, const BuildContext& ctx);

}  // namespace tbl::tidb
