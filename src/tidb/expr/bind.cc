#include "tidb/expr/bind.h"

#include <utility>

#include "tidb/expr/bind_literal.h"
#include "tidb/expr/func_expr.h"
#include "tidb/types/sql_error.h"

namespace tbl::tidb {

Result<ExprPtr> BindScope::column(const ast::ColumnName& name) {
  std::string text = name.table.empty() ? name.name : name.table + "." + name.name;
  if (!name.schema.empty()) text = name.schema + "." + text;
  return unknown_column(text, clause());
}

Result<ExprPtr> BindScope::aggregate(const ast::Aggregate&) {
  return sql_error(kErrInvalidGroupFuncUse, "Invalid use of group function");
}

Result<ExprPtr> BindScope::default_value(const ast::Default&) {
  return not_supported_yet("DEFAULT in this place");
}

Result<ExprPtr> BindScope::insert_value(const ast::Values&) {
  return not_supported_yet("VALUES() in this place");
}

Result<ExprPtr> BindScope::subquery(const ast::Expr&, ExprPtr) {
  return not_supported_yet("subqueries in this place");
}

namespace {

std::string_view operator_name(ast::BinaryOp op) {
  constexpr std::string_view kNames[] = {
      "or",   "xor",   "and", "eq",    "nulleq", "ne",        "lt",
      "le",   "gt",    "ge",  "bitor", "bitand", "leftshift", "rightshift",
      "plus", "minus", "mul", "div",   "intdiv", "mod",       "bitxor"};
  return kNames[static_cast<size_t>(op)];
}

std::string_view operator_name(ast::UnaryOp op) {
  switch (op) {
    case ast::UnaryOp::kMinus:
      return "unaryminus";
    case ast::UnaryOp::kBitNot:
      return "bitneg";
    default:
      return "not";
  }
}

/// One walk over a tree of nodes.
class Binder {
 public:
  Binder(BindScope& scope, const BuildContext& ctx) : scope_(scope), ctx_(ctx) {}

  Result<ExprPtr> bind(const ast::Expr& node);

 private:
  using Args = std::vector<ExprPtr>;

  Result<Args> bind_all(const ast::ExprList& nodes);
  /// name(bound nodes...)
  Result<ExprPtr> call(std::string_view name, std::initializer_list<const ast::Expr*> nodes);
  Result<ExprPtr> negate_if(bool negated, Result<ExprPtr> e);
  Result<ExprPtr> unary(const ast::Unary& node);
  Result<ExprPtr> function(const ast::FunctionCall& node);
  Status function_args(const ast::FunctionCall& node, Args* args);
  Result<ExprPtr> case_of(const ast::Case& node);
  Result<ExprPtr> in(const ast::In& node);
  Result<ExprPtr> like(const ast::Like& node);
  Result<ExprPtr> is(const ast::Is& node);
  Result<ExprPtr> cast(const ast::Cast& node);
  Result<ExprPtr> variable(const ast::Variable& node);
  Result<ExprPtr> parameter(const ast::ParamMarker& node);
  Result<ExprPtr> row(const ast::Row& node);
  Result<ExprPtr> collate(const ast::Collate& node);
  Result<ExprPtr> quantified(const ast::CompareSubquery& node);

  ExprPtr text(std::string v) { return Constant::of(Value::of_string(std::move(v))); }

