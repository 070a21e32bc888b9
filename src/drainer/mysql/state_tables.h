// The tables in which drainer keeps its state downstream, named after the checkpoint table (format
// in docs/formats/drainer.md):
//
//   <checkpoint>       K, as the original keeps it
//   <checkpoint>_run   who applies: the run, its connections
//   <checkpoint>_mark  what downstream transactions above K held
//   <checkpoint>_ddl   the DDL that is being executed
//
// Functions only make statements and read replies; who calls them when is said in fence.h,
// batch_applier.h and checkpointer.h.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "drainer/mysql/checkpoint.h"
#include "drainer/mysql/connection.h"
#include "drainer/mysql/mark_items.h"

namespace tbl::mysql {

struct RunRecord {
  uint64_t run = 0;
  uint32_t workers = 0;
  std::string node_id;
  std::string address;
  std::vector<uint64_t> connection_ids;  ///< in the order of their slots (fence.h)
  uint64_t unknown_ts = 0;               ///< up to here another program may have applied rows
};

struct DdlRecord {
  uint64_t commit_ts = 0;
  int64_t job_id = 0;
  uint64_t connection_id = 0;
  std::string before_state;
};

/// Everything a start has to know.
struct State {
  std::optional<Checkpoint> checkpoint;
  std::optional<RunRecord> run;
  std::optional<DdlRecord> ddl;
  AppliedSet applied;
};

/// Immutable; any thread.
class StateTables {
 public:
  StateTables(std::string schema, std::string table, uint64_t cluster_id);

  /// Makes what is missing of the tables with rows' marks.
  Status create(Connection& connection) const;
  /// Makes the checkpoint table if it is missing.
  Status create_checkpoint(Connection& connection) const;

  Result<std::optional<Checkpoint>> load_checkpoint(Connection& connection) const;
  Result<std::optional<RunRecord>> load_run(Connection& connection) const;
  /// One repeatable-read view of all; marks above the checkpoint's ts only. `checkpoint` is given
  /// when it lives on another server.
  Result<State> load(Connection& connection, const std::optional<Checkpoint>* checkpoint) const;
  /// Numbers of the marks of one run.
  Result<std::vector<uint64_t>> load_mark_numbers(Connection& connection, uint64_t run) const;

  std::string save_checkpoint_sql(const Checkpoint& checkpoint) const;
  std::string save_run_sql(const RunRecord& run) const;
  std::string save_connections_sql(uint64_t run, const std::vector<uint64_t>& ids) const;
  std::string insert_mark_sql(uint64_t run, uint64_t number, uint64_t high_ts, Bytes items) const;
  std::string delete_marks_sql(uint64_t run, std::span<const uint64_t> numbers) const;
  /// Marks of other runs at or below `commit_ts`.
  std::string delete_old_marks_sql(uint64_t run, uint64_t commit_ts) const;
  std::string delete_all_marks_sql() const;
  std::string save_ddl_sql(const DdlRecord& ddl) const;
  std::string delete_ddl_sql(uint64_t commit_ts) const;

  const std::string& schema() const { return schema_; }
  const std::string& table() const { return table_; }
  uint64_t cluster_id() const { return cluster_id_; }

 private:
  Result<std::optional<DdlRecord>> load_ddl(Connection& connection) const;
  Status load_marks(Connection& connection, uint64_t above_ts, AppliedSet* applied) const;
  std::string where() const;

  std::string schema_;
  std::string table_;
  uint64_t cluster_id_;
  std::string checkpoint_;  // quoted
  std::string run_;
  std::string mark_;
  std::string ddl_;
};

}  // namespace tbl::mysql
