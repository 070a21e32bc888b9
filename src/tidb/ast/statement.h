// Base of all statements. The concrete ones stand in dml.h, ddl.h, alter_table.h, show.h, admin.h,
// session.h and account.h.
#pragma once

#include <string>

#include "tidb/ast/query.h"

namespace tbl::tidb::ast {

enum class StatementKind : uint8_t {
  // dml.h
  kSelect,
  kInsert,
  kUpdate,
  kDelete,
  kLoadData,
  kDo,
  // ddl.h, alter_table.h
  kCreateDatabase,
  kAlterDatabase,
  kDropDatabase,
  kCreateTable,
  kAlterTable,
  kDropTable,
  kTruncateTable,
  kRenameTable,
  kCreateIndex,
  kDropIndex,
  kCreateView,
  kDropView,
  kCreateSequence,
  kAlterSequence,
  kDropSequence,
  kRecoverTable,
  kFlashbackTable,
  kSplitTable,
  // session.h
  kUse,
  kSet,
  kSetTransaction,
  kSetRole,
  kPrepare,
  kExecute,
  kDeallocate,
  kBegin,
  kCommit,
  kRollback,
  kSavepoint,
  kReleaseSavepoint,
  kKill,
  kLockTables,
  kUnlockTables,
  kExplain,
  // show.h
  kShow,
  // admin.h
  kAdmin,
  kAnalyze,
  kTableMaintenance,
  kFlush,
  kChangeNode,
  kShutdown,
  // account.h
  kCreateUser,
  kAlterUser,
  kDropUser,
  kRenameUser,
  kSetPassword,
  kGrant,
  kRevoke,
  kGrantRole,
  kRevokeRole,
};

struct Statement {
  explicit Statement(StatementKind k) : kind(k) {}
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;
  virtual ~Statement() = default;

  const StatementKind kind;
  std::string text;          ///< source, without the final ';' and blanks around it
  uint32_t param_count = 0;  ///< number of `?`
};
using StatementPtr = std::unique_ptr<Statement>;
using StmtPtr = StatementPtr;

template <typename T>
T& as(Statement& node) {
  return static_cast<T&>(node);
}
template <typename T>
const T& as(const Statement& node) {
  return static_cast<const T&>(node);
}

}  // namespace tbl::tidb::ast
