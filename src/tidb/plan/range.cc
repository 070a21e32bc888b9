#include "tidb/plan/range.h"

#include "tidb/types/convert.h"

namespace tbl::tidb {

namespace {

/// More points than this are not multiplied with another column's.
constexpr size_t kMaxPoints = 4096;
// What TiDB guesses without statistics.
constexpr double kEqualRate = 1.0 / 1000;
constexpr double kLessRate = 1.0 / 3;
constexpr double kBetweenRate = 1.0 / 40;

double selectivity_of(const ValueInterval& interval) {
  if (interval.is_point()) return kEqualRate;
  bool bounded_low = !interval.low.is_null();
  if (bounded_low && interval.high) return kBetweenRate;
  if (bounded_low || interval.high) return kLessRate;
  return 1;
}

struct ColumnIntervals {
  IntervalSet set;
  std::vector<size_t> used;  ///< conditions that went in
  bool limited = false;
};

ColumnIntervals intervals_of_column(const RangeColumn& column,
                                    const std::vector<ExprPtr>& conditions, EvalContext& eval) {
  ColumnIntervals result{IntervalSet::all(), {}, false};
  if (column.id == SIZE_MAX) return result;
  IndexedColumn indexed{column.id, column.type};
  for (size_t i = 0; i < conditions.size(); ++i) {
    auto next = intervals_of(*conditions[i], indexed, eval);
    if (!next) continue;
    result.limited = true;
    if (next->exact) result.used.push_back(i);
    result.set = intersect(result.set, *next);
  }
  return result;
}

void append_point(std::vector<ValueRange>* ranges, const IntervalSet& set) {
  std::vector<ValueRange> product;
  for (const ValueRange& range : *ranges) {
    for (const ValueInterval& interval : set.intervals) {
      ValueRange next = range;
      next.low.push_back(interval.low);
      next.high.push_back(*interval.high);
      product.push_back(std::move(next));
    }
  }
  *ranges = std::move(product);
}

void append_interval(std::vector<ValueRange>* ranges, const IntervalSet& set) {
  std::vector<ValueRange> product;
  for (const ValueRange& range : *ranges) {
    for (const ValueInterval& interval : set.intervals) {
      ValueRange next = range;
      bool from_start = interval.low.is_null() && !interval.low_exclusive;
      if (!from_start) {
        next.low.push_back(interval.low);
        next.low_exclusive = interval.low_exclusive;
      }
      if (interval.high) {
        next.high.push_back(*interval.high);
        next.high_exclusive = interval.high_exclusive;
      }
      product.push_back(std::move(next));
    }
  }
  *ranges = std::move(product);
}

/// Bounds of the whole values as bounds of their beginnings.
IntervalSet widened(IntervalSet set) {
  for (ValueInterval& interval : set.intervals) {
    if (!interval.low.is_null()) interval.low_exclusive = false;
    interval.high_exclusive = false;
  }
  set.exact = false;
  return set;
}

}  // namespace

ValueRange ValueRange::point(std::vector<Value> values) {
  ValueRange range;
  range.low = values;
  range.high = std::move(values);
  return range;
}

bool ValueRange::is_point() const {
  if (low_exclusive || high_exclusive || low.empty() || low.size() != high.size()) return false;
  for (size_t i = 0; i < low.size(); ++i) {
    if (compare_same_type(low[i], high[i]) != 0) return false;
  }
  return true;
}

RangeResult build_ranges(const std::vector<RangeColumn>& columns,
                         const std::vector<ExprPtr>& conditions, EvalContext& eval) {
  RangeResult result;
  result.guaranteed.assign(conditions.size(), false);
  result.ranges.push_back(ValueRange::full());
  for (const RangeColumn& column : columns) {
    ColumnIntervals found = intervals_of_column(column, conditions, eval);
    if (!found.limited) break;
    result.limited = true;
    if (column.is_prefix) found.set = widened(std::move(found.set));
    size_t count = result.ranges.size() * found.set.intervals.size();
    bool points = found.set.all_points() && count <= kMaxPoints;
    if (!points && count > kMaxPoints) break;
    if (!column.is_prefix) {
      for (size_t i : found.used) result.guaranteed[i] = true;
    }
    double selectivity = 0;
    for (const ValueInterval& interval : found.set.intervals) {
      selectivity += selectivity_of(interval);
      result.has_null_point = result.has_null_point || (points && interval.low.is_null());
    }
    result.selectivity *= std::min(selectivity, 1.0);
    if (!points) {
      append_interval(&result.ranges, found.set);
      break;
    }
    append_point(&result.ranges, found.set);
    result.points = count;
    ++result.point_columns;
    if (count == 0 || column.is_prefix) break;
  }
  return result;
}

std::optional<Value> fit_point(const Value& v, const FieldType& type, EvalContext& eval) {
  ConvertContext quiet = eval.convert;
  quiet.warnings = nullptr;
  quiet.strict = false;
  if (v.is_null()) return std::nullopt;
  auto cast = cast_to_column(v, ColumnTarget{type, "", 1}, quiet);
  if (!cast.ok() || cast->is_null()) return std::nullopt;
  auto order = compare(*cast, v, quiet);
  if (!order.ok() || *order != 0) return std::nullopt;
  return std::move(*cast);
}

}  // namespace tbl::tidb
