// Tables and views as a whole.
#include "tidb/ddl/job_step.h"
#include "tidb/types/sql_error.h"

namespace tbl::tidb {

namespace {

using schema::ActionType;
using schema::JobState;
using schema::SchemaState;
using schema::TableInfo;

bool name_is_taken(const JobStep& step, const std::string& lower_name) {
  const Database* db = step.schema.database_by_id(step.job.schema_id);
  return db != nullptr && db->tables.contains(lower_name);
}

/// A job may wait behind one that drops its database.
Result<bool> database_is_there(JobStep& step) {
  if (step.schema.database_by_id(step.job.schema_id) != nullptr) return true;
  TBL_TRY(step.fail(sql_error(
      kErrBadDb, "Unknown database (Schema ID " + std::to_string(step.job.schema_id) + ")")));
  return false;
}

Status finish_new_table(JobStep& step, TableInfo table) {
  table.state = SchemaState::kPublic;
  table.update_ts = step.start_ts;
  TBL_ASSIGN(step.job.table, schema::make_table(std::move(table)));
  step.job.state = JobState::kDone;
  step.job.schema_state = SchemaState::kPublic;
  step.job.schema_version = step.diff->version;
  return step.meta.put_table(step.job.schema_id, *step.job.table);
}

/// A comment or AUTO_INCREMENT: applied to `table`, except what stands in other keys.
Status change_option(JobStep& step, TableInfo* table) {
  const JobArgs& args = step.args;
  switch (step.job.type) {
    case ActionType::kModifyTableComment:
      table->comment = args.comment;
      return ok_status();
    case ActionType::kRebaseAutoId: {
      TBL_ASSIGN(int64_t used, step.meta.auto_id(step.job.schema_id, table->id));
      table->auto_increment = args.number;
      if (args.number - 1 <= used) return ok_status();
      return step.meta.set_auto_id(step.job.schema_id, table->id, args.number - 1);
    }
    case ActionType::kShardRowId:
      table->shard_row_id_bits = static_cast<uint64_t>(args.number);
      table->max_shard_row_id_bits =
          std::max(table->max_shard_row_id_bits, table->shard_row_id_bits);
      return ok_status();
    default:
      table->charset = args.charset;
      table->collate = args.collate;
      for (auto& column : table->columns) {
        if (!args.convert_columns || column.type.has_binary_charset()) continue;
        column.type.charset = args.charset;
        column.type.collate = args.collate;
      }
      return ok_status();
  }
}

}  // namespace

Status step_create_table(JobStep& step) {
  TBL_ASSIGN(bool there, database_is_there(step));
  if (!there) return ok_status();
  if (name_is_taken(step, step.args.table.name.l)) {
    return step.fail(table_exists(step.args.table.name.o));
  }
  TBL_TRY(step.new_version());
  if (step.args.table.auto_increment > 1) {
    TBL_TRY(step.meta.set_auto_id(step.job.schema_id, step.job.table_id,
                                  step.args.table.auto_increment - 1));
  }
  return finish_new_table(step, step.args.table);
}

Status step_create_view(JobStep& step) {
  TBL_ASSIGN(bool there, database_is_there(step));
  if (!there) return ok_status();
  const Database* db = step.schema.database_by_id(step.job.schema_id);
  auto old = db->tables.find(step.args.table.name.l);
  const bool or_replace = step.args.old_id != 0;
  if (old == db->tables.end()) {
    TBL_TRY(step.new_version());
    return finish_new_table(step, step.args.table);
  }
  if (!or_replace || !old->second->view) return step.fail(table_exists(step.args.table.name.o));
  TBL_TRY(step.new_version(old->second->id));
  TBL_TRY(step.meta.drop_table(step.job.schema_id, old->second->id));
  return finish_new_table(step, step.args.table);
}

Status step_drop_table(JobStep& step) {
  TBL_ASSIGN(auto loaded, step.load_table());
  if (!loaded) return ok_status();
  TableInfo table = std::move(*loaded);
  switch (table.state) {
    case SchemaState::kPublic:
      table.state = SchemaState::kWriteOnly;
      break;
    case SchemaState::kWriteOnly:
      table.state = SchemaState::kDeleteOnly;
      break;
    default: {
      table.state = SchemaState::kNone;
      const std::vector<int64_t> parts = partition_ids(table);
      if (step.job.type == ActionType::kDropTable) {
        step.job.raw_args = finished_args::table(table.id, &parts);
      }
      TBL_TRY(step.new_version());
      TBL_TRY(step.meta.drop_table(step.job.schema_id, table.id));
      TBL_TRY(step.meta.remove_auto_id(step.job.schema_id, table.id));
      TBL_ASSIGN(step.job.table, schema::make_table(std::move(table)));
      step.job.state = JobState::kDone;
      step.job.schema_state = SchemaState::kNone;
      step.job.schema_version = step.diff->version;
      return ok_status();
    }
  }
  step.job.schema_state = table.state;
  return step.store_table(std::move(table));
}

Status step_truncate_table(JobStep& step) {
  TBL_ASSIGN(auto loaded, step.load_table());
  if (!loaded) return ok_status();
  TableInfo table = std::move(*loaded);
  const std::vector<int64_t> old_parts = partition_ids(table);
  step.job.raw_args = finished_args::table(table.id, table.partition ? &old_parts : nullptr);
  if (!old_parts.empty()) {
    const auto count = static_cast<int64_t>(old_parts.size());
    TBL_ASSIGN(int64_t next, step.meta.take_global_ids(count));
    for (auto& definition : table.partition->definitions) definition.id = next++;
  }
  TBL_TRY(step.new_version(step.job.table_id));
  TBL_TRY(step.meta.drop_table(step.job.schema_id, table.id));
  TBL_TRY(step.meta.remove_auto_id(step.job.schema_id, table.id));
  table.id = step.args.new_id;
  return finish_new_table(step, std::move(table));
}

Status step_rename_table(JobStep& step) {
  const int64_t old_db = step.args.old_id;
  const int64_t new_db = step.job.schema_id;
  TBL_ASSIGN(auto old, step.meta.table(old_db, step.job.table_id));
  if (old == nullptr) return step.fail(no_such_table("", step.args.name));
  TBL_ASSIGN(bool there, database_is_there(step));
  if (!there) return ok_status();
  TableInfo table = *old;
  const schema::CiName name = schema::CiName::of(step.args.new_name);
  const bool same = old_db == new_db && name.l == table.name.l;
  if (!same && name_is_taken(step, name.l)) return step.fail(table_exists(name.o));
  TBL_TRY(step.new_version(0, old_db));
  if (old_db != new_db) {
    TBL_ASSIGN(int64_t auto_id, step.meta.auto_id(old_db, table.id));
    TBL_TRY(step.meta.drop_table(old_db, table.id));
    TBL_TRY(step.meta.remove_auto_id(old_db, table.id));
    if (auto_id > 0) TBL_TRY(step.meta.set_auto_id(new_db, table.id, auto_id));
  }
  table.name = name;
  return finish_new_table(step, std::move(table));
}

Status step_table_option(JobStep& step) {
  TBL_ASSIGN(auto loaded, step.load_table());
  if (!loaded) return ok_status();
  TBL_TRY(change_option(step, &*loaded));
  return step.finish(std::move(*loaded), SchemaState::kPublic);
}

}  // namespace tbl::tidb
