// A session without a server, for tests of expressions.
#pragma once

#include <map>
#include <string>
#include <utility>

#include "tidb/expr/bind.h"
#include "tidb/parser/parser.h"
#include "tidb/types/sql_error.h"

namespace tbl::tidb {

/// Variables in a map; locks that this session alone takes; sleep() returns at once.
class TestHooks : public SessionHooks {
 public:
  std::optional<TypedValue> user_variable(std::string_view name) override {
    auto found = variables_.find(std::string(name));
    if (found == variables_.end()) return std::nullopt;
    return found->second;
  }
  void set_user_variable(std::string_view name, TypedValue value) override {
    variables_[std::string(name)] = std::move(value);
  }
  Result<TypedValue> system_variable(std::string_view name, VariableScope) override {
    return unknown_system_variable(name);
  }
  Result<bool> get_lock(const std::string& name, double) override {
    ++locks_[name];
    return true;
  }
  std::optional<bool> release_lock(const std::string& name) override {
    if (locks_.erase(name) == 0) return std::nullopt;
    return true;
  }
  uint64_t release_all_locks() override {
    size_t count = locks_.size();
    locks_.clear();
    return count;
  }
  std::optional<uint64_t> lock_holder(const std::string& name) override {
    return locks_.count(name) > 0 ? std::optional<uint64_t>(kConnection) : std::nullopt;
  }
  bool sleep(std::chrono::nanoseconds time) override {
    slept_ = time;
    return false;
  }
  bool killed() override { return false; }

  static constexpr uint64_t kConnection = 7;
  /// The last sleep.
  std::chrono::nanoseconds slept() const { return slept_; }

 private:
  std::map<std::string, TypedValue> variables_;
  std::map<std::string, int> locks_;
  std::chrono::nanoseconds slept_{0};
};

/// A context at 2023-11-14 22:13:20.123456 UTC, with its hooks and warnings.
struct TestSession {
  TestHooks hooks;
  Warnings warnings;
  EvalContext eval;

  TestSession() {
    eval.hooks = &hooks;
    eval.convert.warnings = &warnings;
    eval.current_db = "test";
    eval.user = "root@127.0.0.1";
    eval.auth_user = "root@%";
    eval.server_version = "5.7.25-TiDB-v3.0.20";
    eval.connection_id = TestHooks::kConnection;
    eval.now_micros = 1'700'000'000'123'456;
    eval.convert.now = codec::time_from_unix(eval.now_micros / 1'000'000, 123'456);
  }
  TestSession(const TestSession&) = delete;

  /// Parses and binds; `scope` null: no columns.
  Result<ExprPtr> bind(std::string_view text, BindScope* scope = nullptr);
  /// The value as a client sees it: "NULL", "error 1690", or the text.
  std::string value(std::string_view text);
};

inline Result<ExprPtr> TestSession::bind(std::string_view text, BindScope* scope) {
  TBL_ASSIGN(auto node, parse_expression(text, {eval.convert.sql_mode}));
  BindScope nothing;
  return bind_expr(*node, scope ? *scope : nothing, {eval});
}

inline std::string TestSession::value(std::string_view text) {
  auto outcome = [&]() -> Result<std::string> {
    TBL_ASSIGN(ExprPtr e, bind(text));
    TBL_ASSIGN(Value v, e->eval(eval, {}));
    return v.is_null() ? std::string("NULL") : value_to_text(v, e->type());
  }();
  if (outcome.ok()) return *outcome;
  return "error " + std::to_string(outcome.status().detail());
}

}  // namespace tbl::tidb
