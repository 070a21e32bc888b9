// Indexes and foreign keys.
#include <fmt/format.h>

#include <algorithm>

#include "tidb/ddl/job_step.h"
#include "tidb/ddl/table_edit.h"
#include "tidb/kv/kv_error.h"
#include "tidb/types/sql_error.h"

namespace tbl::tidb {

namespace {

using schema::ActionType;
using schema::ColumnInfo;
using schema::IndexInfo;
using schema::JobState;
using schema::SchemaState;
using schema::TableInfo;

/// Tries in one call of a step; then the progress is saved and others may have a turn.
constexpr int kBatchesPerStep = 16;

Status store_index_state(JobStep& step, TableInfo table, const std::string& name, SchemaState now) {
  find_index(table, name)->state = now;
  step.job.schema_state = now;
  return step.store_table(std::move(table));
}

/// A primary key makes its columns NOT NULL: first for writers, so that no NULL can come while the
/// rows there are looked through.
void prevent_nulls(TableInfo& table, const IndexInfo& index) {
  for (const auto& part : index.columns) {
    ColumnInfo* column = find_column(table, part.name.l);
    if (!column->type.not_null()) {
      column->type.flag |= schema::kFlagNotNull | kFlagPreventNullInsert;
    }
  }
}

/// They are NOT NULL from now on, or may have NULLs again.
void end_prevention(TableInfo& table, const IndexInfo& index, bool not_null) {
  for (const auto& part : index.columns) {
    ColumnInfo* column = find_column(table, part.name.l);
    if (!(column->type.flag & kFlagPreventNullInsert)) continue;
    column->type.flag &= ~kFlagPreventNullInsert;
    if (!not_null) column->type.flag &= ~uint32_t{schema::kFlagNotNull};
  }
}

Result<bool> meets_null(JobStep& step, TableInfo& table, const IndexInfo& index) {
  for (const auto& part : index.columns) {
    const ColumnInfo* column = find_column(table, part.name.l);
    if (!(column->type.flag & kFlagPreventNullInsert)) continue;
    TBL_ASSIGN(bool nulls, has_nulls(step, table, *column));
    if (nulls) return true;
  }
  return false;
}

Status append_index(JobStep& step, TableInfo* table) {
  IndexInfo index = step.args.table.indexes.at(0);
  if (find_index(*table, index.name.l) != nullptr) {
    return step.fail(sql_error(kErrDupKeyName, "Duplicate key name '" + index.name.o + "'"));
  }
  for (auto& part : index.columns) {
    const int position = column_position(*table, part.name.l);
    if (position < 0) {
      return step.fail(
          sql_error(kErrKeyColumnDoesNotExist, "column does not exist: " + part.name.o));
    }
    part.offset = position;
  }
  index.id = ++table->max_index_id;
  if (index.primary) prevent_nulls(*table, index);
  table->indexes.push_back(std::move(index));
  return ok_status();
}

/// The tables that hold the rows, in the order they are read.
std::vector<int64_t> physical_ids(const TableInfo& table) {
  return table.is_partitioned() ? partition_ids(table) : std::vector<int64_t>{table.id};
}

/// From the start of the first table, if nothing was done yet.
Result<ReorgProgress> progress_of(JobStep& step, const TableInfo& table) {
  TBL_ASSIGN(auto saved, step.meta.reorg_progress(step.job.id));
  const std::vector<int64_t> ids = physical_ids(table);
  if (saved && std::ranges::find(ids, saved->physical_id) != ids.end()) return *saved;
  return ReorgProgress{INT64_MIN, INT64_MAX, ids.at(0)};
}

struct BackfillResult {
  bool done = false;
  Status failure;  ///< a duplicate: the index cannot be built
};

/// Some batches from where the work stands; `progress` moves on. A batch that met a change of one
/// of its rows is tried again with fewer of them, so that the work goes on however busy the table
/// is.
Result<BackfillResult> backfill_some(JobStep& step, const TableInfo& table, int64_t index_id,
                                     ReorgProgress* progress) {
  IndexBackfill::Task task;
  TBL_ASSIGN(task.table, schema::make_table(table));
  task.index_id = index_id;
  const std::vector<int64_t> ids = physical_ids(table);
  for (int i = 0; i < kBatchesPerStep; ++i) {
    task.physical_id = progress->physical_id;
    task.start_handle = progress->start_handle;
    auto batch = step.backfill->run(task);
    if (!batch.ok() && may_succeed_again(batch.status())) {
      task.rows_max = std::max<int64_t>(task.rows_max / 4, 1);
      continue;
    }
    if (!batch.ok() && is_sql_error(batch.status(), kErrDupEntry)) {
      return BackfillResult{false, batch.status()};
    }
    if (!batch.ok()) return batch.status();
    task.rows_max = std::min(task.rows_max * 2, IndexBackfill::kBatchRows);
    step.job.row_count += batch->rows;
    progress->start_handle = batch->next_handle;
    if (!batch->done) continue;
    auto next = std::ranges::find(ids, progress->physical_id) + 1;
    if (next == ids.end()) return BackfillResult{true, {}};
    *progress = {INT64_MIN, INT64_MAX, *next};
  }
  return BackfillResult{};
}

/// The index cannot be: from here on the job takes it away again.
Status turn_back(JobStep& step, TableInfo table, const std::string& name, const Status& why) {
  const SqlErrorText text = describe_sql_error(why);
  step.job.error = schema::JobError{schema::kErrorClassDdl, text.code, text.message};
  ++step.job.error_count;
  step.job.state = JobState::kRollingback;
  TBL_TRY(step.meta.remove_reorg_progress(step.job.id));
  return store_index_state(step, std::move(table), name, SchemaState::kDeleteOnly);
}

Status fill_index(JobStep& step, TableInfo table, const std::string& name) {
  IndexInfo* index = find_index(table, name);
  if (step.job.snapshot_version == 0) {
    step.job.snapshot_version = step.start_ts;
    step.job.reorg_end_handle = INT64_MAX;
  }
  TBL_ASSIGN(ReorgProgress progress, progress_of(step, table));
  TBL_ASSIGN(BackfillResult result, backfill_some(step, table, index->id, &progress));
  if (!result.failure.ok()) return turn_back(step, std::move(table), name, result.failure);
  if (!result.done) return step.meta.put_reorg_progress(step.job.id, progress);
  TBL_TRY(step.meta.remove_reorg_progress(step.job.id));
  index->state = SchemaState::kPublic;
  if (index->primary) end_prevention(table, *index, /*not_null=*/true);
  add_key_flags(table, *index);
  return step.finish(std::move(table), SchemaState::kPublic);
}

Status finish_drop_index(JobStep& step, TableInfo table, const std::string& name) {
  const IndexInfo gone = *find_index(table, name);
  std::erase_if(table.indexes, [&](const IndexInfo& index) { return index.id == gone.id; });
  const bool rolled_back = step.job.state == JobState::kRollingback;
  // An index that was never public gave no flags.
  if (!rolled_back) drop_key_flags(table, gone);
  if (rolled_back && gone.primary) end_prevention(table, gone, /*not_null=*/false);
  step.job.raw_args = finished_args::index(gone.name, gone.id, partition_ids(table));
  return step.finish(std::move(table), SchemaState::kNone,
                     rolled_back ? JobState::kRollbackDone : JobState::kDone);
}

}  // namespace

Status step_add_index(JobStep& step) {
  if (step.job.state == JobState::kRollingback) return step_drop_index(step);
  TBL_ASSIGN(auto loaded, step.load_table());
  if (!loaded) return ok_status();
  TableInfo table = std::move(*loaded);
  const std::string name = step.args.table.indexes.at(0).name.l;
  switch (step.job.schema_state) {
    case SchemaState::kNone:
      TBL_TRY(append_index(step, &table));
      if (step.job.state == JobState::kCancelled) return ok_status();
      return store_index_state(step, std::move(table), name, SchemaState::kDeleteOnly);
    case SchemaState::kDeleteOnly:
      return store_index_state(step, std::move(table), name, SchemaState::kWriteOnly);
    case SchemaState::kWriteOnly: {
      TBL_ASSIGN(bool nulls, meets_null(step, table, *find_index(table, name)));
      if (nulls) {
        return turn_back(step, std::move(table), name,
                         sql_error(kErrInvalidUseOfNull, "Invalid use of NULL value"));
      }
      return store_index_state(step, std::move(table), name, SchemaState::kWriteReorganization);
    }
    default:
      return fill_index(step, std::move(table), name);
  }
}

Status step_drop_index(JobStep& step) {
  TBL_ASSIGN(auto loaded, step.load_table());
  if (!loaded) return ok_status();
  TableInfo table = std::move(*loaded);
  const bool is_rollback = adds_index(step.job.type);
  const std::string name = is_rollback ? step.args.table.indexes.at(0).name.l : step.args.name;
  const IndexInfo* index = find_index(table, name);
  if (index == nullptr) {
    return step.fail(sql_error(kErrCantDropFieldOrKey, "index " + name + " doesn't exist"));
  }
  switch (index->state) {
    case SchemaState::kPublic:
      return store_index_state(step, std::move(table), name, SchemaState::kWriteOnly);
    case SchemaState::kWriteOnly:
    case SchemaState::kWriteReorganization:  // only on the way back
      return store_index_state(step, std::move(table), name, SchemaState::kDeleteOnly);
    case SchemaState::kDeleteOnly:
      return store_index_state(step, std::move(table), name, SchemaState::kDeleteReorganization);
    default:
      return finish_drop_index(step, std::move(table), name);
  }
}

Status step_rename_index(JobStep& step) {
  TBL_ASSIGN(auto loaded, step.load_table());
  if (!loaded) return ok_status();
  IndexInfo* index = find_index(*loaded, step.args.name);
  if (index == nullptr) {
    return step.fail(sql_error(
        kErrKeyDoesNotExist,
        fmt::format("Key '{}' doesn't exist in table '{}'", step.args.name, loaded->name.o)));
  }
  const schema::CiName name = schema::CiName::of(step.args.new_name);
  if (name.l != index->name.l && find_index(*loaded, name.l) != nullptr) {
    return step.fail(sql_error(kErrDupKeyName, "Duplicate key name '" + name.o + "'"));
  }
  index->name = name;
  return step.finish(std::move(*loaded), SchemaState::kPublic);
}

Status step_foreign_key(JobStep& step) {
  TBL_ASSIGN(auto loaded, step.load_table());
  if (!loaded) return ok_status();
  auto& keys = loaded->foreign_keys;
  const bool adds = step.job.type == ActionType::kAddForeignKey;
  const std::string name = adds ? step.args.table.foreign_keys.at(0).name.l : step.args.name;
  auto it = std::ranges::find_if(keys, [&](const auto& key) { return key.name.l == name; });
  if (adds) {
    if (it != keys.end()) {
      return step.fail(sql_error(kErrDupKeyName, "Duplicate key name '" + name + "'"));
    }
    keys.push_back(step.args.table.foreign_keys[0]);
    keys.back().state = SchemaState::kPublic;
    return step.finish(std::move(*loaded), SchemaState::kPublic);
  }
  if (it == keys.end()) {
    return step.fail(sql_error(kErrCantDropFieldOrKey,
                               fmt::format("Can't DROP '{}'; check that column/key exists", name)));
  }
  keys.erase(it);
  return step.finish(std::move(*loaded), SchemaState::kNone);
}

}  // namespace tbl::tidb
