// What several statements have in common: OKs, result sets of texts, begins and commits.
#include "base/log.h"
#include "tidb/kv/kv_error.h"
#include "tidb/session/statements.h"
#include "tidb/types/field_type.h"
#include "tidb/types/sql_error.h"

namespace tbl::tidb {

Status send_ok(Session& session, SessionSink& sink) {
  OkInfo ok;
  ok.warnings = session.warnings().count();
  session.row_count = 0;
  return sink.on_ok(ok);
}

TextColumn text_column(std::string name, int64_t width) {
  return {std::move(name), string_type(width)};
}

TextColumn int_column(std::string name) { return {std::move(name), int_type()}; }

Status send_rows(Session& session, const std::vector<TextColumn>& columns,
                 const std::vector<Row>& rows, SessionSink& sink) {
  std::vector<ColumnMeta> metas;
  for (const TextColumn& column : columns) {
    ColumnMeta meta;
    meta.name = column.name;
    meta.type = column.type;
    metas.push_back(std::move(meta));
  }
  TBL_TRY(sink.on_columns(metas));
  for (const Row& row : rows) TBL_TRY(sink.on_row(row));
  OkInfo ok;
  ok.warnings = session.warnings().count();
  session.row_count = -1;
  session.found_rows = rows.size();
  return sink.on_ok(ok);
}

bool pessimistic_by_default(const Session& session) {
  return session.variables().get("tidb_txn_mode") == "pessimistic";
}

namespace {

TxnCharacteristics next_characteristics(const Session& session) {
  // The server's own SQL has the variables of a new session, but must not stand still for them.
  if (session.options().internal) return {};
  const Session::NextTransaction& next = session.next_transaction;
  const SessionVariables& variables = session.variables();
  const std::string& isolation =
      next.isolation.empty() ? variables.get("tx_isolation") : next.isolation;
  return {.read_only = next.read_only.value_or(variables.is_on("tx_read_only")),
          .read_committed = isolation == "READ-COMMITTED"};
}

}  // namespace

Status check_may_write(Session& session) {
  const TransactionState& state = session.transaction();
  const bool read_only = state.is_explicit() ? state.characteristics().read_only
                                             : next_characteristics(session).read_only;
  if (!read_only) return ok_status();
  return sql_error(kErrReadOnlyTransaction, "Cannot execute statement in a READ ONLY transaction.");
}

BeginOptions begin_options(Session& session, bool pessimistic) {
  BeginOptions options;
  options.characteristics = next_characteristics(session);
  session.next_transaction.is_over = true;
  options.pessimistic = pessimistic;
  options.binlog = !session.options().internal;
  options.lock_wait = std::chrono::seconds(session.variables().get_int("innodb_lock_wait_timeout"));
  options.interrupted = &session.process().interrupted();
  return options;
}

Status commit_implicitly(Session& session) {
  Status status = session.transaction().commit();
  return handle_commit_error(session, std::move(status));
}

Status handle_commit_error(Session& session, Status status) {
  // The pump client says so when a binlog is lost and must not be. Errors of SQL, which may quote
  // what users wrote, have numbers.
  const bool lost_binlog = status.detail() == 0 && status.message().starts_with("critical error");
  if (lost_binlog) {
    session.must_close = true;
    if (session.domain().on_critical_error) session.domain().on_critical_error();
  }
  if (status.ok() || !is_undetermined(status)) return status;
  // The client must not believe that it failed: it loses its connection, as when the server dies.
  log_error("outcome of a commit is not known, the connection is closed",
            {{"conn", session.options().connection_id}, {"error", status}});
  session.must_close = true;
  return status;
}

}  // namespace tbl::tidb
