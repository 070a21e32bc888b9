#include <cstdint>

#include "tidb/expr/func_expr.h"
#include "tidb/plan/interval.h"
#include "tidb/types/convert.h"
#include "tidb/types/field_type.h"
#include "tidb/types/year.h"

namespace tbl::tidb {

namespace {

enum class Op : uint8_t { kEq, kNullEq, kNe, kLt, kLe, kGt, kGe };

std::optional<Op> op_of(std::string_view name) {
  if (name == "eq") return Op::kEq;
  if (name == "nulleq") return Op::kNullEq;
  if (name == "ne") return Op::kNe;
  if (name == "lt") return Op::kLt;
  if (name == "le") return Op::kLe;
  if (name == "gt") return Op::kGt;
  if (name == "ge") return Op::kGe;
  return std::nullopt;
}

Op mirrored(Op op) {
  switch (op) {
    case Op::kLt:
      return Op::kGt;
    case Op::kLe:
      return Op::kGe;
    case Op::kGt:
      return Op::kLt;
    case Op::kGe:
      return Op::kLe;
    default:
      return op;
  }
}

/// All values but NULL.
ValueInterval not_null() {
  ValueInterval interval;
  interval.low_exclusive = true;
  return interval;
}

IntervalSet one(ValueInterval interval) {
  IntervalSet set;
  set.intervals.push_back(std::move(interval));
  return set;
}

ValueInterval below(Value v, bool exclusive) {
  ValueInterval interval = not_null();
  interval.high = std::move(v);
  interval.high_exclusive = exclusive;
  return interval;
}

ValueInterval above(Value v, bool exclusive) {
  ValueInterval interval;
  interval.low = std::move(v);
  interval.low_exclusive = exclusive;
  return interval;
}

/// A constant as the column would hold it, and how that compares with the constant itself.
struct Fitted {
  Value value;
  int order = 0;  ///< of `value` against the constant
};

class Builder {
 public:
  Builder(const IndexedColumn& column, EvalContext& eval) : column_(column), eval_(eval) {}

  std::optional<IntervalSet> of(const Expr& e) {
    if (e.kind() == ExprKind::kConstant || e.kind() != ExprKind::kFunction) return std::nullopt;
    const auto& call = static_cast<const FuncExpr&>(e);
    if (call.name() == "and" || call.name() == "or") return combine(call);
    if (call.name() == "isnull") {
      if (!is_column(call.arg(0))) return std::nullopt;
      return one(ValueInterval::point(Value::null()));
    }
    if (call.name() == "not") return negation(call.arg(0));
    if (call.name() == "in") return in_list(call);
    if (call.name() == "between") return between(call);
    if (call.name() == "like") return like(call);
    auto op = op_of(call.name());
    if (!op || call.children().size() != 2) return std::nullopt;
    if (is_column(call.arg(0))) return comparison(*op, call.arg(1));
    if (is_column(call.arg(1))) return comparison(mirrored(*op), call.arg(0));
    return std::nullopt;
  }

 private:
  bool is_column(const Expr& e) const {
    return e.kind() == ExprKind::kColumn && static_cast<const ColumnRef&>(e).index() == column_.id;
  }

  std::optional<IntervalSet> combine(const FuncExpr& call) {
    auto a = of(call.arg(0));
    auto b = of(call.arg(1));
    if (call.name() == "or") {
      if (!a || !b) return std::nullopt;
      return unite(*a, *b);
    }
    if (a && b) return intersect(*a, *b);
    if (!a && !b) return std::nullopt;
    IntervalSet known = a ? *a : *b;
    known.exact = false;
    return known;
  }

  std::optional<IntervalSet> negation(const Expr& e) {
    if (as_function(e, "isnull") && is_column(*e.children()[0])) return one(not_null());
    return std::nullopt;
  }

  std::optional<IntervalSet> in_list(const FuncExpr& call) {
    if (!is_column(call.arg(0))) return std::nullopt;
    IntervalSet all;
    for (size_t i = 1; i < call.children().size(); ++i) {
      auto next = comparison(Op::kEq, call.arg(i));
      if (!next) return std::nullopt;
      all = unite_points(std::move(all), std::move(*next));
    }
    return unite(all, IntervalSet{});
  }

  static IntervalSet unite_points(IntervalSet all, IntervalSet next) {
    all.exact = all.exact && next.exact;
    for (ValueInterval& i : next.intervals) all.intervals.push_back(std::move(i));
    return all;
  }

  std::optional<IntervalSet> between(const FuncExpr& call) {
    if (!is_column(call.arg(0))) return std::nullopt;
    auto low = comparison(Op::kGe, call.arg(1));
    auto high = comparison(Op::kLe, call.arg(2));
    if (!low || !high) return std::nullopt;
    return intersect(*low, *high);
  }

  std::optional<IntervalSet> like(const FuncExpr& call) {
    if (!is_column(call.arg(0)) || !is_text_type(*column_.type)) return std::nullopt;
    auto pattern = constant(call.arg(1));
    auto escape = constant(call.arg(2));
    if (!pattern || !escape || !pattern->is_string() || escape->kind() != ValueKind::kInt) {
      return std::nullopt;
    }
    std::string prefix;
    bool whole = true;
    const std::string& text = pattern->as_string();
    for (size_t i = 0; i < text.size(); ++i) {
      if (text[i] == static_cast<char>(escape->as_int()) && i + 1 < text.size()) {
        prefix += text[++i];
      } else if (text[i] == '%' || text[i] == '_') {
        whole = false;
        break;
      } else {
        prefix += text[i];
      }
    }
    if (whole) return one(ValueInterval::point(Value::of_string(prefix)));
    if (prefix.empty()) return std::nullopt;
    ValueInterval interval = above(Value::of_string(prefix), false);
    while (!prefix.empty() && prefix.back() == '\xff') prefix.pop_back();
    if (!prefix.empty()) {
      prefix.back() = static_cast<char>(prefix.back() + 1);
      interval.high = Value::of_string(prefix);
      interval.high_exclusive = true;
    }
    IntervalSet set = one(std::move(interval));
    set.exact = false;
    return set;
  }

