// Schema metadata in TiKV: databases, tables, id counters, schema versions, DDL jobs.
//
// Layout as TiDB v3.0: strings, hashes and lists under the prefix 'm' (codec/keys.h); hashes keep
// their field count, so that every TiDB can read what is written here. Errors: those of the store;
// kDataLoss for values that cannot be read, naming the key.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "schema/job.h"
#include "schema/schema_diff.h"
#include "schema/table_info.h"
#include "tidb/catalog/meta_store.h"

namespace tbl::tidb {

/// The two queues of DDL jobs. Building an index may take hours, hence its own.
enum class JobQueue : uint8_t { kGeneral, kAddIndex };
JobQueue queue_of(schema::ActionType type);

/// Where the backfill of an index has come to, in case it must go on after a restart.
struct ReorgProgress {
  int64_t start_handle = 0;  ///< the next row to do
  int64_t end_handle = 0;    ///< the last one
  int64_t physical_id = 0;   ///< table or partition being read
};

/// Reads within one transaction, which must outlive it. One thread.
class MetaReader {
 public:
  explicit MetaReader(MetaStore& store) : store_(store) {}

  /// 0 when nothing was ever written.
  Result<int64_t> schema_version();
  Result<int64_t> last_global_id();
  /// 0: not bootstrapped.
  Result<int64_t> bootstrap_version();
  Result<std::optional<schema::SchemaDiff>> diff(int64_t version);

  /// Of every state, in the order of their keys.
  Result<std::vector<schema::DbInfoPtr>> databases();
  Result<std::vector<schema::TableInfoPtr>> tables(int64_t db_id);
  /// Null when there is none.
  Result<schema::DbInfoPtr> database(int64_t db_id);
  Result<schema::TableInfoPtr> table(int64_t db_id, int64_t table_id);
  /// The highest row id or auto increment value given out to any server; 0 at first.
  Result<int64_t> auto_id(int64_t db_id, int64_t table_id);

  /// From the head of the queue.
  Result<std::vector<schema::DdlJob>> queued_jobs(JobQueue queue);
  Result<std::optional<schema::DdlJob>> first_job(JobQueue queue);
  Result<std::optional<schema::DdlJob>> history_job(int64_t job_id);
  /// The newest `limit` finished jobs, newest first; 0: all.
  Result<std::vector<schema::DdlJob>> history(size_t limit);
  Result<std::optional<ReorgProgress>> reorg_progress(int64_t job_id);

 protected:
  Result<std::optional<std::string>> hash_get(std::string_view key, Bytes field);
  Result<int64_t> hash_integer(std::string_view key, Bytes field);
  Result<int64_t> integer(std::string_view key);
  struct ListRange {
    int64_t left = 0;
    int64_t right = 0;  ///< exclusive
  };
  Result<ListRange> list_range(std::string_view key);

  MetaStore& store_;
};

/// Reads and writes within one transaction.
class MetaWriter : public MetaReader {
 public:
  using MetaReader::MetaReader;

  /// Takes `count` (> 0) ids that were never used and never will be again; gives the first of them.
  Result<int64_t> take_global_ids(int64_t count);
  Result<int64_t> bump_schema_version();
  Status set_bootstrap_version(int64_t version);
  Status put_diff(const schema::SchemaDiff& diff);

  /// Adds or replaces.
  Status put_database(const schema::DbInfo& db);
  /// With all its tables and counters.
  Status drop_database(int64_t db_id);
  Status put_table(int64_t db_id, const schema::TableInfo& table);
  /// Its auto id stays: see remove_auto_id().
  Status drop_table(int64_t db_id, int64_t table_id);
  Status remove_auto_id(int64_t db_id, int64_t table_id);
  Status set_auto_id(int64_t db_id, int64_t table_id, int64_t value);
  /// Adds `step` and gives the new value: the caller owns the ids (value - step, value].
  Result<int64_t> advance_auto_id(int64_t db_id, int64_t table_id, int64_t step);

  Status push_job(const schema::DdlJob& job);
  /// Replaces the job of the same id. Error: kNotFound when it is not queued.
  Status update_job(const schema::DdlJob& job);
  /// Takes the head off. The queue must not be empty.
  Status pop_job(JobQueue queue);
  Status add_history(const schema::DdlJob& job);
  Status put_reorg_progress(int64_t job_id, const ReorgProgress& progress);
  Status remove_reorg_progress(int64_t job_id);

 private:
  Status put_integer(std::string_view key, int64_t value);
  Result<int64_t> add_integer(std::string_view key, int64_t delta);
  Status hash_put(std::string_view key, Bytes field, Bytes value);
  Status hash_remove(std::string_view key, Bytes field);
  Status hash_clear(std::string_view key);
  Status change_hash_count(std::string_view key, int64_t delta);
  Status put_list_range(std::string_view key, const ListRange& range);
};

}  // namespace tbl::tidb
