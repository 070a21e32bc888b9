// Rows of a stored table by one access path, before filters.
#pragma once

#include <memory>
#include <vector>

#include "tidb/exec/context.h"
#include "tidb/plan/plan.h"
#include "tidb/table/table_reader.h"

namespace tbl::tidb {

/// Gives rows of one table or of one partition after the other. `row.row` is a full row; through a
/// covering index only the index's columns (and the handle's) are set.
class RowSource {
 public:
  virtual ~RowSource() = default;
  virtual Result<bool> next(TableRow* out) = 0;
};

/// `plan` gives the path, `ranges` what to read of it. The plan and the context outlive the source.
Result<std::unique_ptr<RowSource>> open_row_source(const DataSourcePlan& plan,
                                                   std::vector<ValueRange> ranges,
                                                   ExecContext& context);

/// Handles in a range of values of the table's handle, ascending; none for an empty range. An
/// unsigned handle's range may fall apart into two.
std::vector<HandleRange> handle_ranges(const std::vector<ValueRange>& ranges, bool is_unsigned);

}  // namespace tbl::tidb
