// Rows on their way into a table: what INSERT, REPLACE and LOAD DATA have in common.
#pragma once

#include <optional>
#include <vector>

#include "tidb/exec/dml_table.h"
#include "tidb/exec/result.h"

namespace tbl::tidb {

/// What to do with a row that another one stands in the way of.
enum class OnDuplicateRow : uint8_t { kError, kIgnore, kReplace, kUpdate };

class InsertRows {
 public:
  InsertRows(DmlTable& table, ExecContext& context, OnDuplicateRow rule)
      : table_(table), context_(context), rule_(rule) {}

  /// ON DUPLICATE KEY UPDATE. With `ignore`, an update that meets another row, or a row for no
  /// partition, is left out.
  void set_updates(const std::vector<Assignment>* updates, bool ignore) {
    updates_ = updates;
    ignore_ = ignore;
  }
  /// The rows up to number `rows` ask for auto ids: these are taken together.
  void expect(uint64_t rows) { expected_ = rows; }

  /// A row before values are given.
  Row blank() const { return Row(table_.info().columns.size()); }
  /// Completes the row (defaults for columns not in `given`, auto id, generated columns) and adds
  /// it. Given values are cast already.
  Status add(Row row, const std::vector<bool>& given);
  /// Whether NULL (and 0) for this column asks for an auto id.
  bool wants_auto_id(size_t offset, const Value& value) const;

  uint64_t records() const { return records_; }
  uint64_t duplicates() const { return duplicates_; }
  OkInfo info() const;

 private:
  Status fill_auto_id(Row* row, bool given);
  Result<int64_t> next_auto_id();
  Status add_checked(Row row);
  Status replace(const Row& row);
  Status update_existing(TableRow existing, const Row& row);
  Status write_update(const TableRow& existing, Row after);
  /// A row that was found and left as it is: nobody may change it before this transaction ends.
  Status keep_locked(const TableRow& row);

  DmlTable& table_;
  ExecContext& context_;
  OnDuplicateRow rule_;
  const std::vector<Assignment>* updates_ = nullptr;
  bool ignore_ = false;
  uint64_t expected_ = 1;
  uint64_t reserved_ = 0;
  int64_t next_reserved_ = 0;
  uint64_t records_ = 0;
  uint64_t duplicates_ = 0;
  uint64_t affected_ = 0;
  std::optional<uint64_t> generated_id_;
  std::optional<uint64_t> given_id_;
};

}  // namespace tbl::tidb
