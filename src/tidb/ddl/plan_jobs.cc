#include "tidb/ddl/plan_jobs.h"

#include <fmt/format.h>

#include "tidb/types/sql_error.h"

namespace tbl::tidb {

using schema::ActionType;
using schema::TableInfo;

int64_t ids_needed(const PlannedJob& job) {
  const auto& partition = job.args.table.partition;
  const int64_t parts = partition ? static_cast<int64_t>(partition->definitions.size()) : 0;
  switch (job.type) {
    case ActionType::kCreateSchema:
    case ActionType::kTruncateTable:
      return 1;
    case ActionType::kCreateTable:
    case ActionType::kCreateView:
      return 1 + parts;
    case ActionType::kAddTablePartition:
      return parts;
    default:
      return 0;
  }
}

void assign_ids(PlannedJob* job, int64_t first) {
  switch (job->type) {
    case ActionType::kCreateSchema: {
      schema::DbInfo db = *job->args.db;
      db.id = job->schema_id = first;
      job->args.db = std::make_shared<const schema::DbInfo>(std::move(db));
      return;
    }
    case ActionType::kTruncateTable:
      job->args.new_id = first;
      return;
    case ActionType::kCreateTable:
    case ActionType::kCreateView:
      job->args.table.id = job->table_id = first++;
      break;
    default:
      break;
  }
  if (!job->args.table.partition) return;
  for (auto& definition : job->args.table.partition->definitions) definition.id = first++;
}

Result<schema::DdlJob> queue_job(MetaWriter& meta, uint64_t start_ts, PlannedJob job,
                                 const std::string& query) {
  const int64_t needed = ids_needed(job);
  TBL_ASSIGN(int64_t first, meta.take_global_ids(needed + 1));
  assign_ids(&job, first);
  schema::DdlJob queued;
  queued.id = first + needed;
  queued.type = job.type;
  queued.schema_id = job.schema_id;
  queued.table_id = job.table_id;
  queued.query = query;
  queued.start_ts = start_ts;
  queued.raw_args = write_job_args(job.args);
  TBL_TRY(meta.push_job(queued));
  return queued;
}

void PlanScope::note(const Status& status) const {
  if (Warnings* warnings = eval().warnings()) warnings->add(status, Warning::kNote);
}

Result<const Database*> PlanScope::database_of(const ast::TableName& name) const {
  const std::string& db_name = name.schema.empty() ? eval().current_db : name.schema;
  if (db_name.empty()) return no_database_selected();
  const Database* db = schema().database(db_name);
  if (db == nullptr) return unknown_database(db_name);
  return db;
}

Result<PlanScope::Found> PlanScope::base_table(const ast::TableName& name) const {
  const std::string& db_name = name.schema.empty() ? eval().current_db : name.schema;
  if (db_name.empty()) return no_database_selected();
  const Database* db = schema().database(db_name);
  schema::TableInfoPtr table = schema().table(db_name, name.name);
  if (table == nullptr) return no_such_table(db_name, name.name);
  if (table->view || table->sequence) {
    return sql_error(kErrTableNotBase,
                     fmt::format("'{}.{}' is not BASE TABLE", db->info->name.o, table->name.o));
  }
  return Found{db, std::move(table)};
}

PlannedJob table_job(ActionType type, const PlanScope::Found& found) {
  PlannedJob job;
  job.type = type;
  job.schema_id = found.db->info->id;
  job.table_id = found.table->id;
  return job;
}

JobPlan single(PlannedJob job) {
  JobPlan plan;
  plan.jobs.push_back(std::move(job));
  return plan;
}

TableInfo table_with(schema::ColumnInfo column) {
  TableInfo table;
  table.columns.push_back(std::move(column));
  return table;
}

Status unsupported(std::string_view what) {
  return sql_error(kErrUnsupportedDdl, fmt::format("Unsupported {}", what));
}

std::string full_name(const Database& db, const schema::CiName& table) {
  return db.info->name.o + "." + table.o;
}

namespace {

Result<JobPlan> plan_create_index(const ast::CreateIndexStatement& s, const PlanScope& scope) {
  TBL_ASSIGN(auto found, scope.base_table(s.table));
  return plan_add_index(found, s.index, scope);
}

Result<JobPlan> plan_drop_index_statement(const ast::DropIndexStatement& s,
                                          const PlanScope& scope) {
  TBL_ASSIGN(auto found, scope.base_table(s.table));
  return plan_drop_index(found, s.name, s.if_exists, scope);
}

Result<JobPlan> plan_rename_statement(const ast::RenameTableStatement& s, const PlanScope& scope) {
  if (s.pairs.size() != 1) return unsupported("multi schema change");
  return plan_rename(s.pairs[0].from, s.pairs[0].to, scope);
}

}  // namespace

Result<JobPlan> plan_jobs(const ast::Statement& statement, const PlanScope& scope) {
  using ast::StatementKind;
  switch (statement.kind) {
    case StatementKind::kCreateDatabase:
      return plan_create_database(ast::as<ast::CreateDatabaseStatement>(statement), scope);
    case StatementKind::kAlterDatabase:
      return plan_alter_database(ast::as<ast::AlterDatabaseStatement>(statement), scope);
    case StatementKind::kDropDatabase:
      return plan_drop_database(ast::as<ast::DropDatabaseStatement>(statement), scope);
    case StatementKind::kCreateTable:
      return plan_create_table(ast::as<ast::CreateTableStatement>(statement), scope);
    case StatementKind::kAlterTable:
      return plan_alter_table(ast::as<ast::AlterTableStatement>(statement), scope);
    case StatementKind::kDropTable:
      return plan_drop_table(ast::as<ast::DropTableStatement>(statement), scope);
    case StatementKind::kTruncateTable:
      return plan_truncate_table(ast::as<ast::TruncateTableStatement>(statement), scope);
    case StatementKind::kRenameTable:
      return plan_rename_statement(ast::as<ast::RenameTableStatement>(statement), scope);
    case StatementKind::kCreateIndex:
      return plan_create_index(ast::as<ast::CreateIndexStatement>(statement), scope);
    case StatementKind::kDropIndex:
      return plan_drop_index_statement(ast::as<ast::DropIndexStatement>(statement), scope);
    case StatementKind::kCreateView:
      return plan_create_view(ast::as<ast::CreateViewStatement>(statement), scope);
    case StatementKind::kDropView:
      return plan_drop_view(ast::as<ast::DropViewStatement>(statement), scope);
    case StatementKind::kCreateSequence:
    case StatementKind::kAlterSequence:
    case StatementKind::kDropSequence:
      return not_supported_yet("SEQUENCE");
    case StatementKind::kRecoverTable:
    case StatementKind::kFlashbackTable:
      return not_supported_yet("RECOVER TABLE");
    default:
      return internal_error("not a DDL statement");
  }
}

}  // namespace tbl::tidb
