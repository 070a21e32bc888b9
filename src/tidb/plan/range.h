// Intervals of an index or of a table's handles, as conditions give them.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "tidb/plan/interval.h"
#include "tidb/types/value.h"

namespace tbl::tidb {

/// An interval of rows ordered by the columns of an index (or by the handle: one column). `low` and
/// `high` hold values of the leading columns, cast to the columns' types; a shorter bound covers
/// all rows that begin with it (unless exclusive: then none). NULL sorts first.
struct ValueRange {
  std::vector<Value> low;
  std::vector<Value> high;
  bool low_exclusive = false;
  bool high_exclusive = false;

  /// Everything.
  static ValueRange full() { return {}; }
  /// All rows that begin with these values.
  static ValueRange point(std::vector<Value> values);
  /// Whether low equals high and neither is excluded.
  bool is_point() const;
};

/// A column of an index, as far as ranges are concerned.
struct RangeColumn {
  size_t id = SIZE_MAX;  ///< SIZE_MAX: the plan does not read it
  const FieldType* type = nullptr;
  bool is_prefix = false;  ///< the index holds the beginning of the value only
};

struct RangeResult {
  std::vector<ValueRange> ranges;  ///< ascending, without overlaps
  /// For each condition: the ranges guarantee it.
  std::vector<bool> guaranteed;
  size_t point_columns = 0;  ///< leading columns that are given by points in every range
  /// Number of points over these columns; 1: they are the same in all ranges.
  size_t points = 1;
  bool limited = false;  ///< not simply everything
  bool has_null_point = false;
  double selectivity = 1;
};

/// The ranges of an index over `columns` that conditions (all must hold) leave.
RangeResult build_ranges(const std::vector<RangeColumn>& columns,
                         const std::vector<ExprPtr>& conditions, EvalContext& eval);

/// `v` as a column of this type holds it; nothing when no value of the column equals it.
std::optional<Value> fit_point(const Value& v, const FieldType& type, EvalContext& eval);

}  // namespace tbl::tidb
