// Constants in comparisons with columns, turned into the column's kind once instead of per row.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "tidb/expr/function.h"

namespace tbl::tidb {

/// `name` eq, ne, lt, le, gt, ge, nulleq or in (others: nothing is done): constants beside a date,
/// time, year or integer operand become such a value, if nothing is lost. So `id = '5'` can use an
/// index.
void refine_comparison(std::string_view name, std::vector<ExprPtr>& args, const BuildContext& ctx);

/// Bit of a column's type, beyond those that clients see: the column's texts compare without regard
/// to case, as those of information_schema do.
constexpr uint32_t kFlagFoldsCase = 1U << 20;

/// Where a comparison (LIKE too) has such a column, all its texts are compared in lower case.
Status fold_case(std::string_view name, std::vector<ExprPtr>& args, const BuildContext& ctx);

}  // namespace tbl::tidb
