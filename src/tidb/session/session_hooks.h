// What functions in expressions reach of the session: variables, named locks, sleep, KILL.
#pragma once

#include <chrono>
#include <optional>

#include "tidb/expr/eval_context.h"

namespace tbl::tidb {

class Session;

/// Belongs to its session, used by its thread.
class LiveHooks : public SessionHooks {
 public:
  explicit LiveHooks(Session& session) : session_(session) {}

  std::optional<TypedValue> user_variable(std::string_view name) override;
  void set_user_variable(std::string_view name, TypedValue value) override;
  Result<TypedValue> system_variable(std::string_view name, VariableScope scope) override;
  Result<bool> get_lock(const std::string& name, double seconds) override;
  std::optional<bool> release_lock(const std::string& name) override;
  uint64_t release_all_locks() override;
  std::optional<uint64_t> lock_holder(const std::string& name) override;
  bool sleep(std::chrono::nanoseconds time) override;
  bool killed() override;

  using Clock = std::chrono::steady_clock;
  /// max_execution_time of the running statement; none: no limit.
  void set_deadline(std::optional<Clock::time_point> deadline) { deadline_ = deadline; }
  bool is_past_deadline() const { return deadline_ && Clock::now() >= *deadline_; }

 private:
  std::optional<std::string> live_value(std::string_view name) const;

  Session& session_;
  std::optional<Clock::time_point> deadline_;
};

}  // namespace tbl::tidb
