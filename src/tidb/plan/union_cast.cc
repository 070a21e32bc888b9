#include "tidb/plan/union_cast.h"

#include "tidb/expr/convert_kind.h"
#include "tidb/types/field_type.h"

namespace tbl::tidb {

namespace {

class UnionCast : public Expr {
 public:
  UnionCast(FieldType type, std::vector<ExprPtr> children)
      : Expr(ExprKind::kCast, std::move(type), std::move(children)) {}

  Result<Value> eval(EvalContext& ctx, const Row& row) const override {
    TBL_ASSIGN(Value value, children()[0]->eval(ctx, row));
    TBL_ASSIGN(value, convert_kind(std::move(value), children()[0]->type(), type(), ctx));
    // Rows of a UNION are compared by what they show.
    if (value.kind() != ValueKind::kDecimal || type().decimal < 0) return value;
    return Value::of_decimal(value.as_decimal().round(type().decimal));
  }
  std::string to_string() const override { return "cast(" + children()[0]->to_string() + ")"; }
  ExprPtr clone() const override { return std::make_unique<UnionCast>(type(), clone_children()); }
};

}  // namespace

ExprPtr make_union_cast(ExprPtr e, const FieldType& type) {
  const FieldType& from = e->type();
  bool same = from.tp == type.tp && from.is_unsigned() == type.is_unsigned() &&
              from.decimal == type.decimal && from.elems == type.elems;
  bool both_text = schema::is_string_type(from.tp) && schema::is_string_type(type.tp);
  if (same || both_text) return e;
  std::vector<ExprPtr> children;
  children.push_back(std::move(e));
  return std::make_unique<UnionCast>(type, std::move(children));
}

}  // namespace tbl::tidb
