// A table as a sink writes it: which of the upstream's columns, found by which key, in which
// manner.
#pragma once

#include <memory>
#include <vector>

#include "drainer/decode/transaction.h"
#include "drainer/schedule/table_keys.h"

namespace tbl::schedule {

/// Immutable once made; shared by all threads. "Position" is always one in TableInfo::columns.
struct SinkTable {
  decode::TablePtr table;
  TableKeys keys;  ///< upstream's and downstream's, for write sets

  /// Columns that are written: public, not generated, present downstream.
  std::vector<uint32_t> columns;
  /// Positions of a downstream unique key that is never NULL and wholly given by the rows, PRIMARY
  /// first; empty: there is none.
  std::vector<uint32_t> row_key;
  /// All downstream unique keys that the rows give, PRIMARY first; a value in them may be NULL.
  std::vector<std::vector<uint32_t>> where_keys;
  /// Positions that are part of any unique key of either side, ascending.
  std::vector<uint32_t> unique_positions;
  /// Downstream has columns of its own, which a delete followed by an insert would lose.
  bool has_extra_columns = false;
  /// Rows must be written one by one in upstream order: extra columns, no row key, or a unique key
  /// whose values are not in the rows.
  bool row_by_row = false;
};
using SinkTablePtr = std::shared_ptr<const SinkTable>;

/// A table that is the same on both sides, for sinks that do not look.
SinkTablePtr identical_sink_table(decode::TablePtr table);

/// Fills unique_positions and row_by_row from the other fields.
void finish_sink_table(SinkTable& table);

}  // namespace tbl::schedule
