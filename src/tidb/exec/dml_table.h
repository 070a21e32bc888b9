// A table that a statement changes: its writer, its computed columns, its counters.
#pragma once

#include <memory>
#include <string>

#include "tidb/exec/context.h"
#include "tidb/plan/dml_plan.h"
#include "tidb/table/table_writer.h"

namespace tbl::tidb {

/// Rows here are full: one value for each of TableInfo::columns. Lives for one statement; the plan
/// and the context outlive it.
class DmlTable {
 public:
  struct Target {
    const schema::TableInfoPtr& table;
    const TableExprs& exprs;
  };
  /// Error: 1792 and the like never come from here, but a schema without the table does (1146).
  static Result<std::unique_ptr<DmlTable>> open(const Target& target, ExecContext& context);

  const schema::TableInfo& info() const { return *table_; }
  TableWriter& writer() { return *writer_; }
  /// Position of the AUTO_INCREMENT column; kNone without one.
  static constexpr size_t kNone = SIZE_MAX;
  size_t auto_column() const { return auto_column_; }
  AutoIdAllocator& auto_ids() { return *auto_ids_; }

  /// A value as the column stores it: cast, with NULL checked against NOT NULL. `row` is for error
  /// texts.
  Result<Value> cast(size_t offset, const Value& value, uint64_t row);
  /// The value of a column that the statement does not give: 1364 or zero and a warning.
  Result<Value> default_value(size_t offset);
  /// Fills the generated columns.
  Status compute(Row* row);
  /// Virtual columns of a row as it was read from the table.
  Status complete(TableRow* row);
  /// Changes a row that was read to `after`, whose `assigned` columns a statement has set: ON
  /// UPDATE columns and generated ones follow. False: nothing changed.
  Result<bool> update(const TableRow& before, Row after, const std::vector<Assignment>& assigned);

 private:
  DmlTable(const Target& target, ExecContext& context)
      : table_(target.table), exprs_(target.exprs), context_(context) {}
  Status set_up();
  Status touch_times(Row* row, const std::vector<Assignment>& assigned);
  bool is_strict() const { return context_.eval.convert.strict; }

  schema::TableInfoPtr table_;
  const TableExprs& exprs_;
  ExecContext& context_;
  std::unique_ptr<TableWriter> writer_;
  std::shared_ptr<AutoIdAllocator> auto_ids_;
  size_t auto_column_ = kNone;
};

/// While it lives, a statement with IGNORE takes errors of values as warnings.
class IgnoreScope {
 public:
  IgnoreScope(ExecContext& context, bool ignore)
      : convert_(context.eval.convert), strict_(convert_.strict) {
    if (ignore) convert_.strict = false;
  }
  ~IgnoreScope() { convert_.strict = strict_; }
  IgnoreScope(const IgnoreScope&) = delete;
  IgnoreScope& operator=(const IgnoreScope&) = delete;

 private:
  ConvertContext& convert_;
  bool strict_;
};

/// Errors of a row that IGNORE turns into a warning and a row left alone.
bool is_ignorable(const Status& status);

/// "Records: 5  Duplicates: 0  Warnings: 0"
std::string insert_message(uint64_t records, uint64_t duplicates, ExecContext& context);
/// "Rows matched: 1  Changed: 1  Warnings: 0"
std::string update_message(uint64_t matched, uint64_t changed, ExecContext& context);

}  // namespace tbl::tidb
