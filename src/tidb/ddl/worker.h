// Runs the queued jobs, one step after another, on one thread.
#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>

#include "base/status.h"
#include "base/stop.h"
#include "schema/job.h"
#include "tidb/catalog/schema_holder.h"
#include "tidb/ddl/ddl_storage.h"
#include "tidb/ddl/job_step.h"

namespace tbl::tidb {

/// Each step is one meta transaction. A step that makes a schema version holds the gate of the
/// SchemaHolder from before its commit until the version is published; the step that completes a
/// job carries the DDL binlog. The job moves to history in a transaction of its own, so a crash
/// anywhere leaves a job that can be gone on with.
///
/// A job in the general queue goes before the index being built, unless it concerns the same table
/// or database and came later. A storage error is tried again for ever, with a
/// growing pause.
class DdlWorker {
 public:
  DdlWorker(DdlStorage& storage, SchemaHolder& schemas, IndexBackfill* backfill);
  ~DdlWorker();

  void start();
  void stop();
  bool is_stopped() const { return stop_.stop_requested(); }
  void set_sql_runner(SqlRunner* sql) { sql_ = sql; }

  /// See Ddl::Deps. Before start().
  void set_forget_auto_ids(std::function<void(int64_t)> forget) {
    forget_auto_ids_ = std::move(forget);
  }

  /// A job was queued.
  void notify();
  /// The result of a job will be asked for: call before it is queued.
  void expect(int64_t job_id);
  /// It will not, after all.
  void forget(int64_t job_id);
  /// Waits up to `timeout_ms` for the end of an expected job; none: not yet.
  std::optional<schema::DdlJob> wait_for(int64_t job_id, int64_t timeout_ms);

  /// One transaction's worth of work; false: the queues are empty. Called by the worker's thread,
  /// or by a test that does not start it.
  Result<bool> run_once();

 private:
  void run();
  Result<std::optional<schema::DdlJob>> next_job(MetaReader& meta);
  Status advance(DdlTransaction& txn, MetaWriter& meta, schema::DdlJob job);
  Status commit_version(DdlTransaction& txn, MetaWriter& meta, const JobStep& step);
  Status commit_plain(DdlTransaction& txn, const schema::DdlJob& job);
  Status archive(DdlTransaction& txn, MetaWriter& meta, schema::DdlJob job);
  Status reload_schema();
  void finished(const schema::DdlJob& job);

  DdlStorage& storage_;
  SchemaHolder& schemas_;
  IndexBackfill* backfill_;
  std::atomic<SqlRunner*> sql_{nullptr};
  std::function<void(int64_t)> forget_auto_ids_;

  std::mutex mutex_;
  std::condition_variable cond_;
  bool work_ = true;  ///< something may be queued
  std::map<int64_t, std::optional<schema::DdlJob>> expected_;

  StopSource stop_;
  Thread thread_;
};

}  // namespace tbl::tidb
