// One step of a DDL job: within one meta transaction, the schema moves by at most one version.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/status.h"
#include "schema/job.h"
#include "schema/schema_diff.h"
#include "tidb/catalog/meta.h"
#include "tidb/catalog/schema.h"
#include "tidb/ddl/ddl_storage.h"
#include "tidb/ddl/job_args.h"

namespace tbl::tidb {

/// The job being run and the transaction it is run in. A step changes `job` (its state, its schema
/// state, what it leaves behind); an error it returns is one of the storage, and the step is tried
/// again in another transaction. What goes wrong with the job itself is put into the job by fail().
class JobStep {
 public:
  JobStep(MetaWriter& meta, schema::DdlJob& job, const Schema& schema, uint64_t start_ts)
      : meta(meta), job(job), schema(schema), start_ts(start_ts) {}

  MetaWriter& meta;
  schema::DdlJob& job;
  const Schema& schema;  ///< before this step
  const uint64_t start_ts;
  JobArgs args;
  IndexBackfill* backfill = nullptr;
  SqlRunner* sql = nullptr;
  /// The version this step makes; none: the schema stays as it is.
  std::optional<schema::SchemaDiff> diff;

  /// The job ends here, having changed nothing: state cancelled, the client gets `why`.
  Status fail(const Status& why);
  /// Takes the next schema version for a change of the job's table (or database).
  Status new_version(int64_t old_table_id = 0, int64_t old_schema_id = 0);

  /// The job's table as it is in meta. None: fail() was called (1146).
  Result<std::optional<schema::TableInfo>> load_table();
  /// Writes the table back under a new version.
  Status store_table(schema::TableInfo table);
  /// store_table(), and the job is done with this table in `schema_state`.
  Status finish(schema::TableInfo table, schema::SchemaState schema_state,
                schema::JobState state = schema::JobState::kDone);
};

/// Runs the next step of `step.job` by its type.
Status run_step(JobStep& step);

// The families.
Status step_create_schema(JobStep& step);
Status step_drop_schema(JobStep& step);
Status step_modify_schema_charset(JobStep& step);
Status step_create_table(JobStep& step);
Status step_create_view(JobStep& step);
Status step_drop_table(JobStep& step);
Status step_truncate_table(JobStep& step);
Status step_rename_table(JobStep& step);
/// Comment, charset, AUTO_INCREMENT, SHARD_ROW_ID_BITS.
Status step_table_option(JobStep& step);
Status step_add_column(JobStep& step);
Status step_drop_column(JobStep& step);
Status step_modify_column(JobStep& step);
Status step_set_default(JobStep& step);
Status step_add_index(JobStep& step);
Status step_drop_index(JobStep& step);
Status step_rename_index(JobStep& step);
Status step_foreign_key(JobStep& step);
Status step_add_partition(JobStep& step);
Status step_drop_partition(JobStep& step);
Status step_truncate_partition(JobStep& step);

/// A job in state cancelling: turns it into a cancelled one, or starts its way back.
Status cancel_job(JobStep& step);
/// May ADMIN CANCEL DDL JOBS still stop it?
bool is_cancellable(const schema::DdlJob& job);

/// ADD INDEX or ADD PRIMARY KEY.
bool adds_index(schema::ActionType type);
/// Does a row, as it is now, have NULL in this column?
Result<bool> has_nulls(JobStep& step, const schema::TableInfo& table,
                       const schema::ColumnInfo& column);

/// Ids of the partitions; empty for a table without.
std::vector<int64_t> partition_ids(const schema::TableInfo& table);

}  // namespace tbl::tidb
