// The door between the stream and what it is applied to.
//
// The front (pullers, merger, tracker, decoder, router) hands over one ascending stream; an Applier
// makes it durable downstream, exactly once, and tells how far that is safe:
//
//   start()                     where to begin
//   submit(transaction)         rows, in commit order; parts of a large one in row order
//   submit_all(transactions)    several of these
//   submit_parts(parts)         the same of a large one that can be read again
//   execute_ddl(task)           barrier: returns when it is durable
//   note_progress(ts, version)  a fake binlog, or one with nothing left for us
//   stop(true)                  drains, saves the checkpoint
//
// All of these are called by one thread. Implementations: mysql/mysql_applier.h,
// schedule/discard_applier.h.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/status.h"
#include "schema/job.h"
#include "schema/table_info.h"

namespace tbl::decode {
struct Transaction;
}

namespace tbl::schedule {

using TransactionPtr = std::shared_ptr<const decode::Transaction>;

/// What start() found downstream.
struct StartPoint {
  /// K: everything at or below is applied; pull from here. 0: no checkpoint, begin at
  /// `initial-commit-ts`.
  uint64_t commit_ts = 0;
  int64_t schema_version = 0;  ///< of the last item at or below K; 0 if unknown
  bool consistent = false;     ///< the last program stopped cleanly
  bool is_first = false;       ///< there is no checkpoint yet
  bool is_tidb = false;        ///< the downstream is a TiDB
  /// Up to this commit ts another program may have applied rows that we know nothing of: they are
  /// written so that a second time does no harm. 0: nothing is unknown.
  uint64_t unknown_until_ts = 0;
};

struct TableName {
  std::string schema;
  std::string table;  ///< empty: the database itself
  auto operator<=>(const TableName&) const = default;
};

/// One DDL of the stream.
struct DdlTask {
  uint64_t commit_ts = 0;
  int64_t schema_version = 0;  ///< after the job
  int64_t job_id = 0;
  schema::ActionType type = schema::ActionType::kNone;
  std::string query;   ///< the binlog's ddl_query; of several renames those that are for us
  std::string schema;  ///< database that the statement runs in
  /// Every table the job touches, old names first, the new name last (RENAME), both tables of an
  /// EXCHANGE; for a job on a database one entry with an empty table.
  std::vector<TableName> touched;
  /// The table after the job; null for jobs on a database and dropped tables.
  schema::TableInfoPtr table_after;
  /// Not for us (`sync-ddl`, event filter): only what is known of downstream tables is forgotten.
  bool skip = false;
};

/// A transaction that is too large to be held at once. One thread.
class PartSource {
 public:
  virtual ~PartSource() = default;

  virtual uint64_t commit_ts() const = 0;
  virtual int64_t schema_version() const = 0;
  /// The next part, in row order; null after the last one. Errors name the transaction.
  virtual Result<TransactionPtr> next() = 0;
  /// The first part is the next again.
  virtual void rewind() = 0;
};

/// What an Applier tells while it runs; called from its threads, one call at a time, must not
/// block.
struct ApplierEvents {
  /// Everything at or below `commit_ts` is durable or was not for us. Never decreases.
  std::function<void(uint64_t commit_ts)> on_progress = [](uint64_t) {};
  /// The first error; nothing is applied after it. Following calls return the same error.
  std::function<void(const Status&)> on_error = [](const Status&) {};
};

/// Applies one stream. Not restartable: one object for one run.
class Applier {
 public:
  virtual ~Applier() = default;

  /// Connects, makes sure that nobody else applies this stream, reads the checkpoint.
  virtual Result<StartPoint> start() = 0;

  /// Takes a transaction, or a part of one, whose commit ts is not below the one before. Waits
  /// while too many bytes are under way. What is known to be applied already is dropped here. The
  /// transaction's memory is released when it is durable.
  virtual Status submit(TransactionPtr transaction) = 0;

  /// Takes several, in the stream's order: cheaper than one by one.
  virtual Status submit_all(std::span<TransactionPtr> transactions) {
    for (TransactionPtr& transaction : transactions) TBL_TRY(submit(std::move(transaction)));
    return ok_status();
  }

  /// Takes a large transaction: submits its parts one after the other, unless the applier has been
  /// told to keep it whole. Then it is durable on return.
  virtual Status submit_parts(PartSource& parts) {
    while (true) {
      TBL_ASSIGN(TransactionPtr part, parts.next());
      if (!part) return ok_status();
      TBL_TRY(submit(std::move(part)));
    }
  }

  /// Waits for everything before, then executes. Durable on return.
  virtual Status execute_ddl(const DdlTask& task) = 0;

  /// Everything up to `commit_ts` that was not submitted is not for us.
  virtual void note_progress(uint64_t commit_ts, int64_t schema_version) = 0;

  /// Waits until all is durable and saves the checkpoint, marked as a clean end. The first error if
  /// there was one: then only what is durable is saved.
  virtual Status stop() = 0;

  /// Gives up waiting at once, from any thread; what is not durable is applied by the next run.
  virtual void abort() = 0;

  virtual Status first_error() const = 0;

  /// What it waits for downstream right now, in sentences; from any thread, after start().
  virtual std::vector<std::string> hold_ups() const { return {}; }
};

}  // namespace tbl::schedule
