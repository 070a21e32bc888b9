// One client's session: its variables, its transaction, its prepared statements, and the way of a
// statement through parser, privileges, planner and executors.
//
// session.cc parses and hands each statement to the file that knows its kind: run_planned.cc
// (SELECT and what changes rows), run_ddl.cc, set_statement.cc, show_statement.cc,
// admin_statement.cc, account_statement.cc, simple_statement.cc (the rest).
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "tidb/ast/statement.h"
#include "tidb/exec/dml.h"
#include "tidb/exec/result.h"
#include "tidb/privilege/privileges.h"
#include "tidb/session/domain.h"
#include "tidb/session/process_list.h"
#include "tidb/session/session_variables.h"
#include "tidb/session/transaction_state.h"
#include "tidb/types/value.h"
#include "tidb/types/warnings.h"

namespace tbl::tidb {

/// Receives the outcomes of the statements of one text.
class SessionSink : public ResultSink {
 public:
  /// Comes before each statement's outcome. `more`: it is not the last one.
  virtual void begin_statement(bool more) = 0;
  /// Where LOAD DATA reads from; null: it cannot.
  virtual LoadDataInput* load_data() = 0;
};

struct SessionOptions {
  uint64_t connection_id = 0;
  /// SQL of the server itself: as root, without privilege checks, binlog and tracing of processes.
  bool internal = false;
  std::function<void()> end_connection;  ///< for KILL; may be empty
};

/// Who the session acts for.
struct SessionUser {
  std::string user;       ///< as the client gave it
  std::string host;       ///< where it comes from
  std::string auth_user;  ///< of the account that let it in
  std::string auth_host;
};

/// What PREPARE leaves behind.
struct PreparedStatement {
  std::string text;
  ast::StatementPtr statement;
};

/// Used by one thread at a time; what others may do to it goes through process().
class Session {
 public:
  Session(Domain& domain, SessionOptions options);
  /// Rolls back what is open and frees its locks.
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  /// Runs all statements of a text; the first error ends it and is returned.
  Status execute(std::string_view text, SessionSink& sink);
  /// Runs one statement that was parsed before. `parameters`: of its `?`; null: none.
  Status execute_statement(const ast::Statement& statement, const std::vector<Value>* parameters,
                           SessionSink& sink);

  /// COM_STMT_*; ids are the session's own.
  Result<uint32_t> prepare(std::string_view text);
  const PreparedStatement* prepared(uint32_t id) const;
  /// Columns that the statement would give; empty for none. Errors: those of planning it.
  Result<std::vector<ColumnMeta>> result_columns(const ast::Statement& statement);
  Status execute_prepared(uint32_t id, std::vector<Value> parameters, SessionSink& sink);
  void close_prepared(uint32_t id) { prepared_.erase(id); }

  /// USE; also at login. Errors: 1049, 1044.
  Status use(std::string_view database);
  /// The current database was dropped.
  void leave_database();
  void set_user(SessionUser user);
  /// As a new connection of the same user has it.
  Status reset();

  const SessionUser& user() const { return user_; }
  /// The account whose rights count.
  AccountName account() const { return {user_.auth_user, user_.auth_host}; }
  const std::string& current_db() const { return current_db_; }
  bool multi_statements = true;    ///< several statements in a text are allowed
  bool client_found_rows = false;  ///< capability of the client
  std::string tls_version;         ///< of the client's connection; empty: none
  std::string tls_cipher;

  Domain& domain() { return domain_; }
  const SessionOptions& options() const { return options_; }
  ProcessEntry& process() { return *process_; }
  SessionVariables& variables() { return variables_; }
  const SessionVariables& variables() const { return variables_; }
  TransactionState& transaction() { return transaction_; }
  Warnings& warnings() { return warnings_; }
  /// Bits of the protocol: in transaction 1, autocommit 2.
  uint16_t server_status() const;

  /// What a statement's evaluation sees of the session; valid for this statement.
  EvalContext make_eval_context(const std::vector<Value>* parameters);
  SessionHooks& hooks() { return *hooks_; }

  /// Named ones, PREPARE s FROM.
  std::map<std::string, std::unique_ptr<PreparedStatement>, std::less<>>& named_statements() {
    return named_;
  }

  /// SET TRANSACTION without a scope: for the next transaction only.
  struct NextTransaction {
    std::optional<bool> read_only;
    std::string isolation;  ///< empty: not set
    bool is_over = false;   ///< a transaction took it
  };
  NextTransaction next_transaction;

  // Results of the statement before, for FOUND_ROWS(), ROW_COUNT(), LAST_INSERT_ID().
  uint64_t found_rows = 0;
  int64_t row_count = -1;
  uint64_t last_insert_id = 0;
  uint64_t rand_seed1 = 0;
  uint64_t rand_seed2 = 0;
  /// The connection cannot go on: the outcome of a commit is not known.
  bool must_close = false;

 private:
  Status dispatch(const ast::Statement& statement, const std::vector<Value>* parameters,
                  SessionSink& sink);
  void note_outcome(const ast::Statement& statement, const Status& status);
  void note_slow(const ast::Statement& statement, bool succeeded, int64_t began_us);

  Domain& domain_;
  const SessionOptions options_;
  std::shared_ptr<ProcessEntry> process_;
  SessionVariables variables_;
  TransactionState transaction_;
  Warnings warnings_;
  SessionUser user_;
  std::string current_db_;
  std::unique_ptr<SessionHooks> hooks_;
  std::map<std::string, std::unique_ptr<PreparedStatement>, std::less<>> named_;
  std::map<uint32_t, std::unique_ptr<PreparedStatement>> prepared_;
  uint32_t next_prepared_ = 1;
};

}  // namespace tbl::tidb
