// The sink for MySQL, MariaDB and TiDB: applies the stream exactly once.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "drainer/mysql/connection.h"
#include "drainer/schedule/applier.h"
#include "drainer/schedule/ddl_policy.h"
#include "drainer/schedule/scheduler.h"

namespace tbl::mysql {

struct MySqlApplierOptions {
  ConnectionOptions to;
  /// The checkpoint's own server (`[syncer.to.checkpoint]` with a type); unset: the downstream.
  std::optional<ConnectionOptions> checkpoint_server;
  std::string checkpoint_schema = "tidb_binlog";
  std::string checkpoint_table = "checkpoint";
  uint64_t cluster_id = 0;
  /// A TSO taken at this start: the name of the run, and the end of the unknown zone.
  uint64_t run = 0;
  /// K where there is no checkpoint yet (`initial-commit-ts`).
  uint64_t initial_commit_ts = 0;
  std::string node_id;
  std::string address;  ///< of our HTTP API, for the next drainer to ask whether we live
  /// Whether the drainer with that node id lives at that address: its /status answers with the node
  /// id, or its registry entry advances. Must not be answered by the caller's own process.
  std::function<bool(const std::string& node_id, const std::string& address)> is_alive;
  uint32_t lock_wait_s = 10;

  schedule::SchedulerOptions scheduler;
  /// `transaction-atomicity`: a large transaction is one downstream, too.
  bool whole_transactions = false;
  bool safe_mode = false;
  schedule::DdlPolicy* ddl_policy = nullptr;  ///< not owned; null: none
  bool stop_on_miss = false;        ///< a change that finds no row is an error, not a warning
  bool replace_duplicates = false;  ///< a duplicate key is warned of, and the row written over
  bool loopback = false;
  int64_t channel_id = 0;
  uint32_t save_interval_ms = 3000;
};

/// Counters for metrics.
struct MySqlApplierStats {
  uint64_t missed_rows = 0;
};

/// Thread rules of schedule::Applier. Owns its threads and connections.
class MySqlApplier : public schedule::Applier {
 public:
  MySqlApplier(MySqlApplierOptions options, schedule::ApplierEvents events);
  ~MySqlApplier() override;

  Result<schedule::StartPoint> start() override;
  Status submit(schedule::TransactionPtr transaction) override;
  Status submit_all(std::span<schedule::TransactionPtr> transactions) override;
  Status submit_parts(schedule::PartSource& parts) override;
  Status execute_ddl(const schedule::DdlTask& task) override;
  void note_progress(uint64_t commit_ts, int64_t schema_version) override;
  Status stop() override;
  void abort() override;
  Status first_error() const override;
  std::vector<std::string> hold_ups() const override;

  MySqlApplierStats stats() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace tbl::mysql
