// CREATE, DROP, TRUNCATE, RENAME TABLE.
#include <fmt/format.h>

#include "tidb/ddl/plan_jobs.h"
#include "tidb/types/sql_error.h"

namespace tbl::tidb {

namespace {

using schema::ActionType;
using schema::SchemaState;
using schema::TableInfo;

/// CREATE TABLE .. LIKE: the public columns and indexes, nothing else of the table's life.
TableInfo table_like(const TableInfo& from, const std::string& name) {
  TableInfo table = from;
  table.id = 0;
  table.name = schema::CiName::of(name);
  table.state = SchemaState::kNone;
  table.auto_increment = 0;
  table.old_schema_id = 0;
  table.foreign_keys.clear();
  std::erase_if(table.columns, [](const auto& column) { return !column.is_public(); });
  std::erase_if(table.indexes, [](const auto& index) { return !index.is_public(); });
  return table;
}

Result<TableInfo> wanted_table(const ast::CreateTableStatement& s, const Database& db,
                               const PlanScope& scope) {
  if (s.like) {
    TBL_TRY(check_table_name(s.table.name));
    TBL_ASSIGN(auto like, scope.base_table(*s.like));
    return table_like(*like.table, s.table.name);
  }
  return build_table(scope.build, s, *db.info);
}

Status unknown_tables(const std::vector<std::string>& names) {
  return bad_table(fmt::format("{}", fmt::join(names, ",")));
}

std::string written_name(const ast::TableName& name, const PlanScope& scope) {
  return (name.schema.empty() ? scope.eval().current_db : name.schema) + "." + name.name;
}

}  // namespace

Result<JobPlan> plan_create_table(const ast::CreateTableStatement& s, const PlanScope& scope) {
  if (s.temporary) return not_supported_yet("CREATE TEMPORARY TABLE");
  if (s.select) return not_supported_yet("CREATE TABLE ... SELECT");
  TBL_ASSIGN(const Database* db, scope.database_of(s.table));
  if (scope.schema().table(db->info->name.l, s.table.name) != nullptr) {
    Status exists = table_exists(full_name(*db, schema::CiName::of(s.table.name)));
    if (!s.if_not_exists) return exists;
    scope.note(exists);
    return JobPlan{};
  }
  PlannedJob job;
  job.type = ActionType::kCreateTable;
  if (s.if_not_exists) job.ignored_error = kErrTableExists;
  job.schema_id = db->info->id;
  TBL_ASSIGN(job.args.table, wanted_table(s, *db, scope));
  return single(std::move(job));
}

Result<JobPlan> plan_drop_table(const ast::DropTableStatement& s, const PlanScope& scope) {
  JobPlan plan;
  std::vector<std::string> missing;
  for (const auto& name : s.tables) {
    if (name.schema.empty() && scope.eval().current_db.empty()) return no_database_selected();
    const std::string& db = name.schema.empty() ? scope.eval().current_db : name.schema;
    const schema::TableInfoPtr table = scope.schema().table(db, name.name);
    if (table == nullptr || !table->is_base_table()) {
      missing.push_back(written_name(name, scope));
      continue;
    }
    plan.jobs.push_back(table_job(ActionType::kDropTable, {scope.schema().database(db), table}));
    if (s.if_exists) plan.jobs.back().ignored_error = kErrNoSuchTable;
  }
  if (missing.empty()) return plan;
  if (!s.if_exists) {
    plan.after = unknown_tables(missing);
    return plan;
  }
  for (const std::string& name : missing) scope.note(unknown_tables({name}));
  return plan;
}

Result<JobPlan> plan_truncate_table(const ast::TruncateTableStatement& s, const PlanScope& scope) {
  TBL_ASSIGN(auto found, scope.base_table(s.table));
  return single(table_job(ActionType::kTruncateTable, found));
}

Result<JobPlan> plan_rename(const ast::TableName& from, const ast::TableName& to,
                            const PlanScope& scope) {
  TBL_ASSIGN(auto found, scope.base_table(from));
  TBL_TRY(check_table_name(to.name));
  TBL_ASSIGN(const Database* target, scope.database_of(to));
  const schema::CiName name = schema::CiName::of(to.name);
  const bool same_db = target->info->id == found.db->info->id;
  if (same_db && name.o == found.table->name.o) return JobPlan{};
  const bool same = same_db && name.l == found.table->name.l;
  if (!same && target->tables.contains(name.l)) return table_exists(full_name(*target, name));
  PlannedJob job = table_job(ActionType::kRenameTable, found);
  job.schema_id = target->info->id;
  job.args.old_id = found.db->info->id;
  job.args.name = found.table->name.o;
  job.args.new_name = to.name;
  return single(std::move(job));
}

}  // namespace tbl::tidb