  std::optional<Value> constant(const Expr& e) {
    if (!e.is_constant()) return std::nullopt;
    auto value = e.eval(eval_, Row());
    if (!value.ok()) return std::nullopt;
    return std::move(*value);
  }

  /// Whether the column's order is that of a comparison with such a value.
  bool comparable(const Value& v, Op op) const {
    const FieldType& type = *column_.type;
    bool equality = op == Op::kEq || op == Op::kNullEq;
    if (type.tp == schema::kTypeBit || type.tp == schema::kTypeJson) return false;
    if (type.tp == schema::kTypeEnum || type.tp == schema::kTypeSet) {
      return equality && v.is_string();
    }
    switch (eval_class(type)) {
      case EvalClass::kString:
        return v.is_string();
      case EvalClass::kTime:
        return v.is_string() || v.kind() == ValueKind::kTime;
      case EvalClass::kDuration:
        return v.is_string() || v.kind() == ValueKind::kDuration;
      case EvalClass::kInt:
      case EvalClass::kDouble:
      case EvalClass::kDecimal:
        return v.kind() == ValueKind::kInt || v.kind() == ValueKind::kUint ||
               v.kind() == ValueKind::kDouble || v.kind() == ValueKind::kDecimal || v.is_string();
      case EvalClass::kJson:
        return false;
    }
    return false;
  }

  /// Other numbers than years become years when a column takes them, but not when they are
  /// compared.
  static std::optional<Fitted> fit_year(const Value& v) {
    if (v.kind() == ValueKind::kUint && v.as_uint() > kLastYear)
      return Fitted{Value::of_int(kLastYear), -1};
    if (v.kind() != ValueKind::kInt) return std::nullopt;
    const int64_t number = v.as_int();
    if (number > kLastYear) return Fitted{Value::of_int(kLastYear), -1};
    if (number < 0) return Fitted{Value::of_int(0), 1};
    if (number > 0 && number < kFirstYear) return Fitted{Value::of_int(0), -1};
    return Fitted{Value::of_int(number), 0};
  }

  /// Nothing when the conversion loses more than order can tell.
  std::optional<Fitted> fit(const Value& v) const {
    if (column_.type->tp == schema::kTypeYear) return fit_year(v);
    Warnings warnings;
    ConvertContext quiet = eval_.convert;
    quiet.warnings = &warnings;
    quiet.strict = false;
    bool number_from_text = v.is_string() && is_numeric_type(column_.type->tp);
    Value compared = v;
    if (number_from_text) {
      auto number = to_double(v, quiet);
      if (!number.ok() || !warnings.empty()) return std::nullopt;
      compared = Value::of_double(*number);
    }
    auto cast = cast_to_column(compared, ColumnTarget{*column_.type, "", 1}, quiet);
    if (!cast.ok() || cast->is_null()) return std::nullopt;
    auto order = compare(*cast, compared, quiet);
    if (!order.ok()) return std::nullopt;
    bool clipped_text = v.is_string() && !number_from_text && !warnings.empty() &&
                        !schema::is_string_type(column_.type->tp);
    if (clipped_text) return std::nullopt;
    return Fitted{std::move(*cast), *order};
  }

  std::optional<IntervalSet> comparison(Op op, const Expr& e) {
    auto value = constant(e);
    if (!value) return std::nullopt;
    if (value->is_null()) {
      if (op == Op::kNullEq) return one(ValueInterval::point(Value::null()));
      return IntervalSet{};  // a comparison with NULL is never true
    }
    if (!comparable(*value, op)) return std::nullopt;
    auto fitted = fit(*value);
    if (!fitted) return std::nullopt;
    return around(op, std::move(*fitted));
  }

  static std::optional<IntervalSet> around(Op op, Fitted fitted) {
    Value& v = fitted.value;
    switch (op) {
      case Op::kEq:
      case Op::kNullEq:
        return fitted.order == 0 ? one(ValueInterval::point(std::move(v))) : IntervalSet{};
      case Op::kNe: {
        if (fitted.order != 0) return one(not_null());
        IntervalSet set = one(below(v, true));
        set.intervals.push_back(above(std::move(v), true));
        return set;
      }
      // A fitted value below the constant is itself less than it; one above is greater.
      case Op::kLt:
        return one(below(std::move(v), fitted.order >= 0));
      case Op::kLe:
        return one(below(std::move(v), fitted.order > 0));
      case Op::kGt:
        return one(above(std::move(v), fitted.order <= 0));
      case Op::kGe:
        return one(above(std::move(v), fitted.order < 0));
    }
    return std::nullopt;
  }

  const IndexedColumn& column_;
  EvalContext& eval_;
};

}  // namespace

std::optional<IntervalSet> intervals_of(const Expr& condition, const IndexedColumn& column,
                                        EvalContext& eval) {
  return Builder(column, eval).of(condition);
}

}  // namespace tbl::tidb
