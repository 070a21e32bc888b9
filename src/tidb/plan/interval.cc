#include "tidb/plan/interval.h"

#include <algorithm>

#include "tidb/types/convert.h"

namespace tbl::tidb {

bool ValueInterval::is_point() const {
  return high && !low_exclusive && !high_exclusive && compare_same_type(low, *high) == 0;
}

ValueInterval ValueInterval::point(Value v) {
  ValueInterval interval;
  interval.low = v;
  interval.high = std::move(v);
  return interval;
}

IntervalSet IntervalSet::all() {
  IntervalSet set;
  set.intervals.push_back({});
  return set;
}

bool IntervalSet::all_points() const {
  return std::all_of(intervals.begin(), intervals.end(),
                     [](const ValueInterval& i) { return i.is_point(); });
}

namespace {

bool is_empty(const ValueInterval& i) {
  if (!i.high) return false;
  int order = compare_same_type(i.low, *i.high);
  return order > 0 || (order == 0 && (i.low_exclusive || i.high_exclusive));
}

/// Whether a's lower end is before b's.
bool low_before(const ValueInterval& a, const ValueInterval& b) {
  int order = compare_same_type(a.low, b.low);
  return order < 0 || (order == 0 && !a.low_exclusive && b.low_exclusive);
}

bool high_before(const ValueInterval& a, const ValueInterval& b) {
  if (!a.high) return false;
  if (!b.high) return true;
  int order = compare_same_type(*a.high, *b.high);
  return order < 0 || (order == 0 && a.high_exclusive && !b.high_exclusive);
}

/// `next` begins inside of `current` or right at its end.
bool touches(const ValueInterval& current, const ValueInterval& next) {
  if (!current.high) return true;
  int order = compare_same_type(next.low, *current.high);
  return order < 0 || (order == 0 && !(next.low_exclusive && current.high_exclusive));
}

}  // namespace

IntervalSet intersect(const IntervalSet& a, const IntervalSet& b) {
  IntervalSet result;
  result.exact = a.exact && b.exact;
  for (size_t i = 0, k = 0; i < a.intervals.size() && k < b.intervals.size();) {
    const ValueInterval& x = a.intervals[i];
    const ValueInterval& y = b.intervals[k];
    ValueInterval common = low_before(x, y) ? y : x;
    const ValueInterval& end = high_before(x, y) ? x : y;
    common.high = end.high;
    common.high_exclusive = end.high_exclusive;
    if (!is_empty(common)) result.intervals.push_back(std::move(common));
    high_before(x, y) ? ++i : ++k;
  }
  return result;
}

IntervalSet unite(const IntervalSet& a, const IntervalSet& b) {
  std::vector<ValueInterval> all = a.intervals;
  all.insert(all.end(), b.intervals.begin(), b.intervals.end());
  std::sort(all.begin(), all.end(), low_before);
  IntervalSet result;
  result.exact = a.exact && b.exact;
  for (ValueInterval& next : all) {
    if (is_empty(next)) continue;
    if (result.intervals.empty() || !touches(result.intervals.back(), next)) {
      result.intervals.push_back(std::move(next));
      continue;
    }
    ValueInterval& last = result.intervals.back();
    if (high_before(last, next)) {
      last.high = next.high;
      last.high_exclusive = next.high_exclusive;
    }
  }
  return result;
}

}  // namespace tbl::tidb
