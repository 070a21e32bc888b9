// Writing rows of a table: record, index entries and the binlog's row event, in one transaction.
#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "tidb/kv/transaction.h"
#include "tidb/table/auto_id.h"
#include "tidb/table/index_codec.h"
#include "tidb/table/table_reader.h"

namespace tbl::tidb {

struct WriterOptions {
  RowFormat format = RowFormat::kV1;
  const codec::TimeZone* zone = nullptr;  ///< of the session; null: UTC
  /// Partitioned tables: the physical id a row belongs to. Errors: 1526.
  std::function<Result<int64_t>(const Row&)> route;
  /// Gives hidden row ids; needed for tables without an integer primary key.
  AutoIdAllocator* row_ids = nullptr;
  /// Optimistic transactions: whether a duplicate is looked for at once
  /// (tidb_constraint_check_in_place) or by the commit.
  bool check_in_place = false;
};

/// A row that has the same value of a unique key.
struct DuplicateRow {
  TableRow existing;
  Status error;  ///< 1062 with value and key
};

/// Rows are full: one value per TableInfo::columns by offset, cast to the column (cast_to_column)
/// and with generated columns computed; columns at the end that are not public may be missing.
///
/// Indexes and columns that a DDL is adding or removing follow their state: delete-only ones only
/// lose entries, write-only ones get them. One thread; the transaction, zone and allocator must
/// outlive it. It may go before the transaction is over.
class TableWriter {
 public:
  TableWriter(TableInfoPtr table, Transaction& txn, WriterOptions options);

  /// Adds a row and gives its handle. Errors: 1062 "Duplicate entry '1-a' for key 'k'" at once, by
  /// lock_written() or by the commit, see WriterOptions::check_in_place.
  Result<int64_t> insert(const Row& row);
  /// The rows that stand in the way of a new one, each once: for REPLACE, INSERT IGNORE and ON
  /// DUPLICATE KEY UPDATE, which look first. In the order PRIMARY, then the indexes'.
  Result<std::vector<DuplicateRow>> find_duplicates(const Row& row);
  /// insert() after find_duplicates() found none: what was looked at is not checked again.
  Result<int64_t> insert_checked(const Row& row);

  /// Changes a row from `before` (as read) to `after`. Nothing happens when they are equal (false).
  /// A change of the integer primary key or of the partition is a remove and an insert. Looks for
  /// duplicates of the unique keys that change, at once.
  Result<bool> update(const TableRow& before, const Row& after);
  Status remove(const TableRow& row);

  /// Backfill of an index in write-reorganization: adds the entry of a row that was read in this
  /// transaction. Error 1062 when another row has it.
  Status add_index_entry(const IndexInfo& index, const TableRow& row);

 private:
  enum class Check : uint8_t { kPresumeNew, kNow, kNone };

  const codec::TimeZone& zone() const;
  Status check_table() const;
  Result<int64_t> physical_id(const Row& row) const;
  /// With a value for every column: those not public come from `from` or are the origin default.
  Result<Row> completed(const Row& row, const Row* from) const;
  Result<int64_t> insert_new(const Row& row, Check check);
  Status insert_row(const TableRow& row, Check check);
  Status put_record(const TableRow& row, Check check);
  Status put_entry(const IndexPlace& place, const TableRow& row, Check check);
  Status put_unique(std::string key, std::string value, Check check);
  Result<std::vector<DuplicateRow>> read_duplicates(
      int64_t physical, std::vector<std::pair<int64_t, Status>> handles);
  Status remove_entry(IndexEntry entry);
  Status update_entry(const IndexInfo& index, const TableRow& from, const TableRow& to);
  void describe_duplicates(int64_t physical_id);

  TableInfoPtr table_;
  Transaction& txn_;
  WriterOptions options_;
  std::vector<int64_t> described_;
};

/// 1062 for a key of the table: of a row or of a unique index's entry.
Status duplicate_entry(const TableInfo& table, Bytes key, Bytes value);

}  // namespace tbl::tidb
