// Intervals of one column's values: what a condition leaves of it.
#pragma once

#include <optional>
#include <vector>

#include "tidb/expr/expr.h"

namespace tbl::tidb {

/// Values from `low` (NULL, the least of all, is the lower end of everything) to `high` (nothing:
/// no end).
struct ValueInterval {
  Value low;
  bool low_exclusive = false;
  std::optional<Value> high;
  bool high_exclusive = false;

  bool is_point() const;
  static ValueInterval point(Value v);
};

/// Ascending, without overlaps.
struct IntervalSet {
  std::vector<ValueInterval> intervals;
  /// The condition is true exactly for these values: it need not be checked again.
  bool exact = true;

  static IntervalSet all();
  bool all_points() const;
};

IntervalSet intersect(const IntervalSet& a, const IntervalSet& b);
IntervalSet unite(const IntervalSet& a, const IntervalSet& b);

/// The column that intervals are wanted for.
struct IndexedColumn {
  size_t id = 0;
  const FieldType* type = nullptr;
};

/// What `condition` leaves of the column; nothing when it says nothing usable about it alone.
/// Constants are evaluated: one with an outer query's column needs a row in its slot.
std::optional<IntervalSet> intervals_of(const Expr& condition, const IndexedColumn& column,
                                        EvalContext& eval);

}  // namespace tbl::tidb
