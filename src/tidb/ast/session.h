// Statements that are about the session itself: SET, transactions, prepared statements, KILL.
#pragma once

#include "tidb/ast/statement.h"

namespace tbl::tidb::ast {

struct UseStatement : Statement {
  static constexpr StatementKind kKind = StatementKind::kUse;
  UseStatement() : Statement(kKind) {}

  std::string database;
};

/// One assignment of SET. A plain word as value (SET a = ON) is a string literal; DEFAULT is a
/// Default node.
struct SetItem {
  enum class Kind : uint8_t {
    kSystem,   ///< [scope] name = value
    kUser,     ///< @name = value
    kNames,    ///< NAMES charset [COLLATE collate]: charset "" for DEFAULT
    kCharset,  ///< CHARACTER SET charset: "" for DEFAULT
  };
  Kind kind = Kind::kSystem;
  VariableScope scope = VariableScope::kDefault;
  std::string name;  ///< lower case
  ExprPtr value;
  std::string charset;  ///< lower case
  std::string collate;  ///< lower case, may be empty
};

struct SetStatement : Statement {
  static constexpr StatementKind kKind = StatementKind::kSet;
  SetStatement() : Statement(kKind) {}

  std::vector<SetItem> items;
};

/// SET [SESSION|GLOBAL] TRANSACTION ..: scope kDefault is the next transaction only.
struct SetTransactionStatement : Statement {
  static constexpr StatementKind kKind = StatementKind::kSetTransaction;
  SetTransactionStatement() : Statement(kKind) {}

  VariableScope scope = VariableScope::kDefault;
  std::string isolation;  ///< "REPEATABLE-READ", ...; empty: not written
  std::optional<bool> read_only;
};

/// SET ROLE and SET DEFAULT ROLE. Parsed; nothing of it is kept.
struct SetRoleStatement : Statement {
  static constexpr StatementKind kKind = StatementKind::kSetRole;
  SetRoleStatement() : Statement(kKind) {}
};

struct PrepareStatement : Statement {
  static constexpr StatementKind kKind = StatementKind::kPrepare;
  PrepareStatement() : Statement(kKind) {}

  std::string name;
  std::string sql;       ///< PREPARE s FROM 'sql'
  std::string variable;  ///< or FROM @variable (lower case); empty: sql
};

struct ExecuteStatement : Statement {
  static constexpr StatementKind kKind = StatementKind::kExecute;
  ExecuteStatement() : Statement(kKind) {}

  std::string name;
  std::vector<std::string> variables;  ///< USING @a, @b: lower case
};

struct DeallocateStatement : Statement {
  static constexpr StatementKind kKind = StatementKind::kDeallocate;
  DeallocateStatement() : Statement(kKind) {}

  std::string name;
};

struct BeginStatement : Statement {
  static constexpr StatementKind kKind = StatementKind::kBegin;
  BeginStatement() : Statement(kKind) {}

  enum class Mode : uint8_t { kDefault, kPessimistic, kOptimistic };
  Mode mode = Mode::kDefault;
  bool consistent_snapshot = false;
  std::optional<bool> read_only;
};

/// `chain` and `release` of COMMIT and ROLLBACK; both false: not written, or written with NO.
struct CommitStatement : Statement {
  static constexpr StatementKind kKind = StatementKind::kCommit;
  CommitStatement() : Statement(kKind) {}

  bool chain = false;
  bool release = false;
};

struct RollbackStatement : Statement {
  static constexpr StatementKind kKind = StatementKind::kRollback;
  RollbackStatement() : Statement(kKind) {}

  bool chain = false;
  bool release = false;
  std::string savepoint;  ///< ROLLBACK TO [SAVEPOINT] name; empty: the transaction
};

struct SavepointStatement : Statement {
  static constexpr StatementKind kKind = StatementKind::kSavepoint;
  SavepointStatement() : Statement(kKind) {}

  std::string name;
};

struct ReleaseSavepointStatement : Statement {
  static constexpr StatementKind kKind = StatementKind::kReleaseSavepoint;
  ReleaseSavepointStatement() : Statement(kKind) {}

  std::string name;
};

struct KillStatement : Statement {
  static constexpr StatementKind kKind = StatementKind::kKill;
  KillStatement() : Statement(kKind) {}

  bool tidb = false;        ///< KILL TIDB ..
  bool query_only = false;  ///< KILL QUERY
  uint64_t connection_id = 0;
};

struct LockTablesStatement : Statement {
  static constexpr StatementKind kKind = StatementKind::kLockTables;
  LockTablesStatement() : Statement(kKind) {}

  struct Lock {
    TableName table;
    std::string alias;
    bool write = false;
    bool local = false;
  };
  std::vector<Lock> locks;
};

struct UnlockTablesStatement : Statement {
  static constexpr StatementKind kKind = StatementKind::kUnlockTables;
  UnlockTablesStatement() : Statement(kKind) {}
};

/// EXPLAIN of a statement; EXPLAIN and DESCRIBE of a table are a ShowStatement kColumns.
struct ExplainStatement : Statement {
  static constexpr StatementKind kKind = StatementKind::kExplain;
  ExplainStatement() : Statement(kKind) {}

  bool analyze = false;
  std::string format = "row";  ///< lower case
  StatementPtr statement;      ///< null for FOR CONNECTION
  std::optional<uint64_t> connection_id;
};

}  // namespace tbl::tidb::ast
