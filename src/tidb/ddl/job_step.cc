#include "tidb/ddl/job_step.h"

#include <fmt/format.h>

#include "tidb/types/sql_error.h"

namespace tbl::tidb {

using schema::ActionType;
using schema::DdlJob;
using schema::JobState;
using schema::SchemaState;
using schema::TableInfo;

Status JobStep::fail(const Status& why) {
  const SqlErrorText text = describe_sql_error(why);
  job.state = JobState::kCancelled;
  job.error = schema::JobError{schema::kErrorClassDdl, text.code, text.message};
  ++job.error_count;
  return ok_status();
}

Status JobStep::new_version(int64_t old_table_id, int64_t old_schema_id) {
  schema::SchemaDiff next;
  TBL_ASSIGN(next.version, meta.bump_schema_version());
  next.type = job.type;
  next.schema_id = job.schema_id;
  next.table_id = job.table_id;
  next.old_table_id = old_table_id;
  next.old_schema_id = old_schema_id;
  if (job.type == ActionType::kTruncateTable) next.table_id = args.new_id;
  diff = next;
  return meta.put_diff(next);
}

Result<std::optional<TableInfo>> JobStep::load_table() {
  TBL_ASSIGN(auto table, meta.table(job.schema_id, job.table_id));
  if (table != nullptr) return std::optional(*table);
  TBL_TRY(fail(
      sql_error(kErrNoSuchTable, fmt::format("Table '(Schema ID {}).(Table ID {})' doesn't exist",
                                             job.schema_id, job.table_id))));
  return std::optional<TableInfo>();
}

Status JobStep::store_table(TableInfo table) {
  TBL_TRY(new_version());
  if (table.state == SchemaState::kPublic) table.update_ts = start_ts;
  TBL_ASSIGN(auto checked, schema::make_table(std::move(table)));
  return meta.put_table(job.schema_id, *checked);
}

Status JobStep::finish(TableInfo table, SchemaState schema_state, JobState state) {
  TBL_TRY(new_version());
  if (table.state == SchemaState::kPublic) table.update_ts = start_ts;
  TBL_ASSIGN(job.table, schema::make_table(std::move(table)));
  job.schema_version = state == JobState::kDone ? diff->version : 0;
  job.state = state;
  job.schema_state = schema_state;
  return meta.put_table(job.schema_id, *job.table);
}

std::vector<int64_t> partition_ids(const TableInfo& table) {
  std::vector<int64_t> ids;
  if (!table.partition) return ids;
  for (const auto& definition : table.partition->definitions) ids.push_back(definition.id);
  return ids;
}

Status run_step(JobStep& step) {
  if (step.job.state == JobState::kCancelling) return cancel_job(step);
  if (step.job.state == JobState::kNone) step.job.state = JobState::kRunning;
  switch (step.job.type) {
    case ActionType::kCreateSchema:
      return step_create_schema(step);
    case ActionType::kDropSchema:
      return step_drop_schema(step);
    case ActionType::kModifySchemaCharset:
      return step_modify_schema_charset(step);
    case ActionType::kCreateTable:
      return step_create_table(step);
    case ActionType::kCreateView:
      return step_create_view(step);
    case ActionType::kDropTable:
    case ActionType::kDropView:
      return step_drop_table(step);
    case ActionType::kTruncateTable:
      return step_truncate_table(step);
    case ActionType::kRenameTable:
      return step_rename_table(step);
    case ActionType::kModifyTableComment:
    case ActionType::kModifyTableCharset:
    case ActionType::kRebaseAutoId:
    case ActionType::kShardRowId:
      return step_table_option(step);
    case ActionType::kAddColumn:
      return step_add_column(step);
    case ActionType::kDropColumn:
      return step_drop_column(step);
    case ActionType::kModifyColumn:
      return step_modify_column(step);
    case ActionType::kSetDefaultValue:
      return step_set_default(step);
    case ActionType::kAddIndex:
    case ActionType::kAddPrimaryKey:
      return step_add_index(step);
    case ActionType::kDropIndex:
    case ActionType::kDropPrimaryKey:
      return step_drop_index(step);
    case ActionType::kRenameIndex:
      return step_rename_index(step);
    case ActionType::kAddForeignKey:
    case ActionType::kDropForeignKey:
      return step_foreign_key(step);
    case ActionType::kAddTablePartition:
      return step_add_partition(step);
    case ActionType::kDropTablePartition:
      return step_drop_partition(step);
    case ActionType::kTruncateTablePartition:
      return step_truncate_partition(step);
    default:
      return step.fail(sql_error(kErrInvalidDdlJob, "Invalid DDL job"));
  }
}

bool adds_index(ActionType type) {
  return type == ActionType::kAddIndex || type == ActionType::kAddPrimaryKey;
}

bool is_cancellable(const DdlJob& job) {
  switch (job.state) {
    case JobState::kNone:
    case JobState::kRunning:
      break;
    default:
      return false;
  }
  const bool can_go_back = adds_index(job.type) || job.type == ActionType::kAddColumn;
  return can_go_back || job.schema_state == SchemaState::kNone;
}

Status cancel_job(JobStep& step) {
  const Status why = sql_error(kErrCancelledDdlJob, "Cancelled DDL job");
  if (step.job.schema_state == SchemaState::kNone) return step.fail(why);
  step.job.state = JobState::kRollingback;
  step.job.error =
      schema::JobError{schema::kErrorClassDdl, kErrCancelledDdlJob, "Cancelled DDL job"};
  ++step.job.error_count;
  return adds_index(step.job.type) ? step_drop_index(step) : step_drop_column(step);
}

}  // namespace tbl::tidb
