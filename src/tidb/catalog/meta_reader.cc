#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "codec/keys.h"
#include "tidb/catalog/meta.h"
#include "tidb/catalog/meta_keys.h"

namespace tbl::tidb {

namespace {

using schema::DbInfoPtr;
using schema::DdlJob;
using schema::SchemaDiff;
using schema::TableInfoPtr;

Result<int64_t> parse_integer(std::string_view text, std::string_view key) {
  int64_t value = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) {
    return data_loss(fmt::format("meta key {}: not a number: '{}'", key, text));
  }
  return value;
}

/// Calls `visit` with the values of the hash's fields that begin with `field_prefix`.
Status each_value(MetaStore& store, std::string_view hash, std::string_view field_prefix,
                  const std::function<Status(Bytes)>& visit) {
  return store.meta_scan(codec::meta_hash_prefix(hash), [&](Bytes key, Bytes value) {
    codec::MetaKey parsed;
    if (!codec::parse_meta_key(key, &parsed)) {
      return data_loss(fmt::format("meta hash {}: bad key {}", hash, to_hex(key)));
    }
    return parsed.field.starts_with(field_prefix) ? visit(value) : ok_status();
  });
}

}  // namespace

JobQueue queue_of(schema::ActionType type) {
  const bool builds_index =
      type == schema::ActionType::kAddIndex || type == schema::ActionType::kAddPrimaryKey;
  return builds_index ? JobQueue::kAddIndex : JobQueue::kGeneral;
}

Result<std::optional<std::string>> MetaReader::hash_get(std::string_view key, Bytes field) {
  return store_.meta_get(codec::meta_hash_key(key, field));
}

Result<int64_t> MetaReader::hash_integer(std::string_view key, Bytes field) {
  TBL_ASSIGN(auto text, hash_get(key, field));
  if (!text) return int64_t{0};
  return parse_integer(*text, field);
}

Result<int64_t> MetaReader::integer(std::string_view key) {
  TBL_ASSIGN(auto text, store_.meta_get(codec::meta_string_key(key)));
  if (!text) return int64_t{0};
  return parse_integer(*text, key);
}

Result<MetaReader::ListRange> MetaReader::list_range(std::string_view key) {
  TBL_ASSIGN(auto value, store_.meta_get(codec::meta_list_key(key)));
  if (!value) return ListRange{};
  if (value->size() != 16) return data_loss(fmt::format("meta list {}: bad range", key));
  ListRange range{static_cast<int64_t>(get_be64(value->data())),
                  static_cast<int64_t>(get_be64(value->data() + 8))};
  if (range.left > range.right) return data_loss(fmt::format("meta list {}: bad range", key));
  return range;
}

Result<int64_t> MetaReader::schema_version() { return integer(meta_keys::kSchemaVersion); }
Result<int64_t> MetaReader::last_global_id() { return integer(meta_keys::kNextGlobalId); }
Result<int64_t> MetaReader::bootstrap_version() { return integer(meta_keys::kBootstrap); }

Result<std::optional<SchemaDiff>> MetaReader::diff(int64_t version) {
  TBL_ASSIGN(auto text, store_.meta_get(codec::meta_string_key(meta_keys::diff(version))));
  if (!text) return std::optional<SchemaDiff>();
  TBL_ASSIGN(SchemaDiff diff, schema::parse_schema_diff(*text));
  return std::optional(diff);
}

Result<std::vector<DbInfoPtr>> MetaReader::databases() {
  std::vector<DbInfoPtr> all;
  TBL_TRY(each_value(store_, meta_keys::kDatabases, "DB:", [&](Bytes value) {
    TBL_ASSIGN(all.emplace_back(), schema::parse_db_info(value));
    return ok_status();
  }));
  return all;
}

