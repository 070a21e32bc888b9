// The expressions a table's schema keeps as text (generated columns, the partition expression),
// bound to its full row: one value for each of TableInfo::columns.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "base/status.h"
#include "schema/table_info.h"
#include "tidb/expr/expr.h"

namespace tbl::tidb {

struct EvalContext;

/// Immutable after bind_table_exprs(); used by one statement.
class TableExprs {
 public:
  struct Generated {
    size_t offset;  ///< in TableInfo::columns
    ExprPtr expr;
    bool stored;
  };
  /// In an order in which each sees those it reads.
  std::vector<Generated> generated;
  /// Null for a table that is not partitioned.
  ExprPtr partition;
  /// RANGE: the bound of each partition; none: MAXVALUE.
  std::vector<std::optional<Value>> less_than;

  /// Fills every generated column of `row` (cast to its type) from the others.
  Status fill_generated(const schema::TableInfo& table, EvalContext& eval, Row* row) const;
  /// The id under which `row` is stored: the table's, or its partition's. 1526 when no partition
  /// takes it.
  Result<int64_t> physical_id(const schema::TableInfo& table, EvalContext& eval,
                              const Row& row) const;
};

/// Parses and binds them. An error names the column or "partition".
Result<std::unique_ptr<TableExprs>> bind_table_exprs(const schema::TableInfo& table,
                                                     EvalContext& eval);

}  // namespace tbl::tidb
