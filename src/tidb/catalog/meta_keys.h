// Names of TiDB's meta keys and hash fields. For .cc files of this folder only.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "tidb/catalog/meta.h"

namespace tbl::tidb::meta_keys {

constexpr std::string_view kNextGlobalId = "NextGlobalID";
constexpr std::string_view kSchemaVersion = "SchemaVersionKey";
constexpr std::string_view kBootstrap = "BootstrapKey";
constexpr std::string_view kDatabases = "DBs";
constexpr std::string_view kHistory = "DDLJobHistory";
constexpr std::string_view kReorg = "DDLJobReorg";

inline std::string diff(int64_t version) { return "Diff:" + std::to_string(version); }
/// The hash of a database's tables, and its field in kDatabases.
inline std::string database(int64_t id) { return "DB:" + std::to_string(id); }
inline std::string table(int64_t id) { return "Table:" + std::to_string(id); }
inline std::string auto_id(int64_t table_id) { return "TID:" + std::to_string(table_id); }
constexpr std::string_view job_list(JobQueue queue) {
  return queue == JobQueue::kAddIndex ? "DDLJobAddIdxList" : "DDLJobList";
}
/// The field of a job in kHistory and kReorg.
inline std::string job_field(int64_t job_id) {
  std::string field;
  put_be64(field, static_cast<uint64_t>(job_id));
  return field;
}

}  // namespace tbl::tidb::meta_keys
