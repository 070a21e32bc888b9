// A DDL job: what TiDB keeps in its job history about one finished schema change.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/status.h"
#include "schema/table_info.h"

namespace tbl::schema {

/// `type` of a job. Numbers that are not named here occur too and are kept as they are.
enum class ActionType : uint8_t {
  kNone = 0,
  kCreateSchema = 1,
  kDropSchema = 2,
  kCreateTable = 3,
  kDropTable = 4,
  kAddColumn = 5,
  kDropColumn = 6,
  kAddIndex = 7,
  kDropIndex = 8,
  kAddForeignKey = 9,
  kDropForeignKey = 10,
  kTruncateTable = 11,
  kModifyColumn = 12,
  kRebaseAutoId = 13,
  kRenameTable = 14,
  kSetDefaultValue = 15,
  kShardRowId = 16,
  kModifyTableComment = 17,
  kRenameIndex = 18,
  kAddTablePartition = 19,
  kDropTablePartition = 20,
  kCreateView = 21,
  kModifyTableCharset = 22,
  kTruncateTablePartition = 23,
  kDropView = 24,
  kRecoverTable = 25,
  kModifySchemaCharset = 26,
  kLockTable = 27,
  kUnlockTable = 28,
  kRepairTable = 29,
  kSetTiFlashReplica = 30,
  kUpdateTiFlashReplicaStatus = 31,
  kAddPrimaryKey = 32,
  kDropPrimaryKey = 33,
  kCreateSequence = 34,
  kAlterSequence = 35,
  kDropSequence = 36,
  kAddColumns = 37,
  kDropColumns = 38,
  kModifyAutoIdCache = 39,
  kRebaseAutoRandom = 40,
  kAlterIndexVisibility = 41,
  kExchangePartition = 42,
  kAddCheckConstraint = 43,
  kDropCheckConstraint = 44,
  kAlterCheckConstraint = 45,
  kRenameTables = 47,
  kDropIndexes = 48,
  kTableAttributes = 49,
  kPartitionAttributes = 50,
  kCreatePlacementPolicy = 51,
  kAlterPlacementPolicy = 52,
  kDropPlacementPolicy = 53,
  kPartitionPlacement = 54,
  kSchemaPlacement = 55,
  kTablePlacement = 56,
  kCacheTable = 57,
  kTableStatsOptions = 58,
  kNoCacheTable = 59,
  kCreateTables = 60,
  kMultiSchemaChange = 61,
  kFlashbackCluster = 62,
  kRecoverSchema = 63,
  kReorganizePartition = 64,
  kTtlInfo = 65,
  kTtlRemove = 67,
  kCreateResourceGroup = 68,
  kAlterResourceGroup = 69,
  kDropResourceGroup = 70,
  kPartitionTable = 71,
  kRemovePartitioning = 72,
};
/// Later numbers are of TiDB versions that came after.
constexpr ActionType kLastKnownAction = ActionType::kRemovePartitioning;

/// The name TiDB prints, e.g. "create table"; "none" for an unknown number.
std::string_view action_name(ActionType type);
/// Jobs that change neither what drainer tracks nor anything downstream.
bool is_ignored_action(ActionType type);

enum class JobState : uint8_t {
  kNone = 0,
  kRunning = 1,
  kRollingback = 2,
  kRollbackDone = 3,
  kDone = 4,
  kCancelled = 5,
  kSynced = 6,
  kCancelling = 7,
  kQueueing = 8,
};

/// Table ids above belong to TiDB's own DDL tables, which no job describes.
constexpr int64_t kMaxUserTableId = 281474976709655;
constexpr bool is_system_table_id(int64_t table_id) { return table_id > kMaxUserTableId; }

/// Why a job failed: TiDB's error class and code, and the text the client gets.
struct JobError {
  int64_t error_class = 0;  ///< kErrorClassDdl and others
  int64_t code = 0;
  std::string message;
  bool operator==(const JobError&) const = default;
};
constexpr int64_t kErrorClassDdl = 2;

/// One job. Plain data, never changed once shared.
struct DdlJob {
  int64_t id = 0;
  ActionType type = ActionType::kNone;
  JobState state = JobState::kNone;
  SchemaState schema_state = SchemaState::kNone;
  int64_t schema_id = 0;  ///< RENAME: the new database
  int64_t table_id = 0;   ///< TRUNCATE: the old id; 0 for jobs on a database
  std::string query;      ///< the client's text
  int64_t row_count = 0;
  uint64_t start_ts = 0;
  uint64_t snapshot_version = 0;  ///< ts the index backfill reads at; 0: not begun
  int64_t dependency_id = 0;      ///< the job that must end first; 0: none
  int64_t version = 1;
  int64_t priority = 0;
  std::optional<JobError> error;
  int64_t error_count = 0;
  std::optional<int64_t> reorg_end_handle;  ///< of `reorg_meta`, which is null without it
  /// Arguments while the job waits and runs, what GC needs afterwards: a JSON array's text.
  std::string raw_args = "null";

  // `binlog`: the schema that the job left behind.
  int64_t schema_version = 0;  ///< 0: the job changed nothing (failed, or IF [NOT] EXISTS)
  uint64_t finished_ts = 0;
  DbInfoPtr db;                      ///< set for jobs on a database
  TableInfoPtr table;                ///< the table after the job; set for jobs on a table
  std::vector<TableInfoPtr> tables;  ///< CREATE TABLES and RENAME TABLES

  /// Finished with success: only such jobs change the schema.
  bool is_finished() const { return state == JobState::kSynced || state == JobState::kDone; }
  /// The first half of DROP COLUMN: the column takes no new values from here on.
  bool is_dropping_column() const {
    return type == ActionType::kDropColumn && schema_state == SchemaState::kDeleteOnly;
  }
  /// For logs: "ID:4, Type:create schema, State:synced, ...".
  std::string to_string() const;
};

using DdlJobPtr = std::shared_ptr<const DdlJob>;

/// JSON of a job as kept in DDLJobHistory. Errors name the job's id where it could be read.
Result<DdlJob> parse_job(Bytes json);

/// The fields that decide whether and when a job is applied, and what most jobs do to names and
/// ids; far cheaper to read and keep than the whole job.
struct JobHeader {
  int64_t id = 0;
  ActionType type = ActionType::kNone;
  JobState state = JobState::kNone;
  int64_t schema_id = 0;
  int64_t table_id = 0;
  int64_t schema_version = 0;
  int64_t new_table_id = 0;    ///< of `table`; 0: the job has none
  std::string new_table_name;  ///< as written
};
Result<JobHeader> parse_job_header(Bytes json);

}  // namespace tbl::schema
