// Reading a table through a transaction: by handle, in ranges of handles, through an index.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "tidb/kv/transaction.h"
#include "tidb/table/index_codec.h"

namespace tbl::tidb {

/// A stored row with its place.
struct TableRow {
  int64_t physical_id = 0;  ///< table or partition
  int64_t handle = 0;       ///< _tidb_rowid, or the integer primary key
  Row row;                  ///< all of TableInfo::columns
};

/// Rows in handle order (or reverse).
class TableCursor {
 public:
  /// False: there are no more rows.
  Result<bool> next(TableRow* out);

 private:
  friend class TableReader;
  TableCursor(TableInfoPtr table, int64_t physical_id, const codec::TimeZone& zone)
      : table_(std::move(table)), physical_id_(physical_id), zone_(zone) {}
  TableInfoPtr table_;
  int64_t physical_id_;
  const codec::TimeZone& zone_;
  std::vector<std::unique_ptr<KvCursor>> ranges_;
  size_t at_ = 0;
};

/// Entries in index order (or reverse).
class IndexCursor {
 public:
  /// False: there are no more entries.
  Result<bool> next(IndexRow* out);

 private:
  friend class TableReader;
  IndexCursor(TableInfoPtr table, const IndexInfo& index, int64_t physical_id,
              const codec::TimeZone& zone)
      : table_(std::move(table)), index_(index), physical_id_(physical_id), zone_(zone) {}
  TableInfoPtr table_;
  const IndexInfo& index_;
  int64_t physical_id_;
  const codec::TimeZone& zone_;
  std::vector<std::unique_ptr<KvCursor>> ranges_;
  size_t at_ = 0;
};

/// One table or one partition of it. One thread; the transaction and the zone must outlive it and
/// its cursors. Reads at the transaction's read_ts(). Refuses clustered tables without an integer
/// handle (none are made here).
class TableReader {
 public:
  TableReader(TableInfoPtr table, Transaction& txn, const codec::TimeZone& zone)
      : TableReader(table, txn, zone, table->id) {}
  TableReader(TableInfoPtr table, Transaction& txn, const codec::TimeZone& zone,
              int64_t physical_id)
      : table_(std::move(table)), txn_(txn), zone_(zone), physical_id_(physical_id) {}

  Result<std::optional<TableRow>> get(int64_t handle);
  /// One answer per handle, in the order asked; read in batches.
  Result<std::vector<std::optional<TableRow>>> get_many(const std::vector<int64_t>& handles);
  /// `ranges` ascending; for `reverse` they are walked from the last.
  Result<std::unique_ptr<TableCursor>> scan(const std::vector<HandleRange>& ranges = {{}},
                                            bool reverse = false);
  /// `index` is one of the table's.
  Result<std::unique_ptr<IndexCursor>> scan_index(const IndexInfo& index,
                                                  const std::vector<IndexRange>& ranges = {{}},
                                                  bool reverse = false);
  /// The handle of the row with these values of a unique index (all columns, none NULL).
  Result<std::optional<int64_t>> find_unique(const IndexInfo& index, const Row& values);

 private:
  Result<std::vector<std::unique_ptr<KvCursor>>> open(std::vector<KeyRange> ranges, bool reverse);

  TableInfoPtr table_;
  Transaction& txn_;
  const codec::TimeZone& zone_;
  int64_t physical_id_;
};

}  // namespace tbl::tidb
