#include <algorithm>

#include "tidb/exec/row_source.h"

namespace tbl::tidb {

namespace {

std::optional<HandleRange> signed_range(const ValueRange& range) {
  HandleRange out;
  if (!range.low.empty() && !range.low[0].is_null()) {
    out.low = value_to_handle(range.low[0]);
    if (range.low_exclusive) {
      if (out.low == INT64_MAX) return std::nullopt;
      ++out.low;
    }
  }
  if (!range.high.empty()) {
    if (range.high[0].is_null()) return std::nullopt;
    out.high = value_to_handle(range.high[0]);
    if (range.high_exclusive) {
      if (out.high == INT64_MIN) return std::nullopt;
      --out.high;
    }
  }
  if (out.low > out.high) return std::nullopt;
  return out;
}

/// Handles of unsigned values are their bits: those above INT64_MAX are negative.
void add_unsigned(const ValueRange& range, std::vector<HandleRange>* out) {
  uint64_t low = 0;
  uint64_t high = UINT64_MAX;
  if (!range.low.empty() && !range.low[0].is_null()) {
    low = static_cast<uint64_t>(value_to_handle(range.low[0]));
    if (range.low_exclusive && low++ == UINT64_MAX) return;
  }
  if (!range.high.empty()) {
    if (range.high[0].is_null()) return;
    high = static_cast<uint64_t>(value_to_handle(range.high[0]));
    if (range.high_exclusive && high-- == 0) return;
  }
  if (low > high) return;
  constexpr uint64_t kTop = static_cast<uint64_t>(INT64_MAX);
  if (high > kTop) {
    out->push_back({static_cast<int64_t>(std::max(low, kTop + 1)), static_cast<int64_t>(high)});
  }
  if (low <= kTop) {
    out->push_back({static_cast<int64_t>(low), static_cast<int64_t>(std::min(high, kTop))});
  }
}

}  // namespace

std::vector<HandleRange> handle_ranges(const std::vector<ValueRange>& ranges, bool is_unsigned) {
  std::vector<HandleRange> out;
  for (const ValueRange& range : ranges) {
    if (is_unsigned) {
      add_unsigned(range, &out);
    } else if (auto one = signed_range(range)) {
      out.push_back(*one);
    }
  }
  std::sort(out.begin(), out.end(),
            [](const HandleRange& a, const HandleRange& b) { return a.low < b.low; });
  return out;
}

}  // namespace tbl::tidb
