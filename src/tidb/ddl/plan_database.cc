// CREATE, ALTER and DROP DATABASE.
#include <fmt/format.h>

#include "tidb/ddl/plan_jobs.h"
#include "tidb/types/collation.h"
#include "tidb/types/sql_error.h"

namespace tbl::tidb {

namespace {

using schema::ActionType;

/// What the options say; nothing: none was written.
Result<std::optional<CharsetAndCollation>> written_charset(
    const std::vector<ast::DatabaseOption>& options) {
  CharsetAndCollation written;
  for (const auto& option : options) {
    if (option.kind == ast::DatabaseOptionKind::kCharset) written.charset = option.value;
    if (option.kind == ast::DatabaseOptionKind::kCollate) written.collate = option.value;
  }
  if (written.charset.empty() && written.collate.empty()) {
    return std::optional<CharsetAndCollation>();
  }
  TBL_ASSIGN(auto resolved, resolve_charset(written.charset, written.collate));
  return std::optional(std::move(resolved));
}

bool is_virtual(std::string_view name) {
  const std::string lower = ascii_lower(name);
  return lower == "information_schema" || lower == "performance_schema" ||
         lower == "metrics_schema";
}

}  // namespace

Result<JobPlan> plan_create_database(const ast::CreateDatabaseStatement& s,
                                     const PlanScope& scope) {
  TBL_TRY(check_database_name(s.name));
  if (scope.schema().database(s.name) != nullptr || is_virtual(s.name)) {
    Status exists = sql_error(kErrDbCreateExists,
                              fmt::format("Can't create database '{}'; database exists", s.name));
    if (!s.if_not_exists) return exists;
    scope.note(exists);
    return JobPlan{};
  }
  const DdlOptions& defaults = scope.build.options;
  TBL_ASSIGN(auto charset, written_charset(s.options));
  schema::DbInfo db;
  db.name = schema::CiName::of(s.name);
  db.charset = charset ? charset->charset : defaults.default_charset;
  db.collate = charset ? charset->collate : defaults.default_collate;
  PlannedJob job;
  job.type = ActionType::kCreateSchema;
  if (s.if_not_exists) job.ignored_error = kErrDbCreateExists;
  job.args.db = std::make_shared<const schema::DbInfo>(std::move(db));
  return single(std::move(job));
}

Result<JobPlan> plan_alter_database(const ast::AlterDatabaseStatement& s, const PlanScope& scope) {
  TBL_ASSIGN(const Database* db, scope.database_of({s.name, ""}));
  TBL_ASSIGN(auto charset, written_charset(s.options));
  if (!charset) return JobPlan{};
  if (charset->charset == db->info->charset && charset->collate == db->info->collate) {
    return JobPlan{};
  }
  TBL_TRY(check_modify_charset({db->info->charset, db->info->collate}, *charset));
  PlannedJob job;
  job.type = ActionType::kModifySchemaCharset;
  job.schema_id = db->info->id;
  job.args.charset = charset->charset;
  job.args.collate = charset->collate;
  return single(std::move(job));
}

Result<JobPlan> plan_drop_database(const ast::DropDatabaseStatement& s, const PlanScope& scope) {
  const Database* db = scope.schema().database(s.name);
  if (db == nullptr) {
    Status missing = sql_error(
        kErrDbDropExists, fmt::format("Can't drop database '{}'; database doesn't exist", s.name));
    if (!s.if_exists) return missing;
    scope.note(missing);
    return JobPlan{};
  }
  if (db->info->name.l == "mysql") {
    return sql_error(kErrUnknown, "Drop 'mysql' database is forbidden");
  }
  PlannedJob job;
  job.type = ActionType::kDropSchema;
  if (s.if_exists) job.ignored_error = kErrDbDropExists;
  job.schema_id = db->info->id;
  return single(std::move(job));
}

}  // namespace tbl::tidb
