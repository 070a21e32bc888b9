// Plans of statements that change rows. Expressions over "the full row" see one value for each of
// TableInfo::columns, in that order.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "tidb/plan/plan.h"
#include "tidb/plan/table_exprs.h"

namespace tbl::tidb {

/// `column = expr`; a null expr means DEFAULT.
struct Assignment {
  size_t offset = 0;  ///< in TableInfo::columns
  ExprPtr expr;
};

/// INSERT and REPLACE.
struct InsertPlan {
  std::string db;
  schema::TableInfoPtr table;
  std::unique_ptr<TableExprs> exprs;
  bool replace = false;
  bool ignore = false;
  std::vector<size_t> columns;  ///< offsets, in the order values are given
  /// VALUES: expressions over the full row so far (a column given before may be used); null:
  /// DEFAULT.
  std::vector<std::vector<ExprPtr>> rows;
  PlanPtr select;  ///< INSERT ... SELECT
  /// Over the old full row followed by the full row that was to be inserted.
  std::vector<Assignment> on_duplicate;
};

/// One table whose rows an UPDATE or DELETE changes. The source's rows hold, from `first_column`:
/// the table's full row, the handle and the physical id of the row's table or partition.
struct DmlTarget {
  std::string db;
  schema::TableInfoPtr table;
  std::unique_ptr<TableExprs> exprs;
  size_t first_column = 0;
  std::vector<Assignment> assignments;  ///< UPDATE: over the source's row
};

struct UpdatePlan {
  PlanPtr source;
  std::vector<DmlTarget> targets;
  bool ignore = false;
  bool multi_table = false;  ///< all assignments see the values before the statement
};

struct DeletePlan {
  PlanPtr source;
  std::vector<DmlTarget> targets;
  bool ignore = false;
};

struct LoadDataPlan {
  struct Field {
    std::optional<size_t> offset;  ///< the column this field goes to
    std::string variable;          ///< or the user variable
  };
  struct Format {
    std::string fields_terminated = "\t";
    std::string fields_enclosed;
    bool optionally_enclosed = false;
    std::string fields_escaped = "\\";
    std::string lines_starting;
    std::string lines_terminated = "\n";
    uint64_t ignore_lines = 0;
  };
  std::string db;
  schema::TableInfoPtr table;
  std::unique_ptr<TableExprs> exprs;
  std::string path;
  bool local = false;
  bool replace = false;
  bool ignore = false;
  Format format;
  std::vector<Field> fields;
  std::vector<Assignment> assignments;  ///< SET: over the full row
};

}  // namespace tbl::tidb
