#include "schema/job.h"

#include <fmt/format.h>

#include <array>

#include "schema/json_fields.h"
#include "schema/sax_fields.h"

namespace tbl::schema {

namespace {

using nlohmann::json;

constexpr std::array<std::string_view, 73> kActionNames = {
    "none",
    "create schema",
    "drop schema",
    "create table",
    "drop table",
    "add column",
    "drop column",
    "add index",
    "drop index",
    "add foreign key",
    "drop foreign key",
    "truncate table",
    "modify column",
    "rebase auto_increment ID",
    "rename table",
    "set default value",
    "shard row ID",
    "modify table comment",
    "rename index",
    "add partition",
    "drop partition",
    "create view",
    "modify table charset and collate",
    "truncate partition",
    "drop view",
    "recover table",
    "modify schema charset and collate",
    "lock table",
    "unlock table",
    "repair table",
    "set tiflash replica",
    "update tiflash replica status",
    "add primary key",
    "drop primary key",
    "create sequence",
    "alter sequence",
    "drop sequence",
    "add multi-columns",
    "drop multi-columns",
    "modify auto id cache",
    "rebase auto_random ID",
    "alter index visibility",
    "exchange partition",
    "add check constraint",
    "drop check constraint",
    "alter check constraint",
    "alter table alter partition",
    "rename tables",
    "drop multi-indexes",
    "alter table attributes",
    "alter table partition attributes",
    "create placement policy",
    "alter placement policy",
    "drop placement policy",
    "alter table partition placement",
    "modify schema default placement",
    "alter table placement",
    "alter table cache",
    "alter table statistics options",
    "alter table nocache",
    "create tables",
    "alter table multi-schema change",
    "flashback cluster",
    "flashback schema",
    "alter table reorganize partition",
    "alter table ttl",
    "none",
    "alter table no_ttl",
    "create resource group",
    "alter resource group",
    "drop resource group",
    "alter table partition by",
    "alter table remove partitioning",
};

constexpr std::array<std::string_view, 11> kJobStateNames = {
    "none",   "running",    "rollingback", "rollback done", "done",   "cancelled",
    "synced", "cancelling", "queueing",    "paused",        "pausing"};

constexpr std::array<std::string_view, 8> kSchemaStateNames = {
    "none",   "delete only",  "write only",     "write reorganization", "delete reorganization",
    "public", "replica only", "global txn only"};

template <typename Names, typename Number>
std::string_view name_in(const Names& names, Number number) {
  auto i = static_cast<size_t>(number);
  return i < names.size() ? names[i] : names[0];
}

Status read_history_info(const json& object, DdlJob* job) {
  Fields fields(object, "binlog");
  fields.read("SchemaVersion", &job->schema_version);
  fields.read("FinishedTS", &job->finished_ts);
  if (const json* db = fields.find("DBInfo")) {
    TBL_ASSIGN(job->db, db_info_from(*db));
  }
  if (const json* table = fields.find("TableInfo")) {
    TBL_ASSIGN(job->table, table_info_from(*table));
  }
  fields.read_list("MultipleTableInfos", &job->tables, [](const json& item, TableInfoPtr* out) {
    TBL_ASSIGN(*out, table_info_from(item));
    return ok_status();
  });
  return fields.status();
}

template <typename Enum>
void read_enum(Fields& fields, std::string_view name, Enum* out) {
  auto number = static_cast<uint8_t>(*out);
  fields.read(name, &number);
  *out = static_cast<Enum>(number);
}

void read_run_fields(Fields& fields, DdlJob* job) {
  fields.read("snapshot_ver", &job->snapshot_version);
  fields.read("dependency_id", &job->dependency_id);
  fields.read("version", &job->version);
  fields.read("priority", &job->priority);
  fields.read("err_count", &job->error_count);
  if (const json* args = fields.find("raw_args")) job->raw_args = args->dump();
  if (const json* error = fields.find("err")) {
    Fields reason(*error, "err");
    reason.read("class", &job->error.emplace().error_class);
    reason.read("code", &job->error->code);
    reason.read("message", &job->error->message);
    fields.keep(reason.status());
  }
  if (const json* reorg = fields.find("reorg_meta")) {
    Fields range(*reorg, "reorg_meta");
    range.read("end_handle", &job->reorg_end_handle.emplace(0));
    fields.keep(range.status());
  }
}

Status read_job_fields(const json& object, DdlJob* job) {
  Fields fields(object, "job");
  fields.read("id", &job->id);
  read_enum(fields, "type", &job->type);
  read_enum(fields, "state", &job->state);
  fields.read("schema_state", &job->schema_state);
  fields.read("schema_id", &job->schema_id);
  fields.read("table_id", &job->table_id);
  fields.read("query", &job->query);
  fields.read("row_count", &job->row_count);
  fields.read("start_ts", &job->start_ts);
  read_run_fields(fields, job);
  if (const json* binlog = fields.find("binlog")) fields.keep(read_history_info(*binlog, job));
  return fields.status();
}

}  // namespace

std::string_view action_name(ActionType type) { return name_in(kActionNames, type); }

bool is_ignored_action(ActionType type) {
  switch (type) {
    case ActionType::kUpdateTiFlashReplicaStatus:
    case ActionType::kLockTable:
    case ActionType::kUnlockTable:
    case ActionType::kCacheTable:
    case ActionType::kNoCacheTable:
    case ActionType::kTableAttributes:
    case ActionType::kPartitionAttributes:
    case ActionType::kCreatePlacementPolicy:
    case ActionType::kAlterPlacementPolicy:
    case ActionType::kDropPlacementPolicy:
    case ActionType::kPartitionPlacement:
    case ActionType::kSchemaPlacement:
    case ActionType::kTablePlacement:
    case ActionType::kCreateResourceGroup:
    case ActionType::kAlterResourceGroup:
    case ActionType::kDropResourceGroup:
      return true;
    default:
      return false;
  }
}

std::string DdlJob::to_string() const {
  return fmt::format(
      "ID:{}, Type:{}, State:{}, SchemaState:{}, SchemaID:{}, TableID:{}, RowCount:{}, "
      "SchemaVersion:{}",
      id, action_name(type), name_in(kJobStateNames, state),
      name_in(kSchemaStateNames, schema_state), schema_id, table_id, row_count, schema_version);
}

Result<DdlJob> parse_job(Bytes text) {
  TBL_ASSIGN(json document, parse_document(text, "job"));
  DdlJob job;
  Status status = read_job_fields(document, &job);
  if (!status.ok()) return std::move(status).wrap(fmt::format("ddl job {}", job.id));
  return job;
}

Result<JobHeader> parse_job_header(Bytes text) {
  SaxFields fields({{"id"},
                    {"table_id"},
                    {"state"},
                    {"binlog", "schemaversion"},
                    {"type"},
                    {"schema_id"},
                    {"binlog", "tableinfo", "id"},
                    {"binlog", "tableinfo", "name"},
                    {"binlog", "tableinfo", "name", "o"}});
  constexpr size_t kBeforeTheName = 7;
  // The columns, which come last, are most of the text.
  fields.enough_when([&fields] {
    for (size_t i = 0; i < kBeforeTheName; ++i) {
      if (!fields.has(i)) return false;
    }
    return fields.has(kBeforeTheName) || fields.has(kBeforeTheName + 1);
  });
  TBL_TRY(fields.parse(text, "job"));
  JobHeader header;
  TBL_ASSIGN(header.id, fields.integer(0));
  TBL_ASSIGN(header.table_id, fields.integer(1));
  TBL_ASSIGN(int64_t state, fields.integer(2));
  TBL_ASSIGN(header.schema_version, fields.integer(3));
  TBL_ASSIGN(int64_t type, fields.integer(4));
  TBL_ASSIGN(header.schema_id, fields.integer(5));
  TBL_ASSIGN(header.new_table_id, fields.integer(6));
  header.new_table_name = fields.text(fields.has(7) ? 7 : 8);
  header.state = state >= 0 && state <= UINT8_MAX ? static_cast<JobState>(state) : JobState::kNone;
  header.type = type >= 0 && type <= UINT8_MAX ? static_cast<ActionType>(type) : ActionType::kNone;
  return header;
}

}  // namespace tbl::schema
