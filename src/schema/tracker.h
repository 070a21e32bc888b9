// The schema as a reader of the binlog stream sees it: jobs wait and are applied only when a
// transaction written under their schema version comes by, since TiDB servers are up to one version
// apart.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "base/status.h"
#include "schema/history.h"
#include "schema/job.h"
#include "schema/rename_text.h"
#include "schema/snapshot.h"

namespace tbl::schema {

/// Names as written, e.g. for a log line or `use`.
struct SchemaAndTable {
  std::string schema;
  std::string table;  ///< empty for a job on a database
};

/// Owner: the tracking station. One thread. The TableInfos it hands out are immutable and may be
/// used by any thread for as long as wanted.
///
/// An error means that the schema can no longer be trusted; the caller stops. Tables are known by
/// id: names are never checked (CREATE OR REPLACE VIEW leaves the replaced view's id behind, which
/// is harmless).
class SchemaTracker {
 public:
  /// Knows one database: `mysql` with id 1, for which TiDB >= 6.2 logs no job. The first job that
  /// creates a database with id 1 replaces it.
  SchemaTracker();
  ~SchemaTracker();
  SchemaTracker(const SchemaTracker&) = delete;
  SchemaTracker& operator=(const SchemaTracker&) = delete;

  /// Reads a job of the history. Error: it cannot be read, or is not there.
  using ReadJob = std::function<Result<DdlJob>(int64_t job_id)>;
  /// Start from the job history: the entries (in any order) wait to be applied. `read_job` reads
  /// those that come without JSON when more of them is needed than their headers tell, while this
  /// object lives. Before anything else.
  void load_history(std::vector<HistoryEntry> entries, ReadJob read_job = {});
  /// Start from a snapshot: version() becomes the snapshot's. Before anything else.
  Status load_snapshot(SchemaSnapshot snapshot);

  /// Adds a job that came with the stream. Ignored when a job of its version or a later one waits
  /// already.
  void append(DdlJobPtr job);
  /// Applies the waiting jobs with schema version <= `version`. A job that is not newer than
  /// version() is skipped with a warning.
  Status apply_up_to(int64_t version);
  /// Highest version applied so far.
  int64_t version() const { return version_; }

  /// The newest known form of a table, by which its rows are decoded.
  /// Error: "not found table id: <id>", or its JSON is bad.
  Result<TableInfoPtr> table(int64_t table_id);
  /// The oldest kept form with a version >= `version`: it tells defaults of columns that a row
  /// written under `version` lacks. Null when there is none (use table()). Two forms are kept.
  Result<TableInfoPtr> table_at(int64_t table_id, int64_t version);
  /// True: the table was truncated or dropped by an applied job; its rows are not for us any more.
  bool is_truncated(int64_t table_id) const { return truncated_.contains(table_id); }
  /// True: a row of this table written under `version` may lack columns, which then have their
  /// default: a column is being dropped, or the table changed after `version`.
  bool may_append_default(int64_t table_id, int64_t version) const;
  /// Of all tables that are known, ascending.
  std::vector<int64_t> table_ids() const;
  /// Null when the table is not known.
  const SchemaAndTable* name_of(int64_t table_id) const;
  /// The database that names without one mean in the text of a job that renames tables. To be asked
  /// before the job is applied. Empty when it is not known.
  std::string session_database(const DdlJob& job) const;
  /// The names that the job of this version concerns. Error: "version: <v> not found".
  Result<SchemaAndTable> names_at(int64_t version) const;

 private:
  /// A job to come: parsed already, still as text, or only its header.
  struct Waiting {
    int64_t version = 0;
    int64_t job_id = 0;
    DdlJobPtr job;
    std::string json;
    JobHeader header = {};
  };
  /// A table as of one schema version: parsed already, still as text, or in a job of the history.
  struct Form {
    int64_t version = 0;
    TableInfoPtr info;
    PackedText json = {};
    int64_t job_id = 0;
  };
  struct Table {
    int64_t schema_id = 0;
    SchemaAndTable names;
    int64_t last_version = 0;  ///< of the last job applied to it
    std::vector<Form> forms;   ///< oldest first, at most kFormsKept
  };

  using Tables = std::unordered_map<int64_t, Table>;
  struct DroppedDatabase {
    int64_t schema_id = 0;
    std::vector<Tables::node_type> tables;
  };

  Result<DdlJobPtr> job_of(const Waiting& waiting) const;
  static bool header_says_all(const JobHeader& job);
  Status apply_header(const JobHeader& header);
  Status apply_one(const DdlJob& job);
  Status apply(const DdlJob& job);
  Status create_database(const DdlJob& job);
  Status replace_database(const DdlJob& job);
  Status drop_database(const DdlJob& job);
  Status rename_table(const DdlJob& job);
  Status rename_tables(const DdlJob& job);
  int64_t session_schema_of(const DdlJob& job, const std::vector<Rename>& renames) const;
  Result<int64_t> database_named(const std::string& name) const;
  Status create_tables(const DdlJob& job);
  Status truncate_table(const DdlJob& job);
  Status exchange_partition(const DdlJob& job);
  Status recover_database(const DdlJob& job);
  Status change_id(int64_t old_id, int64_t new_id);
  Status replace_table(const DdlJob& job);
  Status add_table(const DdlJob& job, const TableInfoPtr& info);
  Status drop_table(const DdlJob& job);
  void forget_rows_of(int64_t table_id);
  Result<const DbInfo*> database(int64_t schema_id) const;
  Result<Table*> find(int64_t table_id);
  void put_form(Table& table, const DdlJob& job, const TableInfoPtr& info);
  Result<TableInfoPtr> parsed(Form& form) const;
  Status read(Form& form) const;

  ReadJob read_job_;
  int64_t version_ = 0;
  std::deque<Waiting> waiting_;  ///< by version
  std::unordered_map<int64_t, DbInfoPtr> databases_;
  bool mysql_is_ours_ = true;  ///< id 1 is still the entry made by the constructor
  Tables tables_;
  std::deque<DroppedDatabase> dropped_;  ///< the last few, for FLASHBACK DATABASE
  std::unordered_set<int64_t> truncated_;
  std::unordered_set<int64_t> dropping_column_;
  std::map<int64_t, SchemaAndTable> names_;  ///< by schema version
};

}  // namespace tbl::schema