Result<std::vector<TableInfoPtr>> MetaReader::tables(int64_t db_id) {
  std::vector<TableInfoPtr> all;
  TBL_TRY(each_value(store_, meta_keys::database(db_id), "Table:", [&](Bytes value) {
    TBL_ASSIGN(all.emplace_back(), schema::parse_table_info(value));
    return ok_status();
  }));
  return all;
}

Result<DbInfoPtr> MetaReader::database(int64_t db_id) {
  TBL_ASSIGN(auto text, hash_get(meta_keys::kDatabases, meta_keys::database(db_id)));
  if (!text) return DbInfoPtr();
  return schema::parse_db_info(*text);
}

Result<TableInfoPtr> MetaReader::table(int64_t db_id, int64_t table_id) {
  TBL_ASSIGN(auto text, hash_get(meta_keys::database(db_id), meta_keys::table(table_id)));
  if (!text) return TableInfoPtr();
  return schema::parse_table_info(*text);
}

Result<int64_t> MetaReader::auto_id(int64_t db_id, int64_t table_id) {
  return hash_integer(meta_keys::database(db_id), meta_keys::auto_id(table_id));
}

Result<std::vector<DdlJob>> MetaReader::queued_jobs(JobQueue queue) {
  const std::string_view list = meta_keys::job_list(queue);
  TBL_ASSIGN(ListRange range, list_range(list));
  std::vector<DdlJob> jobs;
  for (int64_t i = range.left; i < range.right; ++i) {
    TBL_ASSIGN(auto text, store_.meta_get(codec::meta_list_element_key(list, i)));
    if (!text) return data_loss(fmt::format("meta list {}: element {} is missing", list, i));
    TBL_ASSIGN(jobs.emplace_back(), schema::parse_job(*text));
  }
  return jobs;
}

Result<std::optional<DdlJob>> MetaReader::first_job(JobQueue queue) {
  const std::string_view list = meta_keys::job_list(queue);
  TBL_ASSIGN(ListRange range, list_range(list));
  if (range.left == range.right) return std::optional<DdlJob>();
  TBL_ASSIGN(auto text, store_.meta_get(codec::meta_list_element_key(list, range.left)));
  if (!text) return data_loss(fmt::format("meta list {}: its head is missing", list));
  TBL_ASSIGN(DdlJob job, schema::parse_job(*text));
  return std::optional(std::move(job));
}

Result<std::optional<DdlJob>> MetaReader::history_job(int64_t job_id) {
  TBL_ASSIGN(auto text, hash_get(meta_keys::kHistory, meta_keys::job_field(job_id)));
  if (!text) return std::optional<DdlJob>();
  TBL_ASSIGN(DdlJob job, schema::parse_job(*text));
  return std::optional(std::move(job));
}

Result<std::vector<DdlJob>> MetaReader::history(size_t limit) {
  std::vector<std::string> texts;  // oldest first, as the fields are sorted
  TBL_TRY(each_value(store_, meta_keys::kHistory, "", [&](Bytes value) {
    texts.emplace_back(value);
    return ok_status();
  }));
  std::ranges::reverse(texts);
  if (limit > 0 && texts.size() > limit) texts.resize(limit);
  std::vector<DdlJob> jobs;
  for (const std::string& text : texts) {
    TBL_ASSIGN(jobs.emplace_back(), schema::parse_job(text));
  }
  return jobs;
}

Result<std::optional<ReorgProgress>> MetaReader::reorg_progress(int64_t job_id) {
  const std::string field = meta_keys::job_field(job_id);
  TBL_ASSIGN(auto start, hash_get(meta_keys::kReorg, field));
  if (!start) return std::optional<ReorgProgress>();
  ReorgProgress progress;
  TBL_ASSIGN(progress.start_handle, parse_integer(*start, meta_keys::kReorg));
  TBL_ASSIGN(progress.end_handle, hash_integer(meta_keys::kReorg, field + "_end"));
  TBL_ASSIGN(progress.physical_id, hash_integer(meta_keys::kReorg, field + "_pid"));
  return std::optional(progress);
}

}  // namespace tbl::tidb
