// GET_LOCK and its family, SLEEP.
#include <algorithm>
#include <chrono>
#include <cmath>

#include "tidb/expr/call_args.h"
#include "tidb/expr/families.h"
#include "tidb/expr/result_type.h"
#include "tidb/types/collation.h"
#include "tidb/types/sql_error.h"

namespace tbl::tidb {

namespace {

constexpr size_t kMaxLockName = 64;

Result<FieldType> integer(BuildCall& call) {
  if (call.ctx.eval.hooks == nullptr) return internal_error("a lock function has no session");
  return int_type();
}

/// In lower case: names differ without regard to case.
Result<std::string> lock_name(Call& call) {
  bool is_null = call.args[0].is_null();
  std::string name = is_null ? "NULL" : utf8_lower(text_arg(call, 0));
  if (is_null || name.empty() || utf8_count(name) > kMaxLockName) {
    return sql_error(kErrUserLockWrongName, "Incorrect user-level lock name '" + name + "'.");
  }
  return name;
}

Result<Value> eval_get_lock(Call& call) {
  TBL_ASSIGN(std::string name, lock_name(call));
  if (call.args[1].is_null()) return Value::null();
  TBL_ASSIGN(double seconds, double_arg(call, 1));
  TBL_ASSIGN(bool got, call.ctx.hooks->get_lock(name, seconds));
  return Value::of_bool(got);
}

Result<Value> eval_release_lock(Call& call) {
  TBL_ASSIGN(std::string name, lock_name(call));
  auto released = call.ctx.hooks->release_lock(name);
  return released ? Value::of_bool(*released) : Value::null();
}

Result<Value> eval_release_all(Call& call) {
  return Value::of_int(static_cast<int64_t>(call.ctx.hooks->release_all_locks()));
}

Result<Value> eval_is_free(Call& call) {
  TBL_ASSIGN(std::string name, lock_name(call));
  return Value::of_bool(!call.ctx.hooks->lock_holder(name).has_value());
}

Result<Value> eval_is_used(Call& call) {
  TBL_ASSIGN(std::string name, lock_name(call));
  auto holder = call.ctx.hooks->lock_holder(name);
  return holder ? Value::of_int(static_cast<int64_t>(*holder)) : Value::null();
}

/// 0, or 1 when KILL ended it.
Result<Value> eval_sleep(Call& call) {
  double seconds = -1;
  if (!call.args[0].is_null()) {
    TBL_ASSIGN(seconds, double_arg(call, 0));
  }
  if (seconds < 0 || std::isnan(seconds)) {
    Status wrong = sql_error(kErrWrongArguments, "Incorrect arguments to sleep.");
    TBL_TRY(call.ctx.convert.report(std::move(wrong)));
    return Value::of_int(0);
  }
  constexpr double kLongest = 1e9;
  auto time = std::chrono::duration<double>(std::min(seconds, kLongest));
  bool killed = call.ctx.hooks->sleep(std::chrono::duration_cast<std::chrono::nanoseconds>(time));
  return Value::of_bool(killed);
}

constexpr uint8_t kEffect = kSeesNull | kNotConstant;
constexpr FunctionDef kFunctions[] = {
    {"get_lock", 2, 2, integer, eval_get_lock, kEffect},
    {"release_lock", 1, 1, integer, eval_release_lock, kEffect},
    {"release_all_locks", 0, 0, integer, eval_release_all, kEffect},
    {"is_free_lock", 1, 1, integer, eval_is_free, kEffect},
    {"is_used_lock", 1, 1, integer, eval_is_used, kEffect},
    {"sleep", 1, 1, integer, eval_sleep, kEffect},
};

}  // namespace

std::span<const FunctionDef> lock_functions() { return kFunctions; }

}  // namespace tbl::tidb
