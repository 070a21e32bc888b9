// Databases.
#include "tidb/ddl/job_step.h"
#include "tidb/types/sql_error.h"

namespace tbl::tidb {

namespace {

using schema::DbInfo;
using schema::JobState;
using schema::SchemaState;

Status finish_schema(JobStep& step, const DbInfo& db, SchemaState schema_state) {
  step.job.state = JobState::kDone;
  step.job.schema_state = schema_state;
  step.job.schema_version = step.diff->version;
  step.job.db = std::make_shared<const DbInfo>(db);
  return ok_status();
}

/// Every table id of the database and its partitions, which end with it.
Result<std::vector<int64_t>> ids_of_tables(MetaReader& meta, int64_t db_id) {
  std::vector<int64_t> ids;
  TBL_ASSIGN(auto tables, meta.tables(db_id));
  for (const auto& table : tables) {
    const std::vector<int64_t> parts = partition_ids(*table);
    if (parts.empty()) ids.push_back(table->id);
    ids.insert(ids.end(), parts.begin(), parts.end());
  }
  return ids;
}

Status no_such_database(JobStep& step) {
  return step.fail(sql_error(kErrDbDropExists, "Can't drop database ''; database doesn't exist"));
}

}  // namespace

Status step_create_schema(JobStep& step) {
  DbInfo db = *step.args.db;
  if (step.schema.database(db.name.l) != nullptr) {
    return step.fail(sql_error(kErrDbCreateExists,
                               "Can't create database '" + db.name.o + "'; database exists"));
  }
  TBL_TRY(step.new_version());
  db.state = SchemaState::kPublic;
  TBL_TRY(step.meta.put_database(db));
  return finish_schema(step, db, SchemaState::kPublic);
}

Status step_modify_schema_charset(JobStep& step) {
  TBL_ASSIGN(auto old, step.meta.database(step.job.schema_id));
  if (old == nullptr) return no_such_database(step);
  DbInfo db = *old;
  TBL_TRY(step.new_version());
  db.charset = step.args.charset;
  db.collate = step.args.collate;
  TBL_TRY(step.meta.put_database(db));
  return finish_schema(step, db, SchemaState::kPublic);
}

Status step_drop_schema(JobStep& step) {
  TBL_ASSIGN(auto old, step.meta.database(step.job.schema_id));
  if (old == nullptr) return no_such_database(step);
  DbInfo db = *old;
  TBL_TRY(step.new_version());
  switch (db.state) {
    case SchemaState::kPublic:
      db.state = SchemaState::kWriteOnly;
      break;
    case SchemaState::kWriteOnly:
      db.state = SchemaState::kDeleteOnly;
      break;
    default: {
      db.state = SchemaState::kNone;
      TBL_ASSIGN(auto ids, ids_of_tables(step.meta, db.id));
      step.job.raw_args = finished_args::ids(ids);
      TBL_TRY(step.meta.drop_database(db.id));
      return finish_schema(step, db, SchemaState::kNone);
    }
  }
  step.job.schema_state = db.state;
  return step.meta.put_database(db);
}

}  // namespace tbl::tidb
