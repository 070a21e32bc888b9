#include "tidb/session/session_hooks.h"

#include <algorithm>

#include "tidb/session/session.h"
#include "tidb/session/system_variables.h"
#include "tidb/session/user_locks.h"
#include "tidb/types/sql_error.h"

namespace tbl::tidb {
namespace {

constexpr std::chrono::hours kLongestSleep{24 * 365};

Status wrong_scope(std::string_view name, const char* scope) {
  return sql_error(kErrIncorrectGlobalLocalVar,
                   "Variable '" + std::string(name) + "' is a " + scope + " variable");
}

}  // namespace

std::optional<TypedValue> LiveHooks::user_variable(std::string_view name) {
  const auto& variables = session_.variables().user_variables();
  const auto it = variables.find(name);
  if (it == variables.end()) return std::nullopt;
  return it->second;
}

void LiveHooks::set_user_variable(std::string_view name, TypedValue value) {
  session_.variables().user_variables()[std::string(name)] = std::move(value);
}

/// Variables whose value is a fact of the session's state.
std::optional<std::string> LiveHooks::live_value(std::string_view name) const {
  if (name == "last_insert_id" || name == "identity") {
    return std::to_string(session_.last_insert_id);
  }
  if (name == "warning_count") return std::to_string(session_.warnings().count());
  if (name == "error_count") return std::to_string(session_.warnings().error_count());
  if (name == "tidb_current_ts") return std::to_string(session_.transaction().start_ts());
  if (name == "pseudo_thread_id") return std::to_string(session_.options().connection_id);
  return std::nullopt;
}

Result<TypedValue> LiveHooks::system_variable(std::string_view name, VariableScope scope) {
  const SystemVariable* variable = find_system_variable(name);
  if (variable == nullptr) return unknown_system_variable(name);
  const bool global_only = variable->scopes == kScopeGlobal || variable->is_read_only();
  if (scope == VariableScope::kSession && variable->scopes == kScopeGlobal) {
    return wrong_scope(name, "GLOBAL");
  }
  if (scope == VariableScope::kGlobal && variable->scopes == kScopeSession) {
    return wrong_scope(name, "SESSION");
  }
  std::string text;
  if (scope == VariableScope::kGlobal || global_only) {
    text = session_.domain().globals->get(name);
  } else if (auto live = live_value(name)) {
    text = std::move(*live);
  } else {
    text = session_.variables().get(name);
  }
  return TypedValue{variable_value(*variable, text), variable_type(*variable)};
}

Result<bool> LiveHooks::get_lock(const std::string& name, double seconds) {
  return session_.domain().user_locks->lock(session_.options().connection_id, name, seconds,
                                            [this] { return killed(); });
}

std::optional<bool> LiveHooks::release_lock(const std::string& name) {
  return session_.domain().user_locks->release(session_.options().connection_id, name);
}

uint64_t LiveHooks::release_all_locks() {
  return session_.domain().user_locks->release_all(session_.options().connection_id);
}

std::optional<uint64_t> LiveHooks::lock_holder(const std::string& name) {
  return session_.domain().user_locks->holder(name);
}

bool LiveHooks::sleep(std::chrono::nanoseconds time) {
  Clock::duration left = std::min<std::chrono::nanoseconds>(time, kLongestSleep);
  bool cut = false;
  if (deadline_ && *deadline_ - Clock::now() < left) {
    left = std::max(Clock::duration(0), *deadline_ - Clock::now());
    cut = true;
  }
  return session_.process().wait(left) || cut;
}

bool LiveHooks::killed() { return session_.process().is_interrupted() || is_past_deadline(); }

}  // namespace tbl::tidb
