// Intervals of an index or of a table's handles, as conditions give them.
#pragma once

#include <string>
#include <vector>

#include "tidb/types/value.h"

namespace tbl::tidb {

/// An interval of rows ordered by the columns of an index (or by the handle: one column). `low` and
/// `high` hold values of the leading columns, cast to the columns' types; a shorter bound covers
/// all rows that begin with it (unless exclusive: then none). NULL sorts first.
struct KeyRange {
  std::vector<Value> low;
  std::vector<Value> high;
  bool low_exclusive = false;
  bool high_exclusive = false;

  /// Everything.
  static KeyRange full() { return {}; }
  /// All rows that begin with these values.
  static KeyRange point(std::vector<Value> values);
  /// Whether low equals high and neither is excluded.
  bool is_point() const;
};

}  // namespace tbl::tidb
