// ADMIN: DDL jobs, consistency of tables and indexes, row ids.
#include "tidb/catalog/schema_holder.h"
#include "tidb/ddl/ddl.h"
#include "tidb/expr/bind.h"
#include "tidb/kv/kv_store.h"
#include "tidb/plan/table_exprs.h"
#include "tidb/privilege/privilege_manager.h"
#include "tidb/session/internal_sql.h"
#include "tidb/session/statements.h"
#include "tidb/table/admin_check.h"
#include "tidb/table/auto_id.h"
#include "tidb/types/collation.h"
#include "tidb/types/field_type.h"
#include "tidb/types/sql_error.h"

namespace tbl::tidb {
namespace {

using ast::AdminKind;

constexpr size_t kDefaultHistory = 10;
constexpr int kLogicalBits = 18;

Value text(std::string_view s) { return Value::of_string(std::string(s)); }

std::string_view state_name(schema::SchemaState state) {
  static constexpr std::string_view kNames[] = {
      "none",  "delete only", "write only", "write reorganization", "delete reorganization",
      "public"};
  const auto i = static_cast<size_t>(state);
  return i < std::size(kNames) ? kNames[i] : "none";
}

std::string_view job_state_name(schema::JobState state) {
  static constexpr std::string_view kNames[] = {"none",          "running",    "rollingback",
                                                "rollback done", "done",       "cancelled",
                                                "synced",        "cancelling", "queueing"};
  const auto i = static_cast<size_t>(state);
  return i < std::size(kNames) ? kNames[i] : "none";
}

Value time_of(uint64_t ts, const codec::TimeZone& zone) {
  if (ts == 0) return Value::null();
  TimeValue time;
  time.fields =
      zone.from_utc(codec::time_from_unix(static_cast<int64_t>((ts >> kLogicalBits) / 1000), 0));
  return Value::of_time(time);
}

Status need_super(Session& session) {
  if (session.options().internal) return ok_status();
  return session.domain().privileges->check_global(session.account(), kPrivSuper, "SUPER");
}

struct Target {
  std::string db;
  int64_t db_id = 0;
  schema::TableInfoPtr table;
};
Result<Target> find_target(Session& session, const ast::TableName& name) {
  const std::string& db = name.schema.empty() ? session.current_db() : name.schema;
  if (db.empty()) return no_database_selected();
  const SchemaPtr schema = session.transaction().schema();
  const Database* database = schema->database(db);
  const auto table = schema->table(db, name.name);
  if (table == nullptr || database == nullptr) return no_such_table(db, name.name);
  return Target{database->info->name.o, database->info->id, table};
}

std::vector<int64_t> physical_ids(const schema::TableInfo& table) {
  if (!table.is_partitioned()) return {table.id};
  std::vector<int64_t> ids;
  for (const auto& part : table.partition->definitions) ids.push_back(part.id);
  return ids;
}

Status show_ddl(Session& session, SessionSink& sink) {
  const SchemaPtr schema = session.transaction().schema();
  TBL_ASSIGN(const auto jobs, session.domain().ddl->jobs(0));
  std::string running;
  for (const JobRow& row : jobs) running += (running.empty() ? "" : "\n") + row.job.to_string();
  return send_rows(
      session,
      {int_column("SCHEMA_VER"), text_column("OWNER_ID", 64), text_column("OWNER_ADDRESS", 64),
       text_column("RUNNING_JOBS", 256), text_column("SELF_ID", 64), text_column("QUERY", 256)},
      {{Value::of_int(schema->version()), text(""), text(""), text(running), text(""),
        text(jobs.empty() ? "" : jobs[0].job.query)}},
      sink);
}

Status show_jobs(Session& session, const ast::AdminStatement& admin, SessionSink& sink) {
  const size_t count = admin.count > 0 ? static_cast<size_t>(admin.count) : kDefaultHistory;
  TBL_ASSIGN(const auto jobs, session.domain().ddl->jobs(count));
  std::vector<TextColumn> columns = {int_column("JOB_ID"),
                                     text_column("DB_NAME", 64),
                                     text_column("TABLE_NAME", 64),
                                     text_column("JOB_TYPE", 64),
                                     text_column("SCHEMA_STATE", 64),
                                     int_column("SCHEMA_ID"),
                                     int_column("TABLE_ID"),
                                     int_column("ROW_COUNT"),
                                     {"START_TIME", datetime_type()},
                                     {"END_TIME", datetime_type()},
                                     text_column("STATE", 64)};
  const codec::TimeZone& zone = session.variables().time_zone();
  std::vector<Row> rows;
  for (const JobRow& row : jobs) {
    const schema::DdlJob& job = row.job;
    rows.push_back({Value::of_int(job.id), text(row.db_name), text(row.table_name),
                    text(schema::action_name(job.type)), text(state_name(job.schema_state)),
                    Value::of_int(job.schema_id), Value::of_int(job.table_id),
                    Value::of_int(job.row_count), time_of(job.start_ts, zone),
                    time_of(job.finished_ts, zone), text(job_state_name(job.state))});
  }
  return send_rows(session, columns, rows, sink);
}

Status show_job_queries(Session& session, const ast::AdminStatement& admin, SessionSink& sink) {
  TBL_ASSIGN(const auto jobs, session.domain().ddl->jobs(SIZE_MAX));
  std::vector<Row> rows;
  for (const int64_t id : admin.ids) {
    for (const JobRow& row : jobs) {
      if (row.job.id == id) rows.push_back({text(row.job.query)});
    }
  }
  return send_rows(session, {text_column("QUERY", 256)}, rows, sink);
}

Status cancel_jobs(Session& session, const ast::AdminStatement& admin, SessionSink& sink) {
  TBL_ASSIGN(const auto results, session.domain().ddl->cancel(admin.ids));
  std::vector<Row> rows;
  for (size_t i = 0; i < results.size(); ++i) {
    rows.push_back({text(std::to_string(admin.ids[i])), text(results[i])});
  }
  return send_rows(session, {text_column("JOB_ID", 64), text_column("RESULT", 128)}, rows, sink);
}

/// Virtual generated columns may be indexed: the check computes them.
Status check(Session& session, const Target& target, const std::string& index_name) {
  EvalContext eval = session.make_eval_context(nullptr);
  TBL_ASSIGN(const auto exprs, bind_table_exprs(*target.table, eval));
  const FillGenerated fill = [&](Row* row) {
    return exprs->fill_generated(*target.table, eval, row);
  };
  TBL_ASSIGN(const auto txn, session.domain().store->begin());
  const auto ids = physical_ids(*target.table);
  if (index_name.empty()) return check_table(target.table, *txn, ids, fill);
  for (const schema::IndexInfo& index : target.table->indexes) {
    if (!equal_ignoring_case(index.name.o, index_name)) continue;
    return check_index(target.table, index, *txn, ids, fill);
  }
  return sql_error(kErrKeyDoesNotExist, "Key '" + index_name + "' doesn't exist in table '" +
                                            target.table->name.o + "'");
}

Status check_tables(Session& session, const ast::AdminStatement& admin, SessionSink& sink) {
  for (const ast::TableName& name : admin.tables) {
    TBL_ASSIGN(const Target target, find_target(session, name));
    TBL_TRY(check(session, target, admin.index));
  }
  return send_ok(session, sink);
}

Status checksum_tables(Session& session, const ast::AdminStatement& admin, SessionSink& sink) {
  std::vector<Row> rows;
  for (const ast::TableName& name : admin.tables) {
    TBL_ASSIGN(const Target target, find_target(session, name));
    TBL_ASSIGN(const auto txn, session.domain().store->begin());
    TBL_ASSIGN(const TableChecksum sum,
               checksum_table(*target.table, *txn, physical_ids(*target.table)));
    rows.push_back({text(target.db), text(target.table->name.o), Value::of_uint(sum.checksum),
                    Value::of_uint(sum.pairs), Value::of_uint(sum.bytes)});
  }
  return send_rows(session,
                   {text_column("Db_name", 64),
                    text_column("Table_name", 64),
                    {"Checksum_crc64_xor", int_type(true)},
                    {"Total_kvs", int_type(true)},
                    {"Total_bytes", int_type(true)}},
                   rows, sink);
}

Status show_next_row_id(Session& session, const ast::AdminStatement& admin, SessionSink& sink) {
  TBL_ASSIGN(const Target target, find_target(session, admin.tables.at(0)));
  TBL_ASSIGN(const int64_t next,
             session.domain().auto_ids->of(target.db_id, *target.table)->next());
  std::string column = "_tidb_rowid";
  for (const schema::ColumnInfo& c : target.table->columns) {
    if (c.type.flag & schema::kFlagAutoIncrement) column = c.name.o;
  }
  return send_rows(
      session,
      {text_column("DB_NAME", 64), text_column("TABLE_NAME", 64), text_column("COLUMN_NAME", 64),
       int_column("NEXT_GLOBAL_ROW_ID")},
      {{text(target.db), text(target.table->name.o), text(column), Value::of_int(next)}}, sink);
}

}  // namespace

Status run_admin(Session& session, const ast::AdminStatement& admin, SessionSink& sink) {
  TBL_TRY(need_super(session));
  switch (admin.admin) {
    case AdminKind::kShowDdl:
      return show_ddl(session, sink);
    case AdminKind::kShowDdlJobs:
      return show_jobs(session, admin, sink);
    case AdminKind::kShowDdlJobQueries:
      return show_job_queries(session, admin, sink);
    case AdminKind::kCancelDdlJobs:
      return cancel_jobs(session, admin, sink);
    case AdminKind::kCheckTable:
    case AdminKind::kCheckIndex:
      return check_tables(session, admin, sink);
    case AdminKind::kChecksumTable:
      return checksum_tables(session, admin, sink);
    case AdminKind::kShowNextRowId:
      return show_next_row_id(session, admin, sink);
    case AdminKind::kReloadPrivileges:
      TBL_TRY(session.domain().privileges->reload(query_runner(session.domain())));
      return send_ok(session, sink);
    case AdminKind::kShowSlow:
      return send_rows(
          session,
          {text_column("SQL", 4096), text_column("START", 64), text_column("DURATION", 64)}, {},
          sink);
    default:
      return not_supported_yet("this ADMIN statement");
  }
}

}  // namespace tbl::tidb
