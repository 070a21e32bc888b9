#include "tidb/expr/expr.h"

#include <algorithm>

#include "tidb/expr/subquery.h"
#include "tidb/types/field_type.h"
#include "tidb/types/sql_error.h"

namespace tbl::tidb {

Volatility Expr::volatility() const {
  Volatility v = own_volatility();
  for (const auto& child : children_) v = std::max(v, child->volatility());
  return v;
}

std::vector<ExprPtr> Expr::clone_children() const {
  std::vector<ExprPtr> copy;
  copy.reserve(children_.size());
  for (const auto& child : children_) copy.push_back(child->clone());
  return copy;
}

Constant::Constant(Value value, FieldType type)
    : Expr(ExprKind::kConstant, std::move(type)), value_(std::move(value)) {}

ExprPtr Constant::of(Value value) {
  FieldType type = type_of_value(value);
  return std::make_unique<Constant>(std::move(value), std::move(type));
}

std::string Constant::to_string() const {
  if (value_.is_null()) return "NULL";
  if (value_.kind() == ValueKind::kString) return "\"" + value_.as_string() + "\"";
  return value_to_text(value_, type());
}

ExprPtr Constant::clone() const { return std::make_unique<Constant>(value_, type()); }

ColumnRef::ColumnRef(size_t index, FieldType type, std::string name)
    : Expr(ExprKind::kColumn, std::move(type)), index_(index), name_(std::move(name)) {}

Result<Value> ColumnRef::eval(EvalContext&, const Row& row) const {
  if (index_ >= row.size()) {
    return internal_error("column " + name_ + " is number " + std::to_string(index_) +
                          " of a row of " + std::to_string(row.size()));
  }
  return row[index_];
}

ExprPtr ColumnRef::clone() const { return std::make_unique<ColumnRef>(index_, type(), name_); }

CorrelatedColumn::CorrelatedColumn(std::shared_ptr<OuterRow> outer, size_t index, FieldType type,
                                   std::string name)
    : Expr(ExprKind::kCorrelatedColumn, std::move(type)),
      outer_(std::move(outer)),
      index_(index),
      name_(std::move(name)) {}

Result<Value> CorrelatedColumn::eval(EvalContext&, const Row&) const {
  if (outer_->row == nullptr || index_ >= outer_->row->size()) {
    return internal_error("no outer row for column " + name_);
  }
  return (*outer_->row)[index_];
}

ExprPtr CorrelatedColumn::clone() const {
  return std::make_unique<CorrelatedColumn>(outer_, index_, type(), name_);
}

Parameter::Parameter(size_t index, FieldType type)
    : Expr(ExprKind::kParameter, std::move(type)), index_(index) {}

Result<Value> Parameter::eval(EvalContext& ctx, const Row&) const {
  if (index_ >= ctx.params.size()) {
    return sql_error(kErrWrongArguments, "Incorrect arguments to EXECUTE");
  }
  return ctx.params[index_].value;
}

ExprPtr Parameter::clone() const { return std::make_unique<Parameter>(index_, type()); }

InsertValue::InsertValue(size_t index, FieldType type, std::string name)
    : Expr(ExprKind::kInsertValue, std::move(type)), index_(index), name_(std::move(name)) {}

Result<Value> InsertValue::eval(EvalContext& ctx, const Row&) const {
  if (ctx.insert_row == nullptr || index_ >= ctx.insert_row->size()) return Value::null();
  return (*ctx.insert_row)[index_];
}

std::string InsertValue::to_string() const { return "values(" + name_ + ")"; }

ExprPtr InsertValue::clone() const { return std::make_unique<InsertValue>(index_, type(), name_); }

RowExpr::RowExpr(std::vector<ExprPtr> elements)
    : Expr(ExprKind::kRow, FieldType(), std::move(elements)) {}

Result<Value> RowExpr::eval(EvalContext&, const Row&) const { return operand_columns(1); }

std::string RowExpr::to_string() const {
  std::string out = "row(";
  for (const auto& child : children()) {
    if (out.size() > 4) out += ", ";
    out += child->to_string();
  }
  return out + ")";
}

ExprPtr RowExpr::clone() const { return std::make_unique<RowExpr>(clone_children()); }

size_t column_count(const Expr& e) {
  if (e.kind() == ExprKind::kRow) return e.children().size();
  if (e.kind() == ExprKind::kSubquery) {
    const auto& subquery = static_cast<const SubqueryExpr&>(e);
    if (subquery.subquery_kind() == SubqueryKind::kScalar)
      return subquery.runner().columns().size();
  }
  return 1;
}

Result<std::optional<bool>> truth_of(const Value& value, EvalContext& ctx) {
  switch (value.kind()) {
    case ValueKind::kNull:
      return std::optional<bool>();
    case ValueKind::kInt:
      return std::optional<bool>(value.as_int() != 0);
    default: {
      TBL_ASSIGN(bool truth, to_bool(value, ctx.convert));
      return std::optional<bool>(truth);
    }
  }
}

Result<bool> eval_condition(const Expr& e, EvalContext& ctx, const Row& row) {
  TBL_ASSIGN(Value value, e.eval(ctx, row));
  TBL_ASSIGN(auto truth, truth_of(value, ctx));
  return truth.value_or(false);
}

}  // namespace tbl::tidb
