// JSON of DDL jobs and schema diffs.
#include "schema/json_object.h"
#include "schema/schema_diff.h"

namespace tbl::schema {

namespace {

void write_error(std::string& out, const JobError& error) {
  Object object(out);
  object.field("class", error.error_class);
  object.field("code", error.code);
  object.field("message", error.message);
}

void write_history_info(std::string& out, const DdlJob& job) {
  Object object(out);
  object.field("SchemaVersion", job.schema_version);
  object.key("DBInfo");
  if (job.db) {
    write_db(out, *job.db);
  } else {
    out += "null";
  }
  object.key("TableInfo");
  if (job.table) {
    write_table(out, *job.table);
  } else {
    out += "null";
  }
  object.field("FinishedTS", job.finished_ts);
  if (!job.tables.empty()) {
    object.list("MultipleTableInfos", job.tables,
                [](std::string& text, const TableInfoPtr& table) { write_table(text, *table); });
  }
}

}  // namespace

std::string write_job(const DdlJob& job) {
  std::string out;
  {
    Object object(out);
    object.field("id", job.id);
    object.field("type", job.type);
    object.field("schema_id", job.schema_id);
    object.field("table_id", job.table_id);
    object.field("state", job.state);
    object.key("err");
    if (job.error) {
      write_error(out, *job.error);
    } else {
      out += "null";
    }
    object.field("err_count", job.error_count);
    object.field("row_count", job.row_count);
    object.key("raw_args");
    out += job.raw_args;
    object.field("schema_state", job.schema_state);
    object.field("snapshot_ver", job.snapshot_version);
    object.field("start_ts", job.start_ts);
    object.field("dependency_id", job.dependency_id);
    object.field("query", job.query);
    object.key("binlog");
    write_history_info(out, job);
    object.field("version", job.version);
    object.key("reorg_meta");
    if (job.reorg_end_handle) {
      Object(out).field("end_handle", *job.reorg_end_handle);
    } else {
      out += "null";
    }
    object.field("priority", job.priority);
  }
  return out;
}

std::string write_schema_diff(const SchemaDiff& diff) {
  std::string out;
  {
    Object object(out);
    object.field("version", diff.version);
    object.field("type", diff.type);
    object.field("schema_id", diff.schema_id);
    object.field("table_id", diff.table_id);
    object.field("old_table_id", diff.old_table_id);
    object.field("old_schema_id", diff.old_schema_id);
  }
  return out;
}

}  // namespace tbl::schema
