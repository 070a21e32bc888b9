// Jobs that rename tables, and which database a name without one means in their text.
#include <fmt/format.h>

#include "base/ascii.h"
#include "schema/tracker.h"

namespace tbl::schema {

Status SchemaTracker::rename_table(const DdlJob& job) {
  TBL_ASSIGN(Table * table, find(job.table_id));
  TBL_TRY(database(table->schema_id).status());
  TBL_ASSIGN(const DbInfo* db, database(job.schema_id));
  if (!job.table || job.table->id != job.table_id) {
    return not_found(fmt::format("table {} not found", job.table ? job.table->id : job.table_id));
  }
  table->schema_id = job.schema_id;
  table->names.schema = db->name.o;
  put_form(*table, job, job.table);
  return ok_status();
}

/// The job lists the tables as they are after each rename, but not their databases: those stand in
/// the statement, or are the session's.
Status SchemaTracker::rename_tables(const DdlJob& job) {
  const std::vector<Rename> renames = parse_renames(job.query);
  if (renames.empty() || renames.size() != job.tables.size()) {
    return invalid_argument(fmt::format("{} tables in the job, {} renames in its text: {}",
                                        job.tables.size(), renames.size(), job.query));
  }
  const int64_t session_schema = session_schema_of(job, renames);
  for (size_t i = 0; i < renames.size(); ++i) {
    const TableInfoPtr& info = job.tables[i];
    TBL_ASSIGN(Table * table, find(info->id));
    TBL_ASSIGN(table->schema_id, renames[i].new_schema.empty()
                                     ? Result<int64_t>(session_schema)
                                     : database_named(renames[i].new_schema));
    TBL_ASSIGN(const DbInfo* db, database(table->schema_id));
    table->names.schema = db->name.o;
    put_form(*table, job, info);
  }
  return ok_status();
}

/// The database that a name without one means: where a table stands that the statement calls so;
/// else the job's, which is that of the last new name.
int64_t SchemaTracker::session_schema_of(const DdlJob& job,
                                         const std::vector<Rename>& renames) const {
  std::unordered_set<int64_t> moved;
  for (size_t i = 0; i < renames.size(); ++i) {
    const bool first_time = moved.insert(job.tables[i]->id).second;
    auto table = tables_.find(job.tables[i]->id);
    if (renames[i].old_schema.empty() && first_time && table != tables_.end()) {
      return table->second.schema_id;
    }
  }
  return job.schema_id;
}

std::string SchemaTracker::session_database(const DdlJob& job) const {
  const std::vector<Rename> renames = parse_renames(job.query);
  int64_t schema_id = job.schema_id;
  if (job.type == ActionType::kRenameTables && renames.size() == job.tables.size()) {
    schema_id = session_schema_of(job, renames);
  } else if (job.type == ActionType::kRenameTable && renames.size() == 1) {
    auto table = tables_.find(job.table_id);
    if (renames[0].old_schema.empty() && table != tables_.end())
      schema_id = table->second.schema_id;
  }
  auto db = databases_.find(schema_id);
  return db == databases_.end() ? std::string() : db->second->name.o;
}

Result<int64_t> SchemaTracker::database_named(const std::string& name) const {
  for (const auto& [id, db] : databases_) {
    if (equal_ignoring_case(db->name.o, name)) return id;
  }
  return not_found("schema " + name + " not found");
}

}  // namespace tbl::schema
