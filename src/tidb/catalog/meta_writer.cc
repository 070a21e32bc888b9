#include <fmt/format.h>

#include "codec/keys.h"
#include "schema/json_writer.h"
#include "tidb/catalog/meta.h"
#include "tidb/catalog/meta_keys.h"

namespace tbl::tidb {

Status MetaWriter::put_integer(std::string_view key, int64_t value) {
  return store_.meta_put(codec::meta_string_key(key), std::to_string(value));
}

Result<int64_t> MetaWriter::add_integer(std::string_view key, int64_t delta) {
  TBL_ASSIGN(int64_t value, integer(key));
  TBL_TRY(put_integer(key, value + delta));
  return value + delta;
}

Status MetaWriter::change_hash_count(std::string_view key, int64_t delta) {
  const std::string count_key = codec::meta_hash_count_key(key);
  TBL_ASSIGN(auto text, store_.meta_get(count_key));
  if (text && text->size() != 8) return data_loss(fmt::format("meta hash {}: bad count", key));
  const int64_t count = (text ? static_cast<int64_t>(get_be64(text->data())) : 0) + delta;
  if (count <= 0) return store_.meta_remove(count_key);
  std::string value;
  put_be64(value, static_cast<uint64_t>(count));
  return store_.meta_put(count_key, value);
}

Status MetaWriter::hash_put(std::string_view key, Bytes field, Bytes value) {
  const std::string full_key = codec::meta_hash_key(key, field);
  TBL_ASSIGN(auto old, store_.meta_get(full_key));
  if (old && *old == value) return ok_status();
  TBL_TRY(store_.meta_put(full_key, value));
  return old ? ok_status() : change_hash_count(key, 1);
}

Status MetaWriter::hash_remove(std::string_view key, Bytes field) {
  const std::string full_key = codec::meta_hash_key(key, field);
  TBL_ASSIGN(auto old, store_.meta_get(full_key));
  if (!old) return ok_status();
  TBL_TRY(store_.meta_remove(full_key));
  return change_hash_count(key, -1);
}

Status MetaWriter::hash_clear(std::string_view key) {
  std::vector<std::string> keys;
  TBL_TRY(store_.meta_scan(codec::meta_hash_prefix(key), [&](Bytes field_key, Bytes) {
    keys.emplace_back(field_key);
    return ok_status();
  }));
  for (const std::string& field_key : keys) TBL_TRY(store_.meta_remove(field_key));
  return keys.empty() ? ok_status() : store_.meta_remove(codec::meta_hash_count_key(key));
}

Status MetaWriter::put_list_range(std::string_view key, const ListRange& range) {
  if (range.left == range.right) return store_.meta_remove(codec::meta_list_key(key));
  std::string value;
  put_be64(value, static_cast<uint64_t>(range.left));
  put_be64(value, static_cast<uint64_t>(range.right));
  return store_.meta_put(codec::meta_list_key(key), value);
}

Result<int64_t> MetaWriter::take_global_ids(int64_t count) {
  TBL_ASSIGN(int64_t last, add_integer(meta_keys::kNextGlobalId, count));
  return last - count + 1;
}

Result<int64_t> MetaWriter::bump_schema_version() {
  return add_integer(meta_keys::kSchemaVersion, 1);
}

Status MetaWriter::set_bootstrap_version(int64_t version) {
  return put_integer(meta_keys::kBootstrap, version);
}

Status MetaWriter::put_diff(const schema::SchemaDiff& diff) {
  return store_.meta_put(codec::meta_string_key(meta_keys::diff(diff.version)),
                         schema::write_schema_diff(diff));
}

Status MetaWriter::put_database(const schema::DbInfo& db) {
  return hash_put(meta_keys::kDatabases, meta_keys::database(db.id), schema::write_db_info(db));
}

Status MetaWriter::drop_database(int64_t db_id) {
  TBL_TRY(hash_clear(meta_keys::database(db_id)));
  return hash_remove(meta_keys::kDatabases, meta_keys::database(db_id));
}

Status MetaWriter::put_table(int64_t db_id, const schema::TableInfo& table) {
  return hash_put(meta_keys::database(db_id), meta_keys::table(table.id),
                  schema::write_table_info(table));
}

Status MetaWriter::drop_table(int64_t db_id, int64_t table_id) {
  return hash_remove(meta_keys::database(db_id), meta_keys::table(table_id));
}

Status MetaWriter::remove_auto_id(int64_t db_id, int64_t table_id) {
  return hash_remove(meta_keys::database(db_id), meta_keys::auto_id(table_id));
}

Status MetaWriter::set_auto_id(int64_t db_id, int64_t table_id, int64_t value) {
  return hash_put(meta_keys::database(db_id), meta_keys::auto_id(table_id), std::to_string(value));
}

Result<int64_t> MetaWriter::advance_auto_id(int64_t db_id, int64_t table_id, int64_t step) {
  TBL_ASSIGN(int64_t value, auto_id(db_id, table_id));
  TBL_TRY(set_auto_id(db_id, table_id, value + step));
  return value + step;
}

Status MetaWriter::push_job(const schema::DdlJob& job) {
  const std::string_view list = meta_keys::job_list(queue_of(job.type));
  TBL_ASSIGN(ListRange range, list_range(list));
  TBL_TRY(store_.meta_put(codec::meta_list_element_key(list, range.right), schema::write_job(job)));
  ++range.right;
  return put_list_range(list, range);
}

Status MetaWriter::update_job(const schema::DdlJob& job) {
  const JobQueue queue = queue_of(job.type);
  TBL_ASSIGN(auto jobs, queued_jobs(queue));
  TBL_ASSIGN(ListRange range, list_range(meta_keys::job_list(queue)));
  for (size_t i = 0; i < jobs.size(); ++i) {
    if (jobs[i].id != job.id) continue;
    return store_.meta_put(codec::meta_list_element_key(meta_keys::job_list(queue),
                                                        range.left + static_cast<int64_t>(i)),
                           schema::write_job(job));
  }
  return not_found(fmt::format("DDL job {} is not queued", job.id));
}

Status MetaWriter::pop_job(JobQueue queue) {
  const std::string_view list = meta_keys::job_list(queue);
  TBL_ASSIGN(ListRange range, list_range(list));
  if (range.left == range.right) return not_found(fmt::format("{} is empty", list));
  TBL_TRY(store_.meta_remove(codec::meta_list_element_key(list, range.left)));
  ++range.left;
  return put_list_range(list, range);
}

Status MetaWriter::add_history(const schema::DdlJob& job) {
  return hash_put(meta_keys::kHistory, meta_keys::job_field(job.id), schema::write_job(job));
}

Status MetaWriter::put_reorg_progress(int64_t job_id, const ReorgProgress& progress) {
  const std::string field = meta_keys::job_field(job_id);
  TBL_TRY(hash_put(meta_keys::kReorg, field, std::to_string(progress.start_handle)));
  TBL_TRY(hash_put(meta_keys::kReorg, field + "_end", std::to_string(progress.end_handle)));
  return hash_put(meta_keys::kReorg, field + "_pid", std::to_string(progress.physical_id));
}

Status MetaWriter::remove_reorg_progress(int64_t job_id) {
  const std::string field = meta_keys::job_field(job_id);
  for (const char* suffix : {"", "_end", "_pid"}) {
    TBL_TRY(hash_remove(meta_keys::kReorg, field + suffix));
  }
  return ok_status();
}

}  // namespace tbl::tidb
