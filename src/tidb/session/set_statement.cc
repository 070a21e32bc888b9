// SET: system variables of the session and of the server, user variables, NAMES, TRANSACTION.
#include "tidb/expr/user_variable.h"
#include "tidb/kv/kv_store.h"
#include "tidb/privilege/privilege_manager.h"
#include "tidb/session/snapshot.h"
#include "tidb/session/statements.h"
#include "tidb/session/system_variables.h"
#include "tidb/types/collation.h"
#include "tidb/types/convert.h"
#include "tidb/types/sql_error.h"

namespace tbl::tidb {
namespace {

Status wrong_scope(const std::string& name, const char* is_what, const char* use) {
  return sql_error(kErrIncorrectGlobalLocalVar,
                   "Variable '" + name + "' is a " + is_what + " variable" + use);
}

Status check_scope(const SystemVariable& variable, ast::VariableScope scope) {
  const std::string name(variable.name);
  if (variable.is_read_only()) return wrong_scope(name, "read only", "");
  if (scope == ast::VariableScope::kGlobal && !(variable.scopes & kScopeGlobal)) {
    return sql_error(kErrLocalVariable, "Variable '" + name +
                                            "' is a SESSION variable and can't be used with SET "
                                            "GLOBAL");
  }
  if (scope != ast::VariableScope::kGlobal && !(variable.scopes & kScopeSession)) {
    return sql_error(kErrGlobalVariable, "Variable '" + name +
                                             "' is a GLOBAL variable and should be set with SET "
                                             "GLOBAL");
  }
  return ok_status();
}

class Setter {
 public:
  Setter(Session& session, const std::vector<Value>* parameters)
      : session_(session), parameters_(parameters) {}

  Status set(const ast::SetItem& item) {
    switch (item.kind) {
      case ast::SetItem::Kind::kSystem:
        return set_system(item);
      case ast::SetItem::Kind::kUser:
        return set_user(item);
      case ast::SetItem::Kind::kNames:
      case ast::SetItem::Kind::kCharset:
        return set_names(item);
    }
    return internal_error("kind of SET");
  }

 private:
  Status set_user(const ast::SetItem& item) {
    TBL_ASSIGN(TypedValue value, evaluate_expression(session_, *item.value, parameters_));
    session_.variables().user_variables()[item.name] =
        as_user_variable(std::move(value.value), value.type);
    return ok_status();
  }

  Status set_names(const ast::SetItem& item) {
    const std::string charset = item.charset.empty() ? std::string(kDefaultCharset) : item.charset;
    TBL_ASSIGN(const auto both, resolve_charset(charset, item.collate));
    SessionVariables& variables = session_.variables();
    TBL_TRY(variables.set("character_set_client", both.charset));
    TBL_TRY(variables.set("character_set_results", both.charset));
    if (item.kind == ast::SetItem::Kind::kCharset) {
      return variables.set("collation_connection", variables.get("collation_database"));
    }
    TBL_TRY(variables.set("character_set_connection", both.charset));
    return variables.set("collation_connection", both.collate);
  }

  Result<std::string> text_to_set(const SystemVariable& variable, const ast::SetItem& item) {
    const bool global = item.scope == ast::VariableScope::kGlobal;
    if (item.value == nullptr || item.value->kind == ast::ExprKind::kDefault) {
      return global ? std::string(variable.standard)
                    : session_.domain().globals->get(variable.name);
    }
    TBL_ASSIGN(const TypedValue value, evaluate_expression(session_, *item.value, parameters_));
    bool clipped = false;
    TBL_ASSIGN(std::string text, normalize_variable(variable, value.value, &clipped));
    if (clipped) {
      session_.warnings().add(
          sql_error(kErrTruncatedWrongValue,
                    "Truncated incorrect " + item.name + " value: '" + to_text(value.value) + "'"));
    }
    return text;
  }

  Status set_system(const ast::SetItem& item) {
    const SystemVariable* variable = find_system_variable(item.name);
    if (variable == nullptr) return unknown_system_variable(item.name);
    TBL_TRY(check_scope(*variable, item.scope));
    TBL_ASSIGN(std::string text, text_to_set(*variable, item));
    if (item.scope == ast::VariableScope::kGlobal) return set_global(item.name, text);
    if (item.name == "autocommit") return set_autocommit(text);
    if (item.name == "tidb_snapshot" && !text.empty()) {
      TBL_ASSIGN(const uint64_t ts, parse_snapshot(session_, text));
      TBL_TRY(check_snapshot_is_kept(session_, ts));
    }
    TBL_TRY(session_.variables().set(item.name, text));
    return note_effect(item.name, text);
  }

  Status set_global(const std::string& name, const std::string& text) {
    if (!session_.options().internal) {
      TBL_TRY(session_.domain().privileges->check_global(session_.account(), kPrivSuper, "SUPER"));
    }
    TBL_ASSIGN(const std::string kept, check_variable(name, text));
    return session_.domain().globals->set(name, kept);
  }

  Status set_autocommit(const std::string& text) {
    // Switching autocommit on commits what is open.
    if (text == "ON" && !session_.variables().autocommit()) TBL_TRY(commit_implicitly(session_));
    return session_.variables().set("autocommit", text);
  }

  Status note_effect(const std::string& name, const std::string& text) {
    const auto number = [&] { return std::strtoull(text.c_str(), nullptr, 10); };
    if (name == "last_insert_id" || name == "identity") session_.last_insert_id = number();
    if (name == "rand_seed1") session_.rand_seed1 = number();
    if (name == "rand_seed2") session_.rand_seed2 = number();
    return ok_status();
  }

  Session& session_;
  const std::vector<Value>* parameters_;
};

}  // namespace

Status run_set(Session& session, const ast::SetStatement& statement,
               const std::vector<Value>* parameters, SessionSink& sink) {
  Setter setter(session, parameters);
  for (const ast::SetItem& item : statement.items) TBL_TRY(setter.set(item));
  return send_ok(session, sink);
}

namespace {

Status set_next(Session& session, const ast::SetTransactionStatement& statement,
                SessionSink& sink) {
  if (session.transaction().is_explicit()) {
    return sql_error(kErrCantChangeTxCharacteristics,
                     "Transaction characteristics can't be changed while a transaction is in "
                     "progress");
  }
  if (!statement.isolation.empty()) {
    TBL_ASSIGN(session.next_transaction.isolation,
               check_variable("tx_isolation", statement.isolation));
  }
  if (statement.read_only) session.next_transaction.read_only = statement.read_only;
  return send_ok(session, sink);
}

}  // namespace

Status run_set_transaction(Session& session, const ast::SetTransactionStatement& statement,
                           SessionSink& sink) {
  if (statement.scope == ast::VariableScope::kDefault) return set_next(session, statement, sink);
  const auto assign = [&](const std::string& name, const std::string& value) -> Status {
    if (statement.scope == ast::VariableScope::kGlobal) {
      TBL_TRY(session.domain().privileges->check_global(session.account(), kPrivSuper, "SUPER"));
      TBL_ASSIGN(const std::string kept, check_variable(name, value));
      return session.domain().globals->set(name, kept);
    }
    return session.variables().set(name, value);
  };
  if (!statement.isolation.empty()) TBL_TRY(assign("tx_isolation", statement.isolation));
  if (statement.read_only) TBL_TRY(assign("tx_read_only", *statement.read_only ? "ON" : "OFF"));
  return send_ok(session, sink);
}

}  // namespace tbl::tidb
