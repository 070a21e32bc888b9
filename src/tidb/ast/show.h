// SHOW in all its forms, also DESCRIBE of a table.
#pragma once

#include "tidb/ast/ddl.h"

namespace tbl::tidb::ast {

enum class ShowKind : uint8_t {
  kDatabases,
  kTables,          ///< full, extended ignored, database
  kOpenTables,      ///< database
  kTableStatus,     ///< database
  kColumns,         ///< full, table; column of DESC t c
  kIndex,           ///< table
  kCreateTable,     ///< table
  kCreateView,      ///< table
  kCreateDatabase,  ///< name, if_not_exists
  kCreateSequence,  ///< table
  kCreateUser,      ///< user
  kVariables,       ///< scope
  kStatus,          ///< scope
  kWarnings,        ///< limit, count_only
  kErrors,          ///< limit, count_only
  kProcessList,     ///< full
  kGrants,          ///< user; none: the current one
  kEngines,
  kEngineStatus,  ///< name: the engine
  kCharset,
  kCollation,
  kMasterStatus,
  kSlaveStatus,
  kBinlogEvents,
  kPumpStatus,
  kDrainerStatus,
  kPrivileges,
  kPlugins,
  kTriggers,  ///< database
  kEvents,    ///< database
  kProcedureStatus,
  kFunctionStatus,
  kCreateProcedure,  ///< name
  kCreateFunction,
  kCreateTrigger,
  kCreateEvent,
  kProfiles,
  kProfile,
  kStatsMeta,
  kStatsHistograms,
  kStatsBuckets,
  kStatsHealthy,
  kBindings,  ///< scope
  kAnalyzeStatus,
  kTableRegions,  ///< table, name: index
  kBuiltins,
  kConfig,
};

/// LIKE and WHERE exclude each other; both may be absent.
struct ShowStatement : Statement {
  static constexpr StatementKind kKind = StatementKind::kShow;
  ShowStatement() : Statement(kKind) {}

  ShowKind show = ShowKind::kDatabases;
  bool full = false;
  bool extended = false;
  bool if_not_exists = false;
  bool count_only = false;  ///< SHOW COUNT(*) WARNINGS, ERRORS
  VariableScope scope = VariableScope::kDefault;
  std::string database;  ///< FROM db; empty: the current one
  TableName table;
  std::string name;
  std::string column;
  std::optional<UserName> user;
  ExprPtr like;   ///< a string literal
  ExprPtr where;  ///< over the columns of the result
  std::optional<Limit> limit;
};

}  // namespace tbl::tidb::ast
