// Transactions, savepoints, table locks, KILL, USE.
#include "tidb/ast/session.h"
#include "tidb/parser/rules.h"

namespace tbl::tidb {

using namespace ast;

namespace {

/// [WORK] [AND [NO] CHAIN] [[NO] RELEASE]
template <typename T>
Status parse_completion(Cursor& in, T& node) {
  if (in.accept("AND")) {
    node.chain = !in.accept("NO");
    TBL_TRY(in.expect("CHAIN"));
  }
  if (in.accept("NO", "RELEASE")) return ok_status();
  node.release = in.accept("RELEASE");
  return ok_status();
}

Status parse_characteristics(Cursor& in, BeginStatement& node) {
  do {
    if (in.accept("WITH", "CONSISTENT")) {
      TBL_TRY(in.expect("SNAPSHOT"));
      node.consistent_snapshot = true;
    } else {
      TBL_TRY(in.expect("READ"));
      node.read_only = in.accept("ONLY");
      if (!*node.read_only) TBL_TRY(in.expect("WRITE"));
    }
  } while (in.accept(','));
  return ok_status();
}

}  // namespace

Result<StatementPtr> parse_begin(Cursor& in) {
  auto node = std::make_unique<BeginStatement>();
  if (in.accept("START")) {
    TBL_TRY(in.expect("TRANSACTION"));
    if (!in.at_end()) TBL_TRY(parse_characteristics(in, *node));
    return StatementPtr(std::move(node));
  }
  in.take();
  if (in.accept("PESSIMISTIC")) {
    node->mode = BeginStatement::Mode::kPessimistic;
  } else if (in.accept("OPTIMISTIC")) {
    node->mode = BeginStatement::Mode::kOptimistic;
  } else {
    in.accept("WORK");
  }
  return StatementPtr(std::move(node));
}

Result<StatementPtr> parse_commit(Cursor& in) {
  in.take();
  in.accept("WORK");
  auto node = std::make_unique<CommitStatement>();
  TBL_TRY(parse_completion(in, *node));
  return StatementPtr(std::move(node));
}

Result<StatementPtr> parse_rollback(Cursor& in) {
  in.take();
  in.accept("WORK");
  auto node = std::make_unique<RollbackStatement>();
  if (in.accept("TO")) {
    in.accept("SAVEPOINT");
    TBL_ASSIGN(node->savepoint, in.name());
  } else {
    TBL_TRY(parse_completion(in, *node));
  }
  return StatementPtr(std::move(node));
}

Result<StatementPtr> parse_savepoint(Cursor& in) {
  in.take();
  auto node = std::make_unique<SavepointStatement>();
  TBL_ASSIGN(node->name, in.name());
  return StatementPtr(std::move(node));
}

Result<StatementPtr> parse_release(Cursor& in) {
  in.take();
  TBL_TRY(in.expect("SAVEPOINT"));
  auto node = std::make_unique<ReleaseSavepointStatement>();
  TBL_ASSIGN(node->name, in.name());
  return StatementPtr(std::move(node));
}

Result<StatementPtr> parse_kill(Cursor& in) {
  in.take();
  auto node = std::make_unique<KillStatement>();
  node->tidb = in.accept("TIDB");
  node->query_only = in.accept("QUERY");
  if (!node->query_only) in.accept("CONNECTION");
  TBL_ASSIGN(node->connection_id, in.integer());
  return StatementPtr(std::move(node));
}

Result<StatementPtr> parse_lock(Cursor& in) {
  in.take();
  if (!in.accept_any(Kw("TABLES"), Kw("TABLE"))) return in.syntax_error();
  auto node = std::make_unique<LockTablesStatement>();
  do {
    LockTablesStatement::Lock lock;
    TBL_ASSIGN(lock.table, in.table_name());
    if (!in.at_any(Kw("READ"), Kw("WRITE"), Kw("LOW_PRIORITY"))) {
      TBL_ASSIGN(lock.alias, parse_table_alias(in));
    }
    if (in.accept("READ")) {
      lock.local = in.accept("LOCAL");
    } else {
      in.accept("LOW_PRIORITY");
      TBL_TRY(in.expect("WRITE"));
      lock.write = true;
      lock.local = in.accept("LOCAL");
    }
    node->locks.push_back(std::move(lock));
  } while (in.accept(','));
  return StatementPtr(std::move(node));
}

Result<StatementPtr> parse_unlock(Cursor& in) {
  in.take();
  if (!in.accept_any(Kw("TABLES"), Kw("TABLE"))) return in.syntax_error();
  return StatementPtr(std::make_unique<UnlockTablesStatement>());
}

Result<StatementPtr> parse_use(Cursor& in) {
  in.take();
  auto node = std::make_unique<UseStatement>();
  TBL_ASSIGN(node->database, in.name());
  return StatementPtr(std::move(node));
}

}  // namespace tbl::tidb
