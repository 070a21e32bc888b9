// From a statement to the jobs it becomes, checked against the current schema.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/status.h"
#include "schema/job.h"
#include "tidb/ast/alter_table.h"
#include "tidb/catalog/meta.h"
#include "tidb/ddl/build.h"
#include "tidb/ddl/job_args.h"

namespace tbl::tidb {

/// A job to be queued; the ids of what it creates are taken when it is.
struct PlannedJob {
  schema::ActionType type = schema::ActionType::kNone;
  int64_t schema_id = 0;
  int64_t table_id = 0;
  JobArgs args;
  int ignored_error = 0;  ///< IF [NOT] EXISTS: this failure of the job is a note
};
/// How many ids it needs before its own, and putting them in.
int64_t ids_needed(const PlannedJob& job);
void assign_ids(PlannedJob* job, int64_t first);

/// Takes the job's ids and puts it into its queue; gives it as queued.
Result<schema::DdlJob> queue_job(MetaWriter& meta, uint64_t start_ts, PlannedJob job,
                                 const std::string& query);

struct JobPlan {
  /// Run one after another; the first that fails is the statement's error.
  std::vector<PlannedJob> jobs;
  /// The statement's error when all of them have ended well: DROP TABLE of tables of which some
  /// are not there.
  Status after;
};

/// Everything a statement is planned with.
struct PlanScope {
  const BuildScope& build;
  const DdlSession& session;

  const Schema& schema() const { return build.schema; }
  EvalContext& eval() const { return build.eval; }
  void note(const Status& status) const;
  /// The database of a table's name. Errors 1046, 1049.
  Result<const Database*> database_of(const ast::TableName& name) const;
  /// A base table by name. Errors 1046, 1146, 1347 for a view.
  struct Found {
    const Database* db = nullptr;
    schema::TableInfoPtr table;
  };
  Result<Found> base_table(const ast::TableName& name) const;
};

/// No jobs: nothing to do (IF EXISTS and the like; notes were added).
Result<JobPlan> plan_jobs(const ast::Statement& statement, const PlanScope& scope);

// The kinds of statements.
Result<JobPlan> plan_create_database(const ast::CreateDatabaseStatement& s, const PlanScope& scope);
Result<JobPlan> plan_alter_database(const ast::AlterDatabaseStatement& s, const PlanScope& scope);
Result<JobPlan> plan_drop_database(const ast::DropDatabaseStatement& s, const PlanScope& scope);
Result<JobPlan> plan_create_view(const ast::CreateViewStatement& s, const PlanScope& scope);
Result<JobPlan> plan_drop_view(const ast::DropViewStatement& s, const PlanScope& scope);
Result<JobPlan> plan_create_table(const ast::CreateTableStatement& s, const PlanScope& scope);
Result<JobPlan> plan_drop_table(const ast::DropTableStatement& s, const PlanScope& scope);
Result<JobPlan> plan_truncate_table(const ast::TruncateTableStatement& s, const PlanScope& scope);
Result<JobPlan> plan_rename(const ast::TableName& from, const ast::TableName& to,
                            const PlanScope& scope);
Result<JobPlan> plan_alter_table(const ast::AlterTableStatement& s, const PlanScope& scope);
Result<JobPlan> plan_add_index(const PlanScope::Found& found, const ast::Constraint& index,
                               const PlanScope& scope);
Result<JobPlan> plan_drop_index(const PlanScope::Found& found, const std::string& name,
                                bool if_exists, const PlanScope& scope);
Result<JobPlan> plan_modify_column(const PlanScope::Found& found, const ast::AlterSpec& spec,
                                   const PlanScope& scope);
/// 8200 when the column cannot become the other without rewriting rows.
Status check_modify_type(const schema::FieldType& from, const schema::FieldType& to);
/// 8200 for anything but the same, or utf8 to utf8mb4.
Status check_modify_charset(const CharsetAndCollation& from, const CharsetAndCollation& to);

/// A job on a table.
PlannedJob table_job(schema::ActionType type, const PlanScope::Found& found);
/// A plan of one job.
JobPlan single(PlannedJob job);
/// A table with nothing but this column: how a job carries one.
schema::TableInfo table_with(schema::ColumnInfo column);
/// "Unsupported …", 8200.
Status unsupported(std::string_view what);
std::string full_name(const Database& db, const schema::CiName& table);

}  // namespace tbl::tidb
