#include "tidb/server/sql_handler.h"

#include <chrono>
#include <optional>

#include "base/log.h"
#include "tidb/privilege/privilege_manager.h"
#include "tidb/protocol/constants.h"
#include "tidb/server/wire_sink.h"
#include "tidb/session/process_list.h"
#include "tidb/types/collation.h"
#include "tidb/types/sql_error.h"

namespace tbl::tidb {
namespace {

constexpr auto kErrAccountHasBeenLocked = static_cast<SqlErrno>(3118);

protocol::PasswordCheck to_protocol(PrivilegeManager::Check check) {
  switch (check) {
    case PrivilegeManager::Check::kRight:
      return protocol::PasswordCheck::kRight;
    case PrivilegeManager::Check::kWantsClearText:
      return protocol::PasswordCheck::kWantsClearText;
    default:
      return protocol::PasswordCheck::kWrong;
  }
}

/// Drops what a statement yields.
class NoSink : public SessionSink {
 public:
  void begin_statement(bool) override {}
  LoadDataInput* load_data() override { return nullptr; }
  Status on_columns(const std::vector<ColumnMeta>&) override { return ok_status(); }
  Status on_row(const Row&) override { return ok_status(); }
  Status on_ok(const OkInfo&) override { return ok_status(); }
};

}  // namespace

SqlHandler::SqlHandler(Domain& domain, uint64_t connection_id, protocol::ConnectionControl& control)
    : domain_(domain) {
  SessionOptions options;
  options.connection_id = connection_id;
  options.end_connection = [&control] { control.shut_down(); };
  session_ = std::make_unique<Session>(domain, std::move(options));
}

SqlHandler::~SqlHandler() = default;

std::string SqlHandler::auth_plugin(const protocol::Login& login) {
  const auto account = domain_.privileges->match(login.user, login.host);
  return account ? account->plugin : protocol::kNativePassword;
}

protocol::PasswordCheck SqlHandler::check_response(const protocol::Login& login,
                                                   std::string_view salt,
                                                   std::string_view response) {
  const auto account = domain_.privileges->match(login.user, login.host);
  if (!account) return protocol::PasswordCheck::kWrong;
  return to_protocol(domain_.privileges->check_response(*account, salt, response));
}

protocol::PasswordCheck SqlHandler::check_clear_text(const protocol::Login& login,
                                                     std::string_view password) {
  const auto account = domain_.privileges->match(login.user, login.host);
  if (!account) return protocol::PasswordCheck::kWrong;
  return to_protocol(domain_.privileges->check_clear_text(*account, password));
}

Status SqlHandler::log_in(const protocol::Login& login) {
  const auto account = domain_.privileges->match(login.user, login.host);
  if (!account) {
    return sql_error(kErrAccessDenied, "Access denied for user '" + login.user + "'@'" +
                                           login.host + "' (using password: NO)");
  }
  if (account->locked) {
    return sql_error(kErrAccountHasBeenLocked, "Access denied for user '" + login.user + "'@'" +
                                                   login.host + "'. Account is locked.");
  }
  TBL_TRY(session_->reset());
  session_->set_user({login.user, login.host, account->name.user, account->name.host});
  session_->multi_statements = (login.capabilities & protocol::kMultiStatements) != 0;
  session_->tls_version = login.tls_version;
  session_->tls_cipher = login.tls_cipher;
  session_->client_found_rows = (login.capabilities & protocol::kFoundRows) != 0;
  if (const CollationInfo* collation = find_collation(static_cast<int>(login.collation))) {
    SessionVariables& variables = session_->variables();
    const std::string charset(collation->charset);
    TBL_TRY(variables.set("character_set_client", charset));
    TBL_TRY(variables.set("character_set_results", charset));
    TBL_TRY(variables.set("collation_connection", std::string(collation->name)));
  }
  if (!login.database.empty()) TBL_TRY(session_->use(login.database));
  const std::string init = domain_.globals->get("init_connect");
  const bool is_super = domain_.privileges->has_global(session_->account(), kPrivSuper);
  if (init.empty() || is_super) return ok_status();
  NoSink sink;
  return session_->execute(init, sink);
}

Status SqlHandler::execute(std::string_view text, protocol::ResultSink& sink) {
  WireSink wire(*session_, sink);
  return session_->execute(text, wire);
}

Status SqlHandler::init_db(std::string_view name) { return session_->use(name); }

Result<std::vector<protocol::ColumnMeta>> SqlHandler::field_list(std::string_view table,
                                                                 std::string_view wild) {
  std::string quoted = "`";
  for (const char c : table) quoted.append(c == '`' ? 2 : 1, c);
  quoted += "`";
  // Planned only: the question begins no transaction.
  TBL_ASSIGN(const uint32_t id, session_->prepare("SELECT * FROM " + quoted));
  const auto fields = session_->result_columns(*session_->prepared(id)->statement);
  session_->close_prepared(id);
  TBL_TRY(fields.ok() ? ok_status() : fields.status());
  std::vector<protocol::ColumnMeta> out;
  for (const ColumnMeta& field : *fields) {
    if (!wild.empty() && !matches_pattern(wild, field.name)) continue;
    out.push_back(to_wire(field));
  }
  return out;
}

Result<protocol::Prepared> SqlHandler::prepare(std::string_view text) {
  TBL_ASSIGN(const uint32_t id, session_->prepare(text));
  protocol::Prepared prepared;
  prepared.id = id;
  const ast::Statement& statement = *session_->prepared(id)->statement;
  auto columns = session_->result_columns(statement);
  if (!columns.ok() || statement.param_count > UINT16_MAX) {
    session_->close_prepared(id);
    if (!columns.ok()) return std::move(columns).status();
    return sql_error(static_cast<SqlErrno>(1390),
                     "Prepared statement contains too many placeholders");
  }
  prepared.parameters = static_cast<uint16_t>(statement.param_count);
  for (const ColumnMeta& column : *columns) prepared.columns.push_back(to_wire(column));
  prepared.warnings =
      static_cast<uint16_t>(std::min<size_t>(session_->warnings().count(), UINT16_MAX));
  return prepared;
}

Status SqlHandler::execute_prepared(uint32_t id, std::vector<Value> parameters,
                                    protocol::ResultSink& sink) {
  WireSink wire(*session_, sink);
  return session_->execute_prepared(id, std::move(parameters), wire);
}

std::string SqlHandler::statistics() {
  using namespace std::chrono;
  const auto up = duration_cast<seconds>(steady_clock::now() - domain_.facts.started).count();
  return "Uptime: " + std::to_string(up) +
         "  Threads: " + std::to_string(domain_.processes->size()) +
         "  Questions: 0  Slow queries: 0  Opens: 0  Flush tables: 0  Open tables: 0  Queries per "
         "second avg: 0.000";
}

uint64_t SqlHandler::max_allowed_packet() const {
  return static_cast<uint64_t>(session_->variables().get_int("max_allowed_packet"));
}

uint64_t SqlHandler::wait_timeout() const {
  return static_cast<uint64_t>(session_->variables().get_int("wait_timeout"));
}

uint8_t SqlHandler::result_collation() const {
  const std::string& name = session_->variables().get("character_set_results");
  const CharsetInfo* charset = find_charset(name);
  if (charset == nullptr) return 0;
  return static_cast<uint8_t>(collation_id_of(charset->default_collation));
}

bool SqlHandler::killed() const { return session_->process().is_killed() || session_->must_close; }

}  // namespace tbl::tidb
