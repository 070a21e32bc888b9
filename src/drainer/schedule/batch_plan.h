// From the rows of a batch to the fewest changes that have the same effect, in an order that no
// unique key can object to.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "drainer/schedule/batch.h"
#include "drainer/schedule/sink_table.h"

namespace tbl::schedule {

/// One row to be changed: old values empty for an insert, new values for a delete.
struct PlannedRow {
  decode::RowValues old_values;
  decode::RowValues new_values;
  uint64_t commit_ts = 0;  ///< of the last change that went into it, for messages
};

/// What becomes of one table.
struct TablePlan {
  SinkTablePtr table;
  /// To be executed as deletes, then inserts, then updates, many rows per statement. Updates change
  /// no unique key.
  std::vector<PlannedRow> deletes;
  std::vector<PlannedRow> inserts;
  std::vector<PlannedRow> updates;
  /// Instead of those: one after the other in this order.
  std::vector<PlannedRow> in_order;
};

struct TableRow {
  const decode::RowChange* row;
  uint64_t commit_ts;
};

/// Plans the rows of one table, given in the order of the stream. Rows of one key (byte for byte)
/// are reduced to one change from the first old to the last new values; an update that changes any
/// unique key is split into a delete and an insert. A table that is `row_by_row`, or whose rows
/// contradict each other (an insert over a row that is there), is left in order, unreduced.
TablePlan plan_table(SinkTablePtr table, std::span<const TableRow> rows);

}  // namespace tbl::schedule
