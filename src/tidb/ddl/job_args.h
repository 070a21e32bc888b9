// What a DDL job carries besides its ids: `raw_args` while it waits and runs.
//
// One object in an array; only this server reads it, so it is of our own shape (JSON, absent fields
// are defaults). A finished job's raw_args are TiDB's, see finished_args() below.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/status.h"
#include "schema/table_info.h"

namespace tbl::tidb {

/// Which fields count depends on the job's type.
struct JobArgs {
  schema::DbInfoPtr db;  ///< CREATE DATABASE
  /// CREATE TABLE and VIEW: the table. Others: the column, index, foreign key or partitions to add,
  /// alone in an otherwise empty table.
  schema::TableInfo table;
  std::string name;      ///< what is dropped, renamed or changed (lower case)
  std::string new_name;  ///< as written
  bool first = false;    ///< ADD and MODIFY COLUMN
  std::string after;     ///< the same; lower case, empty: at the end, or where it is
  std::string charset;
  std::string collate;
  std::string comment;
  int64_t number = 0;  ///< AUTO_INCREMENT, SHARD_ROW_ID_BITS
  int64_t old_id = 0;  ///< RENAME: the old database; CREATE OR REPLACE VIEW: the old view
  int64_t new_id = 0;  ///< TRUNCATE: the new table
  std::vector<std::string> names;  ///< partitions to drop or truncate (lower case)
  bool convert_columns = false;    ///< CONVERT TO CHARACTER SET
};

std::string write_job_args(const JobArgs& args);
Result<JobArgs> parse_job_args(std::string_view raw_args);

/// TiDB's arguments of finished jobs that GC needs, as JSON text.
namespace finished_args {
/// DROP and TRUNCATE TABLE: [start key, partition ids]. Null partitions: `null` instead of a list.
std::string table(int64_t table_id, const std::vector<int64_t>* partition_ids);
/// DROP DATABASE; DROP and TRUNCATE PARTITION.
std::string ids(const std::vector<int64_t>& ids);
std::string index(const schema::CiName& name, int64_t index_id,
                  const std::vector<int64_t>& partition_ids);
std::string column(const schema::CiName& name);
}  // namespace finished_args

}  // namespace tbl::tidb
