// ADMIN, ANALYZE, FLUSH, CHANGE PUMP|DRAINER, CHECK/OPTIMIZE/REPAIR TABLE, SHUTDOWN.
#pragma once

#include "tidb/ast/statement.h"

namespace tbl::tidb::ast {

enum class AdminKind : uint8_t {
  kShowDdl,
  kShowDdlJobs,        ///< count: number of history jobs, 0: default; where
  kShowDdlJobQueries,  ///< ids
  kCancelDdlJobs,      ///< ids
  kCheckTable,         ///< tables
  kCheckIndex,         ///< tables[0], index
  kRecoverIndex,       ///< tables[0], index
  kCleanupIndex,       ///< tables[0], index
  kChecksumTable,      ///< tables
  kShowNextRowId,      ///< tables[0]
  kShowSlow,
  kReloadPrivileges,  ///< RELOAD .. of several kinds, PLUGINS ..
};

struct AdminStatement : Statement {
  static constexpr StatementKind kKind = StatementKind::kAdmin;
  AdminStatement() : Statement(kKind) {}

  AdminKind admin = AdminKind::kShowDdl;
  std::vector<TableName> tables;
  std::string index;
  std::vector<int64_t> ids;
  int64_t count = 0;
  ExprPtr where;
};

struct AnalyzeStatement : Statement {
  static constexpr StatementKind kKind = StatementKind::kAnalyze;
  AnalyzeStatement() : Statement(kKind) {}

  std::vector<TableName> tables;
  std::vector<std::string> partitions;
  bool index_only = false;  ///< ANALYZE TABLE t INDEX [i, ..]
  std::vector<std::string> indexes;
};

/// CHECK TABLE, OPTIMIZE TABLE, REPAIR TABLE, CHECKSUM TABLE.
struct TableMaintenanceStatement : Statement {
  static constexpr StatementKind kKind = StatementKind::kTableMaintenance;
  TableMaintenanceStatement() : Statement(kKind) {}

  std::string operation;  ///< "check", "optimize", "repair", "checksum"
  std::vector<TableName> tables;
};

enum class FlushKind : uint8_t { kPrivileges, kTables, kStatus, kLogs, kHosts, kOther };

struct FlushStatement : Statement {
  static constexpr StatementKind kKind = StatementKind::kFlush;
  FlushStatement() : Statement(kKind) {}

  FlushKind flush = FlushKind::kOther;
  std::vector<TableName> tables;
  bool with_read_lock = false;
};

/// CHANGE PUMP|DRAINER TO NODE_STATE = 'state' FOR NODE_ID 'id'
struct ChangeNodeStatement : Statement {
  static constexpr StatementKind kKind = StatementKind::kChangeNode;
  ChangeNodeStatement() : Statement(kKind) {}

  bool drainer = false;
  std::string state;
  std::string node_id;
};

struct ShutdownStatement : Statement {
  static constexpr StatementKind kKind = StatementKind::kShutdown;
  ShutdownStatement() : Statement(kKind) {}
};

}  // namespace tbl::tidb::ast
