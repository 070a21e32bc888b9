#include "tidb/session/session.h"

#include <chrono>

#include "base/log.h"
#include "tidb/ddl/ddl.h"
#include "tidb/parser/parser.h"
#include "tidb/plan/virtual_source.h"
#include "tidb/privilege/privilege_manager.h"
#include "tidb/session/session_hooks.h"
#include "tidb/session/slow_log.h"
#include "tidb/session/statements.h"
#include "tidb/session/user_locks.h"
#include "tidb/types/collation.h"
#include "tidb/types/field_type.h"
#include "tidb/types/sql_error.h"

namespace tbl::tidb {
namespace {

constexpr uint16_t kInTransaction = 1;
constexpr uint16_t kAutocommit = 2;
constexpr int64_t kMicros = 1000000;

int64_t micros_now() {
  using namespace std::chrono;
  return duration_cast<microseconds>(system_clock::now().time_since_epoch()).count();
}

bool keeps_warnings(const ast::Statement& statement) {
  if (statement.kind != ast::StatementKind::kShow) return false;
  const auto kind = ast::as<ast::ShowStatement>(statement).show;
  return kind == ast::ShowKind::kWarnings || kind == ast::ShowKind::kErrors;
}

}  // namespace

Session::Session(Domain& domain, SessionOptions options)
    : domain_(domain),
      options_(std::move(options)),
      process_(std::make_shared<ProcessEntry>(options_.connection_id, options_.end_connection)),
      variables_(*domain.globals),
      transaction_(domain.store, domain.schemas),
      hooks_(std::make_unique<LiveHooks>(*this)) {
  const auto seed = static_cast<uint64_t>(micros_now()) ^ options_.connection_id << 40;
  rand_seed1 = seed % 0x3fffffff;
  rand_seed2 = (seed >> 16) % 0x3fffffff;
  if (options_.internal) {
    user_ = {"root", "localhost", "root", "%"};
  } else {
    domain_.processes->add(process_);
  }
}

Session::~Session() {
  process_->detach();
  if (!options_.internal) domain_.processes->remove(options_.connection_id);
  transaction_.rollback();
  if (domain_.user_locks != nullptr) domain_.user_locks->release_all(options_.connection_id);
}

uint16_t Session::server_status() const {
  uint16_t status = variables_.autocommit() ? kAutocommit : 0;
  if (transaction_.is_explicit()) status |= kInTransaction;
  return status;
}

void Session::set_user(SessionUser user) {
  user_ = std::move(user);
  process_->set_account(user_.user, user_.host);
}

Status Session::use(std::string_view database) {
  const std::string lower = ascii_lower(database);
  TBL_ASSIGN(const SchemaPtr schema, visible_schema(*this));
  const Database* found = schema->database(lower);
  const bool is_virtual = domain_.virtuals != nullptr && domain_.virtuals->has_database(lower);
  if (found == nullptr && !is_virtual) return unknown_database(database);
  if (!options_.internal && !is_virtual) {
    TBL_TRY(domain_.privileges->check_database_visible(account(), lower));
  }
  current_db_ = found != nullptr ? found->info->name.o : std::string(database);
  process_->set_database(current_db_);
  if (found != nullptr) {
    TBL_TRY(variables_.set("collation_database", found->info->collate.empty()
                                                     ? std::string(kDefaultCollation)
                                                     : found->info->collate));
  }
  return ok_status();
}

void Session::leave_database() {
  current_db_.clear();
  process_->set_database("");
}

Status Session::reset() {
  transaction_.rollback();
  domain_.user_locks->release_all(options_.connection_id);
  named_.clear();
  prepared_.clear();
  warnings_.clear();
  variables_ = SessionVariables(*domain_.globals);
  last_insert_id = 0;
  found_rows = 0;
  row_count = -1;
  next_transaction = {};
  return ok_status();
}

Status Session::execute(std::string_view text, SessionSink& sink) {
  auto statements = parse(text, {.sql_mode = variables_.sql_mode()});
  if (!statements.ok()) {
    warnings_.clear();
    warnings_.add(statements.status(), Warning::kError);
    return std::move(statements).status();
  }
  if (statements->size() > 1 && !multi_statements) {
    return sql_error(static_cast<SqlErrno>(8130),
                     "client has multi-statement capability disabled. Run SET GLOBAL "
                     "tidb_multi_statement_mode='ON' after you understand the security risk");
  }
  if (statements->empty()) {
    sink.begin_statement(false);
    return send_ok(*this, sink);
  }
  for (size_t i = 0; i < statements->size(); ++i) {
    sink.begin_statement(i + 1 < statements->size());
    TBL_TRY(execute_statement(*(*statements)[i], nullptr, sink));
  }
  return ok_status();
}

Status Session::execute_statement(const ast::Statement& statement,
                                  const std::vector<Value>* parameters, SessionSink& sink) {
  process_->statement_began(loggable_text(statement));
  if (!keeps_warnings(statement)) warnings_.clear();
  if (variables_.is_on("tidb_general_log") && !options_.internal) {
    log_info("GENERAL_LOG", {{"conn", options_.connection_id},
                             {"user", user_.user + "@" + user_.host},
                             {"txnStartTS", transaction_.start_ts()},
                             {"current_db", current_db_},
                             {"sql", loggable_text(statement)}});
  }
  const int64_t began_us = micros_now();
  const Status status = dispatch(statement, parameters, sink);
  if (next_transaction.is_over) next_transaction = {};
  note_outcome(statement, status);
  note_slow(statement, status.ok(), began_us);
  process_->set_transaction(transaction_.start_ts());
  process_->statement_ended();
  return status;
}

void Session::note_outcome(const ast::Statement& statement, const Status& status) {
  if (status.ok()) return;
  row_count = -1;
  if (!keeps_warnings(statement)) warnings_.add(status, Warning::kError);
  log_debug("statement failed", {{"conn", options_.connection_id}, {"error", status}});
}

void Session::note_slow(const ast::Statement& statement, bool succeeded, int64_t began_us) {
  SlowLog* log = domain_.slow_log;
  SlowLog::Entry entry;
  entry.end_unix_us = micros_now();
  entry.took = std::chrono::microseconds(entry.end_unix_us - began_us);
  if (log == nullptr || options_.internal || !log->is_slow(entry.took)) return;
  entry.start_ts = transaction_.start_ts();
  entry.account = user_.user + "@" + user_.host;
  entry.connection_id = options_.connection_id;
  entry.database = current_db_;
  entry.succeeded = succeeded;
  entry.text = loggable_text(statement);
  log->write(entry);
}

Status Session::dispatch(const ast::Statement& statement, const std::vector<Value>* parameters,
                         SessionSink& sink) {
  using Kind = ast::StatementKind;
  switch (statement.kind) {
    case Kind::kSelect:
    case Kind::kInsert:
    case Kind::kUpdate:
    case Kind::kDelete:
    case Kind::kLoadData:
      return run_planned(*this, statement, parameters, sink);
    case Kind::kDo:
      return run_do(*this, ast::as<ast::DoStatement>(statement), parameters, sink);
    case Kind::kExplain:
      return run_explain(*this, ast::as<ast::ExplainStatement>(statement), parameters, sink);
    case Kind::kSet:
      return run_set(*this, ast::as<ast::SetStatement>(statement), parameters, sink);
    case Kind::kSetTransaction:
      return run_set_transaction(*this, ast::as<ast::SetTransactionStatement>(statement), sink);
    case Kind::kShow:
      return run_show(*this, ast::as<ast::ShowStatement>(statement), sink);
    case Kind::kAdmin:
      return run_admin(*this, ast::as<ast::AdminStatement>(statement), sink);
    case Kind::kCreateUser:
    case Kind::kAlterUser:
    case Kind::kDropUser:
    case Kind::kRenameUser:
    case Kind::kSetPassword:
    case Kind::kGrant:
    case Kind::kRevoke:
    case Kind::kGrantRole:
    case Kind::kRevokeRole:
      return run_account(*this, statement, sink);
    default:
      if (Ddl::handles(statement)) return run_ddl(*this, statement, sink);
      return run_simple(*this, statement, parameters, sink);
  }
}

Result<uint32_t> Session::prepare(std::string_view text) {
  warnings_.clear();
  auto prepared = std::make_unique<PreparedStatement>();
  prepared->text = text;
  TBL_ASSIGN(prepared->statement, parse_one(text, {.sql_mode = variables_.sql_mode()}));
  constexpr size_t kMostPrepared = 16382;
  if (prepared_.size() >= kMostPrepared) {
    return sql_error(static_cast<SqlErrno>(1461),
                     "Can't create more than max_prepared_stmt_count statements (current value: " +
                         std::to_string(kMostPrepared) + ")");
  }
  const uint32_t id = next_prepared_++;
  prepared_[id] = std::move(prepared);
  return id;
}

const PreparedStatement* Session::prepared(uint32_t id) const {
  const auto it = prepared_.find(id);
  return it != prepared_.end() ? it->second.get() : nullptr;
}

Result<std::vector<ColumnMeta>> Session::result_columns(const ast::Statement& statement) {
  if (statement.kind != ast::StatementKind::kSelect) return std::vector<ColumnMeta>();
  const std::vector<Value> nulls(statement.param_count);
  return planned_columns(*this, statement, &nulls);
}

Status Session::execute_prepared(uint32_t id, std::vector<Value> parameters, SessionSink& sink) {
  const PreparedStatement* statement = prepared(id);
  if (statement == nullptr) {
    return sql_error(kErrUnknownStmtHandler, "Prepared statement not found");
  }
  if (statement->statement->param_count != parameters.size()) {
    return sql_error(kErrWrongArguments, "Incorrect arguments to EXECUTE");
  }
  sink.begin_statement(false);
  return execute_statement(*statement->statement, &parameters, sink);
}

EvalContext Session::make_eval_context(const std::vector<Value>* parameters) {
  EvalContext eval;
  eval.convert.sql_mode = variables_.sql_mode();
  eval.convert.time_zone = &variables_.time_zone();
  eval.convert.warnings = &warnings_;
  eval.hooks = hooks_.get();
  eval.current_db = current_db_;
  eval.user = user_.user + "@" + user_.host;
  eval.auth_user = user_.auth_user + "@" + user_.auth_host;
  eval.server_version = domain_.facts.server_version;
  eval.tidb_version = domain_.facts.tidb_version;
  eval.connection_charset = variables_.get("character_set_connection");
  eval.connection_collation = variables_.get("collation_connection");
  eval.time_zone_name = variables_.get("time_zone");
  eval.lc_time_names = variables_.get("lc_time_names");
  eval.block_encryption_mode = variables_.get("block_encryption_mode");
  eval.connection_id = options_.connection_id;
  eval.group_concat_max_len = static_cast<uint64_t>(variables_.get_int("group_concat_max_len"));
  eval.max_allowed_packet = static_cast<uint64_t>(variables_.get_int("max_allowed_packet"));
  eval.div_precision_increment = variables_.get_int("div_precision_increment");
  eval.default_week_format = variables_.get_int("default_week_format");
  eval.found_rows = found_rows;
  eval.row_count = row_count;
  eval.last_insert_id = last_insert_id;
  const double fixed = std::strtod(variables_.get("timestamp").c_str(), nullptr);
  eval.now_micros = fixed > 0 ? static_cast<int64_t>(fixed * kMicros) : micros_now();
  eval.convert.now = variables_.time_zone().from_utc(codec::time_from_unix(
      eval.now_micros / kMicros, static_cast<uint32_t>(eval.now_micros % kMicros)));
  eval.rand_seed1 = rand_seed1;
  eval.rand_seed2 = rand_seed2;
  if (parameters != nullptr) {
    for (const Value& value : *parameters) eval.params.push_back({value, type_of_value(value)});
  }
  return eval;
}

}  // namespace tbl::tidb
