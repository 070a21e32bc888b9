#include "schema/tracker.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/log.h"

namespace tbl::schema {

namespace {

constexpr size_t kFormsKept = 2;
constexpr int64_t kMysqlDatabaseId = 1;
constexpr size_t kDroppedKept = 8;
/// Names are asked for just after the job was applied.
constexpr size_t kNamesKept = 1024;

Status table_not_found(int64_t table_id) {
  return not_found(fmt::format("table {} not found", table_id));
}

bool gives_another_id(ActionType type) {
  return type == ActionType::kExchangePartition || type == ActionType::kPartitionTable ||
         type == ActionType::kRemovePartitioning;
}

}  // namespace

SchemaTracker::SchemaTracker() {
  auto mysql = std::make_shared<DbInfo>();
  mysql->id = kMysqlDatabaseId;
  mysql->name = CiName::of("mysql");
  mysql->state = SchemaState::kPublic;
  databases_.emplace(kMysqlDatabaseId, std::move(mysql));
}

SchemaTracker::~SchemaTracker() = default;

Status SchemaTracker::load_snapshot(SchemaSnapshot snapshot) {
  for (auto& db : snapshot.databases) {
    if (db->id == kMysqlDatabaseId) mysql_is_ours_ = false;
    databases_[db->id] = std::move(db);
  }
  for (auto& table : snapshot.tables) {
    TBL_ASSIGN(const DbInfo* db, database(table.schema_id));
    Table& entry = tables_[table.header.id];
    entry.schema_id = table.schema_id;
    entry.names = {db->name.o, table.header.name.o};
    entry.last_version = snapshot.schema_version;
    entry.forms.clear();
    entry.forms.push_back({snapshot.schema_version, nullptr, std::move(table.json)});
  }
  version_ = snapshot.schema_version;
  return ok_status();
}

void SchemaTracker::append(DdlJobPtr job) {
  if (job->is_dropping_column()) {
    dropping_column_.insert(job->table_id);
    return;
  }
  if (!waiting_.empty() && waiting_.back().version >= job->schema_version) return;
  waiting_.push_back({job->schema_version, job->id, std::move(job), {}});
}

Status SchemaTracker::apply_up_to(int64_t version) {
  while (!waiting_.empty() && waiting_.front().version <= version) {
    const Waiting next = std::move(waiting_.front());
    waiting_.pop_front();
    if (next.version <= version_) {
      log_warn("ddl job schema version is less than current version, skip this ddl job",
               {{"job", next.job_id}, {"version", next.version}, {"currentVersion", version_}});
      continue;
    }
    if (!next.job && next.json.empty() && header_says_all(next.header)) {
      TBL_TRY(apply_header(next.header));
      continue;
    }
    TBL_ASSIGN(DdlJobPtr job, job_of(next));
    TBL_TRY(apply_one(*job));
  }
  return ok_status();
}

Status SchemaTracker::apply_one(const DdlJob& job) {
  if (!job.is_finished() || is_system_table_id(job.table_id)) return ok_status();
  if (!is_ignored_action(job.type)) {
    Status status = apply(job);
    if (!status.ok()) {
      return std::move(status).wrap(
          fmt::format("handle ddl job {} failed, the schema info: "
                      "{{\"version\":{},\"databases\":{},\"tables\":{}}}",
                      job.to_string(), version_, databases_.size(), tables_.size()));
    }
  }
  version_ = job.schema_version;
  if (names_.size() > kNamesKept) names_.erase(names_.begin());
  return ok_status();
}

Status SchemaTracker::apply(const DdlJob& job) {
  switch (job.type) {
    case ActionType::kCreateSchema:
      return create_database(job);
    case ActionType::kModifySchemaCharset:
      return replace_database(job);
    case ActionType::kDropSchema:
      return drop_database(job);
    case ActionType::kRenameTable:
      return rename_table(job);
    case ActionType::kRenameTables:
      return rename_tables(job);
    case ActionType::kCreateTable:
    case ActionType::kCreateView:
    case ActionType::kCreateSequence:
    case ActionType::kRecoverTable:
      return add_table(job, job.table);
    case ActionType::kCreateTables:
      return create_tables(job);
    case ActionType::kDropTable:
    case ActionType::kDropView:
    case ActionType::kDropSequence:
      return drop_table(job);
    case ActionType::kTruncateTable:
      return truncate_table(job);
    case ActionType::kExchangePartition:
      return exchange_partition(job);
    case ActionType::kRecoverSchema:
      return recover_database(job);
    case ActionType::kFlashbackCluster:
      return ok_status();  // no job tells what it brings back: the stream's reader has to stop
                           // there
    default:
      return replace_table(job);
  }
}

Result<const DbInfo*> SchemaTracker::database(int64_t schema_id) const {
  auto it = databases_.find(schema_id);
  if (it == databases_.end()) return not_found(fmt::format("schema {} not found", schema_id));
  return it->second.get();
}

Status SchemaTracker::create_database(const DdlJob& job) {
  if (!job.db) return not_found(fmt::format("schema {} not found", job.schema_id));
  const bool replaces_ours = mysql_is_ours_ && job.db->id == kMysqlDatabaseId;
  if (databases_.contains(job.db->id) && !replaces_ours) {
    return already_exists(fmt::format("schema {}({}) already exists", job.db->name.o, job.db->id));
  }
  if (replaces_ours) mysql_is_ours_ = false;
  databases_[job.db->id] = job.db;
  names_[job.schema_version] = {job.db->name.o, ""};
  return ok_status();
}

Status SchemaTracker::replace_database(const DdlJob& job) {
  if (!job.db) return not_found(fmt::format("schema {} not found", job.schema_id));
  TBL_TRY(database(job.db->id).status());
  databases_[job.db->id] = job.db;
  names_[job.schema_version] = {job.db->name.o, ""};
  return ok_status();
}

Status SchemaTracker::drop_database(const DdlJob& job) {
  TBL_ASSIGN(const DbInfo* db, database(job.schema_id));
  names_[job.schema_version] = {db->name.o, ""};
  databases_.erase(job.schema_id);
  if (dropped_.size() == kDroppedKept) dropped_.pop_front();
  DroppedDatabase& dropped = dropped_.emplace_back(DroppedDatabase{job.schema_id, {}});
  for (auto it = tables_.begin(); it != tables_.end();) {
    if (it->second.schema_id != job.schema_id) {
      ++it;
      continue;
    }
    forget_rows_of(it->first);
    dropped.tables.push_back(tables_.extract(it++));
  }
  return ok_status();
}

/// FLASHBACK DATABASE: the job has the database, maybe under another name, but not its tables; they
/// come back as they were, with their ids.
Status SchemaTracker::recover_database(const DdlJob& job) {
  TBL_TRY(create_database(job));
  auto dropped = std::ranges::find(dropped_, job.db->id, &DroppedDatabase::schema_id);
  if (dropped == dropped_.end()) {
    return not_found(fmt::format("database {}({}) was not dropped lately: its tables are not known",
                                 job.db->name.o, job.db->id));
  }
  for (auto& node : dropped->tables) {
    node.mapped().names.schema = job.db->name.o;
    truncated_.erase(node.key());
    tables_.insert(std::move(node));
  }
  dropped_.erase(dropped);
  return ok_status();
}

Status SchemaTracker::create_tables(const DdlJob& job) {
  if (job.tables.empty()) return not_found("create tables: no table in the job");
  for (const TableInfoPtr& table : job.tables) {
    if (!is_system_table_id(table->id)) TBL_TRY(add_table(job, table));
  }
  return ok_status();
}

Status SchemaTracker::add_table(const DdlJob& job, const TableInfoPtr& info) {
  TBL_ASSIGN(const DbInfo* db, database(job.schema_id));
  if (!info) return table_not_found(job.table_id);
  if (tables_.contains(info->id)) {
    return already_exists(fmt::format("table {}.{} already exists", db->name.o, info->name.o));
  }
  truncated_.erase(info->id);
  Table& table = tables_[info->id];
  table.schema_id = job.schema_id;
  table.names = {db->name.o, info->name.o};
  table.last_version = job.schema_version;
  table.forms = {{job.schema_version, info, {}}};
  names_[job.schema_version] = table.names;
  return ok_status();
}

void SchemaTracker::forget_rows_of(int64_t table_id) {
  truncated_.insert(table_id);
  dropping_column_.erase(table_id);
}

Status SchemaTracker::drop_table(const DdlJob& job) {
  TBL_ASSIGN(const Table* table, find(job.table_id));
  names_[job.schema_version] = table->names;
  tables_.erase(job.table_id);
  forget_rows_of(job.table_id);
  return ok_status();
}

Status SchemaTracker::truncate_table(const DdlJob& job) {
  TBL_ASSIGN(const Table* old, find(job.table_id));
  TBL_TRY(database(old->schema_id).status());
  if (!job.table) return table_not_found(job.table_id);
  tables_.erase(job.table_id);
  forget_rows_of(job.table_id);
  return add_table(job, job.table);
}

/// The exchanged table gets the partition's id, and the partition the table's. `TableInfo` is one
/// of both tables; the partitioned one keeps its own id.
Status SchemaTracker::exchange_partition(const DdlJob& job) {
  if (!job.table) return table_not_found(job.table_id);
  if (!job.table->partition || job.table->id == job.table_id) return replace_table(job);
  TBL_ASSIGN(Table * partitioned, find(job.table->id));
  TBL_ASSIGN(TableInfoPtr before, parsed(partitioned->forms.back()));
  put_form(*partitioned, job, job.table);
  if (!before->partition) return ok_status();
  for (const PartitionDefinition& old : before->partition->definitions) {
    auto is_old = [&](const PartitionDefinition& d) { return d.id == old.id; };
    if (std::ranges::any_of(job.table->partition->definitions, is_old)) continue;
    return change_id(job.table_id, old.id);
  }
  return ok_status();
}

Status SchemaTracker::change_id(int64_t old_id, int64_t new_id) {
  auto node = tables_.extract(old_id);
  if (node.empty()) return table_not_found(old_id);
  node.key() = new_id;
  tables_.insert(std::move(node));
  return ok_status();
}

/// Kinds of jobs that are not known yet may concern no table at all.
Status SchemaTracker::replace_table(const DdlJob& job) {
  if (!job.table && job.db) return replace_database(job);
  if (!job.table && job.type > kLastKnownAction) {
    names_[job.schema_version] = {};
    return ok_status();
  }
  if (!job.table) return table_not_found(job.table_id);
  if (gives_another_id(job.type) && job.table->id != job.table_id) {
    TBL_TRY(change_id(job.table_id, job.table->id));
  }
  auto it = tables_.find(job.table->id);
  if (it == tables_.end()) {
    return not_found(fmt::format("table {}({}) not found", job.table->name.o, job.table->id));
  }
  put_form(it->second, job, job.table);
  if (job.type == ActionType::kDropColumn) dropping_column_.erase(job.table->id);
  return ok_status();
}

void SchemaTracker::put_form(Table& table, const DdlJob& job, const TableInfoPtr& info) {
  if (table.forms.size() == kFormsKept) table.forms.erase(table.forms.begin());
  table.forms.push_back({job.schema_version, info, {}});
  table.names.table = info->name.o;
  table.last_version = job.schema_version;
  names_[job.schema_version] = table.names;
}

Result<SchemaTracker::Table*> SchemaTracker::find(int64_t table_id) {
  auto it = tables_.find(table_id);
  if (it == tables_.end()) return table_not_found(table_id);
  return &it->second;
}

Result<TableInfoPtr> SchemaTracker::table(int64_t table_id) {
  auto it = tables_.find(table_id);
  if (it == tables_.end()) return not_found(fmt::format("not found table id: {}", table_id));
  return parsed(it->second.forms.back());
}

Result<TableInfoPtr> SchemaTracker::table_at(int64_t table_id, int64_t version) {
  auto it = tables_.find(table_id);
  if (it == tables_.end()) return not_found(fmt::format("not found table id: {}", table_id));
  for (Form& form : it->second.forms) {
    if (form.version >= version) return parsed(form);
  }
  return TableInfoPtr();
}

bool SchemaTracker::may_append_default(int64_t table_id, int64_t version) const {
  if (dropping_column_.contains(table_id)) return true;
  auto it = tables_.find(table_id);
  return it != tables_.end() && version < it->second.last_version;
}

std::vector<int64_t> SchemaTracker::table_ids() const {
  std::vector<int64_t> ids;
  for (const auto& [id, table] : tables_) ids.push_back(id);
  std::ranges::sort(ids);
  return ids;
}

const SchemaAndTable* SchemaTracker::name_of(int64_t table_id) const {
  auto it = tables_.find(table_id);
  return it == tables_.end() ? nullptr : &it->second.names;
}

Result<SchemaAndTable> SchemaTracker::names_at(int64_t version) const {
  auto it = names_.find(version);
  if (it == names_.end()) return not_found(fmt::format("version: {} not found", version));
  return it->second;
}

}  // namespace tbl::schema
