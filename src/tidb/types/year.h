// The years that a YEAR column holds, beside 0.
#pragma once

#include <cstdint>

namespace tbl::tidb {

inline constexpr int64_t kFirstYear = 1901;
inline constexpr int64_t kLastYear = 2155;

}  // namespace tbl::tidb
