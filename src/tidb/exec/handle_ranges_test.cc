#include <gtest/gtest.h>

#include "tidb/exec/row_source.h"

namespace tbl::tidb {

namespace {

using Pairs = std::vector<std::pair<int64_t, int64_t>>;

Pairs pairs(const std::vector<HandleRange>& ranges) {
  Pairs out;
  for (const HandleRange& range : ranges) out.emplace_back(range.low, range.high);
  return out;
}

ValueRange between(Value low, bool low_exclusive, Value high, bool high_exclusive) {
  ValueRange range;
  range.low = {std::move(low)};
  range.low_exclusive = low_exclusive;
  range.high = {std::move(high)};
  range.high_exclusive = high_exclusive;
  return range;
}

TEST(HandleRanges, BoundsBecomeInclusive) {
  EXPECT_EQ(pairs(handle_ranges({ValueRange::full()}, false)), (Pairs{{INT64_MIN, INT64_MAX}}));
  EXPECT_EQ(pairs(handle_ranges({between(Value::of_int(1), true, Value::of_int(5), true)}, false)),
            (Pairs{{2, 4}}));
  EXPECT_EQ(pairs(handle_ranges({between(Value::null(), true, Value::of_int(5), false)}, false)),
            (Pairs{{INT64_MIN, 5}}));
}

TEST(HandleRanges, AnEmptyRangeIsNone) {
  EXPECT_TRUE(
      handle_ranges({between(Value::of_int(4), true, Value::of_int(5), true)}, false).empty());
  EXPECT_TRUE(handle_ranges(
                  {between(Value::of_int(INT64_MAX), true, Value::of_int(INT64_MAX), false)}, false)
                  .empty());
  EXPECT_TRUE(handle_ranges({between(Value::null(), false, Value::null(), false)}, false).empty());
}

TEST(HandleRanges, UnsignedOnesFallApartAtTheSign) {
  EXPECT_EQ(pairs(handle_ranges({ValueRange::full()}, true)),
            (Pairs{{INT64_MIN, -1}, {0, INT64_MAX}}));
  ValueRange from_five;
  from_five.low = {Value::of_uint(5)};
  EXPECT_EQ(pairs(handle_ranges({from_five}, true)), (Pairs{{INT64_MIN, -1}, {5, INT64_MAX}}));
  ValueRange last;
  last.low = {Value::of_uint(UINT64_MAX)};
  EXPECT_EQ(pairs(handle_ranges({last}, true)), (Pairs{{-1, -1}}));
  last.low_exclusive = true;
  EXPECT_TRUE(handle_ranges({last}, true).empty());
}

}  // namespace

}  // namespace tbl::tidb
