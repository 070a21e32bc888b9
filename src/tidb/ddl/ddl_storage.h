// What DDL needs of the rest of the server, as interfaces: transactions, the backfill of an index,
// SQL of its own. Tests give fakes.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/status.h"
#include "schema/job.h"
#include "tidb/catalog/meta_store.h"

namespace tbl::tidb {

struct DdlBinlog;  // kv/transaction.h

/// One meta transaction. One thread. Dropping it without commit() rolls it back.
class DdlTransaction {
 public:
  virtual ~DdlTransaction() = default;
  virtual uint64_t start_ts() const = 0;
  virtual MetaStore& store() = 0;
  /// `binlog`: null for none. An error means that nothing happened, except is_undetermined() of
  /// kv/kv_error.h.
  virtual Status commit(const DdlBinlog* binlog) = 0;
};

class DdlStorage {
 public:
  virtual ~DdlStorage() = default;
  virtual Result<std::unique_ptr<DdlTransaction>> begin() = 0;
};

/// Adds the entries of an index in write reorganization for the rows that were there before.
class IndexBackfill {
 public:
  virtual ~IndexBackfill() = default;
  static constexpr int64_t kBatchRows = 256;
  struct Task {
    schema::TableInfoPtr table;
    int64_t index_id = 0;
    int64_t physical_id = 0;   ///< the table or one partition
    int64_t start_handle = 0;  ///< the first to do
    int64_t rows_max = kBatchRows;
  };
  struct Batch {
    int64_t rows = 0;
    int64_t next_handle = 0;
    bool done = false;  ///< no rows are left in this table or partition
  };
  /// Does one batch in a transaction of its own, reading the rows as they are now: those that
  /// change meanwhile get their entries from who changes them. Error 1062 for a duplicate; 9007
  /// when it should be tried again.
  virtual Result<Batch> run(const Task& task) = 0;
};

/// Runs statements of the server itself, as root, each in its own transaction.
class SqlRunner {
 public:
  virtual ~SqlRunner() = default;
  virtual Status execute(std::string_view sql) = 0;
  /// Does this SELECT give at least one row?
  virtual Result<bool> any_row(std::string_view select) = 0;
};

}  // namespace tbl::tidb
