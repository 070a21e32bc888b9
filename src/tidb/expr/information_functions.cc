// What the session and the server say of themselves: VERSION, DATABASE, USER, FOUND_ROWS, ...
#include "tidb/expr/call_args.h"
#include "tidb/expr/families.h"
#include "tidb/expr/result_type.h"
#include "tidb/types/collation.h"

namespace tbl::tidb {

namespace {

constexpr int64_t kNameWidth = 64;

template <int64_t kWidth>
Result<FieldType> text(BuildCall& call) {
  return text_type(kWidth, call.ctx);
}
Result<FieldType> integer(BuildCall&) { return int_type(); }
Result<FieldType> unsigned_integer(BuildCall&) { return int_type(true); }

Result<Value> eval_version(Call& call) { return Value::of_string(call.ctx.server_version); }
Result<Value> eval_tidb_version(Call& call) { return Value::of_string(call.ctx.tidb_version); }

Result<Value> eval_database(Call& call) {
  if (call.ctx.current_db.empty()) return Value::null();
  return Value::of_string(call.ctx.current_db);
}

Result<Value> eval_user(Call& call) { return Value::of_string(call.ctx.user); }
Result<Value> eval_current_user(Call& call) { return Value::of_string(call.ctx.auth_user); }
Result<Value> eval_current_role(Call& call) { return Value::of_string(call.ctx.current_role); }
Result<Value> eval_connection_id(Call& call) { return Value::of_uint(call.ctx.connection_id); }
Result<Value> eval_found_rows(Call& call) { return Value::of_uint(call.ctx.found_rows); }
Result<Value> eval_row_count(Call& call) { return Value::of_int(call.ctx.row_count); }

/// With an argument: sets what the session gives from now on.
Result<Value> eval_last_insert_id(Call& call) {
  if (call.args.empty()) return Value::of_uint(call.ctx.last_insert_id);
  if (call.args[0].is_null()) {
    call.ctx.new_last_insert_id = 0;
    return Value::null();
  }
  TBL_ASSIGN(uint64_t id, bits_of(call.args[0], call.ctx));
  call.ctx.new_last_insert_id = id;
  return Value::of_uint(id);
}

/// "binary" for numbers and times, "utf8" for NULL's text is "binary" too.
Result<Value> eval_charset(Call& call) {
  const FieldType& type = call.arg_type(0);
  bool is_text = eval_class(type) == EvalClass::kString && !is_null_type(type);
  return Value::of_string(is_text && !type.charset.empty() ? type.charset : "binary");
}

Result<Value> eval_collation(Call& call) {
  const FieldType& type = call.arg_type(0);
  bool is_text = eval_class(type) == EvalClass::kString && !is_null_type(type);
  return Value::of_string(is_text && !type.collate.empty() ? type.collate : "binary");
}

/// How strongly the collation is bound: 0 COLLATE, 2 column, 3 information, 4 literal, 5 number,
/// 6 NULL.
Result<Value> eval_coercibility(Call& call) {
  const Expr& e = call.expr.arg(0);
  if (is_null_type(e.type())) return Value::of_int(6);
  if (as_function(e, "collate")) return Value::of_int(0);
  if (eval_class(e.type()) != EvalClass::kString) return Value::of_int(5);
  if (e.kind() == ExprKind::kConstant) return Value::of_int(4);
  if (e.kind() == ExprKind::kColumn) return Value::of_int(2);
  return Value::of_int(e.children().empty() ? 3 : 4);
}

/// BENCHMARK(count, expression): evaluates it that often, gives 0.
Result<Value> eval_benchmark(Call& call) {
  TBL_ASSIGN(Value count, call.eval(0));
  if (count.is_null()) return Value::null();
  TBL_ASSIGN(int64_t times, to_int(count, call.ctx.convert));
  if (times < 0) return Value::null();
  for (int64_t i = 0; i < times; ++i) {
    TBL_TRY(call.eval(1).status());
    if (call.ctx.hooks != nullptr && call.ctx.hooks->killed()) break;
  }
  return Value::of_int(0);
}

constexpr uint8_t kSession = kPerStatement;
constexpr FunctionDef kFunctions[] = {
    {"version", 0, 0, text<kNameWidth>, eval_version, kSession},
    {"tidb_version", 0, 0, text<kMaxBlobWidth>, eval_tidb_version, kSession},
    {"database", 0, 0, text<kNameWidth>, eval_database, kSession},
    {"schema", 0, 0, text<kNameWidth>, eval_database, kSession},
    {"user", 0, 0, text<kNameWidth>, eval_user, kSession},
    {"session_user", 0, 0, text<kNameWidth>, eval_user, kSession},
    {"system_user", 0, 0, text<kNameWidth>, eval_user, kSession},
    {"current_user", 0, 0, text<kNameWidth>, eval_current_user, kSession},
    {"current_role", 0, 0, text<kNameWidth>, eval_current_role, kSession},
    {"connection_id", 0, 0, unsigned_integer, eval_connection_id, kSession},
    {"found_rows", 0, 0, unsigned_integer, eval_found_rows, kSession},
    {"row_count", 0, 0, integer, eval_row_count, kSession},
    {"last_insert_id", 0, 1, unsigned_integer, eval_last_insert_id, kSeesNull | kPerStatement},
    {"charset", 1, 1, text<kNameWidth>, eval_charset, kSeesNull},
    {"collation", 1, 1, text<kNameWidth>, eval_collation, kSeesNull},
    {"coercibility", 1, 1, integer, eval_coercibility, kLazy},
    {"benchmark", 2, 2, integer, eval_benchmark, kLazy | kNotConstant},
    {"tidb_is_ddl_owner", 0, 0, integer, [](Call&) -> Result<Value> { return Value::of_int(1); },
     kSession},
};

}  // namespace

std::span<const FunctionDef> information_functions() { return kFunctions; }

}  // namespace tbl::tidb
