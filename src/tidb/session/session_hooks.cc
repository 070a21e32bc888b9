#include "tidb/session/session_hooks.h"

#include <algorithm>
#include <thread>

#include "tidb/session/session.h"
#include "tidb/session/system_variables.h"
#include "tidb/session/user_locks.h"
#include "tidb/types/sql_error.h"

namespace tbl::tidb {
namespace {

/// How often a sleeping statement looks whether it was killed.
constexpr std::chrono::milliseconds kLook{50};

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
  const auto end = Clock::now() + std::min<std::chrono::nanoseconds>(time, std::chrono::hours(24));
  while (!killed()) {
    const auto now = Clock::now();
    if (now >= end) return false;
    std::this_thread::sleep_for(std::min<Clock::duration>(end - now, kLook));
  }
  return true;
}

bool LiveHooks::killed() { return session_.process().is_interrupted() || is_past_deadline(); }

}  // namespace tbl::tidb
