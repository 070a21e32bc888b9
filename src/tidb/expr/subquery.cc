#include "tidb/expr/subquery.h"

#include "tidb/expr/compare_op.h"
#include "tidb/expr/result_type.h"
#include "tidb/types/sql_error.h"

namespace tbl::tidb {

namespace {

Status more_than_one_row() {
  return sql_error(kErrSubqueryNo1Row, "Subquery returns more than 1 row");
}

std::vector<ExprPtr> one(ExprPtr e) {
  std::vector<ExprPtr> list;
  if (e) list.push_back(std::move(e));
  return list;
}

/// The left operand's columns.
Result<Row> eval_operand(const Expr& e, EvalContext& ctx, const Row& row) {
  Row values;
  if (e.kind() != ExprKind::kRow) {
    TBL_ASSIGN(Value v, e.eval(ctx, row));
    values.push_back(std::move(v));
    return values;
  }
  for (const auto& child : e.children()) {
    TBL_ASSIGN(Value v, child->eval(ctx, row));
    values.push_back(std::move(v));
  }
  return values;
}

/// left op right, column by column: = needs all, <> one. NULL when undecided.
Result<Value> compare_rows(CompareOp op, const Row& left, const Row& right, EvalContext& ctx) {
  if (left.size() == 1) return compare_values(op, left[0], right[0], ctx);
  bool negated = op == CompareOp::kNe;
  bool null_seen = false;
  for (size_t i = 0; i < left.size(); ++i) {
    TBL_ASSIGN(Value v, compare_values(op, left[i], right[i], ctx));
    if (v.is_null()) {
      null_seen = true;
    } else if ((v.as_int() != 0) == negated) {
      return Value::of_bool(negated);
    }
  }
  return null_seen ? Value::null() : Value::of_bool(!negated);
}

}  // namespace

SubqueryExpr::SubqueryExpr(SubqueryKind kind, CompareOp op, FieldType type,
                           std::vector<ExprPtr> children, std::unique_ptr<SubqueryRunner> runner)
    : Expr(ExprKind::kSubquery, std::move(type), std::move(children)),
      subquery_kind_(kind),
      op_(op),
      runner_(std::move(runner)) {}

Result<Value> SubqueryExpr::eval(EvalContext& ctx, const Row& row) const {
  switch (subquery_kind_) {
    case SubqueryKind::kScalar:
      return eval_scalar(ctx, row);
    case SubqueryKind::kExists:
      return eval_exists(ctx, row);
    case SubqueryKind::kRow:
      return eval_row(ctx, row);
    default:
      return eval_quantified(ctx, row);
  }
}

Result<Value> SubqueryExpr::eval_scalar(EvalContext& ctx, const Row& row) const {
  if (runner_->columns().size() != 1) return operand_columns(1);
  size_t count = 0;
  Value result;
  TBL_TRY(runner_->run(ctx, row, [&](const Row& found) {
    if (count == 0) result = found[0];
    return ++count < 2;
  }));
  if (count > 1) return more_than_one_row();
  return result;
}

Result<Value> SubqueryExpr::eval_exists(EvalContext& ctx, const Row& row) const {
  bool found = false;
  TBL_TRY(runner_->run(ctx, row, [&](const Row&) {
    found = true;
    return false;
  }));
  return Value::of_bool(found);
}

Result<Value> SubqueryExpr::eval_row(EvalContext& ctx, const Row& row) const {
  TBL_ASSIGN(Row left, eval_operand(*children()[0], ctx, row));
  size_t count = 0;
  Row right(left.size());
  TBL_TRY(runner_->run(ctx, row, [&](const Row& found) {
    if (count == 0) right = found;
    return ++count < 2;
  }));
  if (count > 1) return more_than_one_row();
  return compare_rows(op_, left, right, ctx);
}

Result<Value> SubqueryExpr::eval_quantified(EvalContext& ctx, const Row& row) const {
  TBL_ASSIGN(Row left, eval_operand(*children()[0], ctx, row));
  bool any = subquery_kind_ == SubqueryKind::kAny;
  bool decided = false, null_seen = false;
  Status failure;
  TBL_TRY(runner_->run(ctx, row, [&](const Row& found) {
    auto v = compare_rows(op_, left, found, ctx);
    if (!v.ok()) {
      failure = v.status();
      return false;
    }
    null_seen |= v->is_null();
    decided = !v->is_null() && (v->as_int() != 0) == any;
    return !decided;
  }));
  TBL_TRY(failure);
  if (decided) return Value::of_bool(any);
  return null_seen ? Value::null() : Value::of_bool(!any);
}

std::string SubqueryExpr::to_string() const {
  std::string query = "(" + runner_->to_string() + ")";
  switch (subquery_kind_) {
    case SubqueryKind::kScalar:
      return query;
    case SubqueryKind::kExists:
      return "exists" + query;
    default:
      break;
  }
  std::string quantifier = subquery_kind_ == SubqueryKind::kAny   ? "any"
                           : subquery_kind_ == SubqueryKind::kAll ? "all"
                                                                  : "";
  return std::string(compare_op_name(op_)) + "(" + children()[0]->to_string() + ", " + quantifier +
         query + ")";
}

ExprPtr SubqueryExpr::clone() const {
  return ExprPtr(new SubqueryExpr(subquery_kind_, op_, type(), clone_children(), runner_->clone()));
}

Volatility SubqueryExpr::own_volatility() const {
  return runner_->correlated() ? Volatility::kRow : Volatility::kStatement;
}

Result<ExprPtr> make_subquery(SubqueryKind kind, std::unique_ptr<SubqueryRunner> runner) {
  FieldType type = truth_type();
  if (kind == SubqueryKind::kScalar) {
    type = runner->columns()[0];
    type.flag &= ~static_cast<uint32_t>(schema::kFlagNotNull);
  }
  return ExprPtr(new SubqueryExpr(kind, CompareOp::kEq, std::move(type), {}, std::move(runner)));
}

Result<ExprPtr> make_quantified(ExprPtr left, CompareOp op, SubqueryKind kind,
                                std::unique_ptr<SubqueryRunner> runner) {
  size_t columns = column_count(*left);
  if (columns != runner->columns().size()) return operand_columns(columns);
  bool equality = op == CompareOp::kEq || op == CompareOp::kNe || op == CompareOp::kNullEq;
  if (columns > 1 && !equality) return operand_columns(1);
  if (left->kind() == ExprKind::kSubquery && columns > 1) {
    return not_supported_yet("a row subquery as the left operand of a comparison");
  }
  return ExprPtr(new SubqueryExpr(kind, op, truth_type(), one(std::move(left)), std::move(runner)));
}

Result<ExprPtr> make_row_subquery(ExprPtr left, CompareOp op, ExprPtr right) {
  auto& subquery = static_cast<SubqueryExpr&>(*right);
  return make_quantified(std::move(left), op, SubqueryKind::kRow, std::move(subquery.runner_));
}

}  // namespace tbl::tidb