  BindScope& scope_;
  const BuildContext& ctx_;
};

Result<std::vector<ExprPtr>> Binder::bind_all(const ast::ExprList& nodes) {
  Args args;
  args.reserve(nodes.size());
  for (const auto& node : nodes) {
    TBL_ASSIGN(ExprPtr e, bind(*node));
    args.push_back(std::move(e));
  }
  return args;
}

Result<ExprPtr> Binder::call(std::string_view name, std::initializer_list<const ast::Expr*> nodes) {
  Args args;
  for (const ast::Expr* node : nodes) {
    TBL_ASSIGN(ExprPtr e, bind(*node));
    args.push_back(std::move(e));
  }
  return make_function(name, std::move(args), ctx_);
}

Result<ExprPtr> Binder::negate_if(bool negated, Result<ExprPtr> e) {
  if (!negated || !e.ok()) return e;
  Args args;
  args.push_back(std::move(*e));
  return make_function("not", std::move(args), ctx_);
}

Result<ExprPtr> Binder::unary(const ast::Unary& node) {
  if (node.op == ast::UnaryOp::kPlus) return bind(*node.operand);
  return call(operator_name(node.op), {node.operand.get()});
}

Status Binder::function_args(const ast::FunctionCall& node, Args* args) {
  for (const auto& arg : node.args) {
    if (arg->kind == ast::ExprKind::kTimeUnit) {
      args->push_back(text(std::string(interval_unit_name(ast::as<ast::TimeUnitExpr>(*arg).unit))));
    } else if (arg->kind == ast::ExprKind::kInterval) {
      const auto& interval = ast::as<ast::Interval>(*arg);
      TBL_ASSIGN(ExprPtr amount, bind(*interval.value));
      args->push_back(std::move(amount));
      args->push_back(text(std::string(interval_unit_name(interval.unit))));
    } else {
      TBL_ASSIGN(ExprPtr e, bind(*arg));
      args->push_back(std::move(e));
    }
  }
  if (node.name == "char") {
    args->push_back(node.charset.empty() ? Constant::of(Value::null()) : text(node.charset));
  } else if (!node.charset.empty()) {
    args->push_back(text(node.charset));
  }
  return {};
}

Result<ExprPtr> Binder::function(const ast::FunctionCall& node) {
  if (!node.schema.empty()) return no_such_function(node.schema + "." + node.name);
  if (node.name == "convert" && !node.charset.empty()) {
    Args args;
    TBL_TRY(function_args(node, &args));
    return make_function("convert_using", std::move(args), ctx_);
  }
  if (!is_function(node.name)) {
    const std::string& db = ctx_.eval.current_db;
    return no_such_function(db.empty() ? node.name : db + "." + node.name);
  }
  Args args;
  TBL_TRY(function_args(node, &args));
  return make_function(node.name, std::move(args), ctx_);
}

Result<ExprPtr> Binder::case_of(const ast::Case& node) {
  Args args;
  for (const auto& when : node.whens) {
    TBL_ASSIGN(ExprPtr condition, node.operand
                                      ? call("eq", {node.operand.get(), when.condition.get()})
                                      : bind(*when.condition));
    TBL_ASSIGN(ExprPtr result, bind(*when.result));
    args.push_back(std::move(condition));
    args.push_back(std::move(result));
  }
  if (node.otherwise) {
    TBL_ASSIGN(ExprPtr otherwise, bind(*node.otherwise));
    args.push_back(std::move(otherwise));
  }
  return make_function("case", std::move(args), ctx_);
}

Result<ExprPtr> Binder::in(const ast::In& node) {
  TBL_ASSIGN(ExprPtr left, bind(*node.value));
  if (node.query) return negate_if(node.negated, scope_.subquery(node, std::move(left)));
  TBL_ASSIGN(Args list, bind_all(node.list));
  Args args;
  args.push_back(std::move(left));
  for (auto& e : list) args.push_back(std::move(e));
  return negate_if(node.negated, make_function("in", std::move(args), ctx_));
}

Result<ExprPtr> Binder::like(const ast::Like& node) {
  std::string escape = node.escape.value_or("\\");
  if (!node.escape && (ctx_.eval.convert.sql_mode & kModeNoBackslashEscapes)) escape.clear();
  if (escape.size() > 1) return sql_error(kErrWrongArguments, "Incorrect arguments to ESCAPE");
  Args args;
  TBL_ASSIGN(ExprPtr value, bind(*node.value));
  TBL_ASSIGN(ExprPtr pattern, bind(*node.pattern));
  args.push_back(std::move(value));
  args.push_back(std::move(pattern));
  int64_t code = escape.empty() ? -1 : static_cast<unsigned char>(escape[0]);
  args.push_back(Constant::of(Value::of_int(code)));
  return negate_if(node.negated, make_function("like", std::move(args), ctx_));
}

Result<ExprPtr> Binder::is(const ast::Is& node) {
  std::string_view name = node.test == ast::IsTest::kTrue    ? "istrue"
                          : node.test == ast::IsTest::kFalse ? "isfalse"
                                                             : "isnull";
  return negate_if(node.negated, call(name, {node.value.get()}));
}

Result<ExprPtr> Binder::cast(const ast::Cast& node) {
  TBL_ASSIGN(ExprPtr value, bind(*node.value));
  return make_cast(std::move(value), node.type, ctx_);
}

Result<ExprPtr> Binder::variable(const ast::Variable& node) {
  Args args;
  args.push_back(text(node.name));
  if (node.system) {
    args.push_back(Constant::of(Value::of_int(static_cast<int64_t>(node.scope))));
    return make_function("getsysvar", std::move(args), ctx_);
  }
  if (!node.value) return make_function("getvar", std::move(args), ctx_);
  TBL_ASSIGN(ExprPtr value, bind(*node.value));
  args.push_back(std::move(value));
  return make_function("setvar", std::move(args), ctx_);
}

Result<ExprPtr> Binder::parameter(const ast::ParamMarker& node) {
  const auto& params = ctx_.eval.params;
  if (node.index < params.size()) {
    return ExprPtr(std::make_unique<Constant>(params[node.index].value, params[node.index].type));
  }
  return ExprPtr(std::make_unique<Parameter>(node.index, string_type()));
}

Result<ExprPtr> Binder::row(const ast::Row& node) {
  TBL_ASSIGN(Args items, bind_all(node.items));
  return ExprPtr(std::make_unique<RowExpr>(std::move(items)));
}

Result<ExprPtr> Binder::collate(const ast::Collate& node) {
  Args args;
  TBL_ASSIGN(ExprPtr value, bind(*node.value));
  args.push_back(std::move(value));
  args.push_back(text(node.collation));
  return make_function("collate", std::move(args), ctx_);
}

Result<ExprPtr> Binder::quantified(const ast::CompareSubquery& node) {
  TBL_ASSIGN(ExprPtr left, bind(*node.value));
  return scope_.subquery(node, std::move(left));
}

Result<ExprPtr> Binder::bind(const ast::Expr& node) {
  TBL_ASSIGN(ExprPtr known, scope_.known(node));
  if (known) return known;
  switch (node.kind) {
    case ast::ExprKind::kLiteral:
      return bind_literal(ast::as<ast::Literal>(node), ctx_);
    case ast::ExprKind::kColumn:
      return scope_.column(ast::as<ast::ColumnName>(node));
    case ast::ExprKind::kUnary:
      return unary(ast::as<ast::Unary>(node));
    case ast::ExprKind::kBinary: {
      const auto& binary = ast::as<ast::Binary>(node);
      return call(operator_name(binary.op), {binary.left.get(), binary.right.get()});
    }
    case ast::ExprKind::kFunction:
      return function(ast::as<ast::FunctionCall>(node));
    case ast::ExprKind::kAggregate:
      return scope_.aggregate(ast::as<ast::Aggregate>(node));
    case ast::ExprKind::kCase:
      return case_of(ast::as<ast::Case>(node));
    case ast::ExprKind::kBetween: {
      const auto& b = ast::as<ast::Between>(node);
      return negate_if(b.negated, call("between", {b.value.get(), b.low.get(), b.high.get()}));
    }
    case ast::ExprKind::kIn:
      return in(ast::as<ast::In>(node));
    case ast::ExprKind::kLike:
      return like(ast::as<ast::Like>(node));
    case ast::ExprKind::kRegexp: {
      const auto& regexp = ast::as<ast::Regexp>(node);
      return negate_if(regexp.negated, call("regexp", {regexp.value.get(), regexp.pattern.get()}));
    }
    case ast::ExprKind::kIs:
      return is(ast::as<ast::Is>(node));
    case ast::ExprKind::kExists:
    case ast::ExprKind::kSubquery:
      return scope_.subquery(node, nullptr);
    case ast::ExprKind::kCompareSubquery:
      return quantified(ast::as<ast::CompareSubquery>(node));
    case ast::ExprKind::kCast:
      return cast(ast::as<ast::Cast>(node));
    case ast::ExprKind::kVariable:
      return variable(ast::as<ast::Variable>(node));
    case ast::ExprKind::kParam:
      return parameter(ast::as<ast::ParamMarker>(node));
    case ast::ExprKind::kDefault:
      return scope_.default_value(ast::as<ast::Default>(node));
    case ast::ExprKind::kValues:
      return scope_.insert_value(ast::as<ast::Values>(node));
    case ast::ExprKind::kRow:
      return row(ast::as<ast::Row>(node));
    case ast::ExprKind::kCollate:
      return collate(ast::as<ast::Collate>(node));
    case ast::ExprKind::kMatch:
      return not_supported_yet("MATCH ... AGAINST");
    case ast::ExprKind::kInterval:
    case ast::ExprKind::kTimeUnit:
      break;
  }
  return internal_error("a unit of time outside of a function of dates");
}

}  // namespace

Result<ExprPtr> bind_expr(const ast::Expr& node, BindScope& scope, const BuildContext& ctx) {
  return Binder(scope, ctx).bind(node);
}

}  // namespace tbl::tidb
