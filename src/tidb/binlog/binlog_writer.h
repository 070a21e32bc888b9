// Where transactions leave their binlogs: pumps, or a test's list.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "base/status.h"

namespace tbl::tidb {

/// One transaction's binlog: rows, or a DDL when ddl_job_id > 0.
struct BinlogRecord {
  uint64_t start_ts = 0;
  std::string prewrite_key;    ///< raw user key of the transaction's primary
  std::string prewrite_value;  ///< RowEvents::encode(); empty for a DDL
  std::string ddl_query;
  int64_t ddl_job_id = 0;
  int32_t ddl_schema_state = 0;
};

/// A prewrite binlog on its way. Destroying it without wait() gives it up.
class PendingBinlog {
 public:
  virtual ~PendingBinlog() = default;
  /// Returns when a pump has it, or when it has been given up. Ok also when binlogs are skipped
  /// (ignore-error). An error has the text for the client; the transaction must not commit then.
  virtual Status wait() = 0;
};

/// Any thread.
class BinlogWriter {
 public:
  virtual ~BinlogWriter() = default;
  /// Sends the prewrite binlog and does not wait. Keeps a copy of what it needs.
  virtual std::unique_ptr<PendingBinlog> prewrite(const BinlogRecord& record) = 0;
  /// Says how the transaction ended, to the pump that has its prewrite; in the background, so
  /// errors are only logged (pump then asks the store). `commit_ts` 0: rolled back.
  virtual void finish(const BinlogRecord& record, uint64_t commit_ts) = 0;
};

}  // namespace tbl::tidb
