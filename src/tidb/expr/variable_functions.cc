// @name, @name := value and @@name, with the name as a constant first argument.
#include "tidb/expr/call_args.h"
#include "tidb/expr/convert_kind.h"
#include "tidb/expr/families.h"
#include "tidb/expr/result_type.h"
#include "tidb/expr/user_variable.h"
#include "tidb/types/sql_error.h"

namespace tbl::tidb {

namespace {

const std::string& name_of(const Expr& e) {
  return static_cast<const Constant&>(e).value().as_string();
}

Status no_session() { return internal_error("an expression with variables has no session"); }

Result<FieldType> getvar_type(BuildCall& call) {
  if (call.ctx.eval.hooks == nullptr) return no_session();
  auto variable = call.ctx.eval.hooks->user_variable(name_of(*call.args[0]));
  if (!variable || variable->value.is_null()) return text_type(-1, call.ctx);
  FieldType type = variable->type;
  type.flag &= schema::kFlagUnsigned | schema::kFlagBinary;
  return type;
}

Result<Value> eval_getvar(Call& call) {
  auto variable = call.ctx.hooks->user_variable(name_of(call.expr.arg(0)));
  if (!variable) return Value::null();
  return convert_kind(std::move(variable->value), variable->type, call.expr.type(), call.ctx);
}

Result<FieldType> setvar_type(BuildCall& call) {
  if (call.ctx.eval.hooks == nullptr) return no_session();
  return call.type(1);
}

Result<Value> eval_setvar(Call& call) {
  call.ctx.hooks->set_user_variable(name_of(call.expr.arg(0)),
                                    as_user_variable(call.args[1], call.arg_type(1)));
  return call.args[1];
}

/// The second argument is a VariableScope.
Result<TypedValue> system_variable(EvalContext& ctx, const Expr& name, const Expr& scope) {
  if (ctx.hooks == nullptr) return no_session();
  auto number = static_cast<const Constant&>(scope).value().as_int();
  return ctx.hooks->system_variable(name_of(name), static_cast<VariableScope>(number));
}

Result<FieldType> getsysvar_type(BuildCall& call) {
  TBL_ASSIGN(TypedValue v, system_variable(call.ctx.eval, *call.args[0], *call.args[1]));
  return v.type;
}

Result<Value> eval_getsysvar(Call& call) {
  TBL_ASSIGN(TypedValue v, system_variable(call.ctx, call.expr.arg(0), call.expr.arg(1)));
  return std::move(v.value);
}

constexpr FunctionDef kFunctions[] = {
    {"getvar", 1, 1, getvar_type, eval_getvar, kPerStatement | kHidden},
    {"setvar", 2, 2, setvar_type, eval_setvar, kSeesNull | kNotConstant | kHidden},
    {"getsysvar", 2, 2, getsysvar_type, eval_getsysvar, kPerStatement | kHidden},
};

}  // namespace

std::span<const FunctionDef> variable_functions() { return kFunctions; }

}  // namespace tbl::tidb
