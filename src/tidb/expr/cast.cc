// CAST and CONVERT.
#include "tidb/expr/call_args.h"
#include "tidb/expr/function.h"
#include "tidb/expr/result_type.h"
#include "tidb/types/collation.h"
#include "tidb/types/sql_error.h"

namespace tbl::tidb {

namespace {

class CastExpr : public Expr {
 public:
  /// `converted`: the type that values are converted to, where a length that the statement did not
  /// give is none.
  CastExpr(ExprPtr e, FieldType type, FieldType converted)
      : Expr(ExprKind::kCast, std::move(type), list(std::move(e))),
        converted_(std::move(converted)) {}

  Result<Value> eval(EvalContext& ctx, const Row& row) const override {
    TBL_ASSIGN(Value v, children()[0]->eval(ctx, row));
    if (v.is_null()) return v;
    const FieldType& from = children()[0]->type();
    if (eval_class(type()) == EvalClass::kString && v.kind() != ValueKind::kString) {
      return cast_value(Value::of_string(text_of(v, from)), converted_, ctx.convert);
    }
    return cast_value(v, converted_, ctx.convert);
  }
  std::string to_string() const override {
    return "cast(" + children()[0]->to_string() + ", " + type_text(type()) + ")";
  }
  ExprPtr clone() const override {
    return std::make_unique<CastExpr>(children()[0]->clone(), type(), converted_);
  }

 private:
  static std::vector<ExprPtr> list(ExprPtr e) {
    std::vector<ExprPtr> one;
    one.push_back(std::move(e));
    return one;
  }

  FieldType converted_;
};

constexpr int64_t kMaxBytesOfCharacter = 4;

FieldType text_target(const Expr& e, const FieldType& wanted, const BuildContext& ctx) {
  int64_t width = wanted.flen >= 0 ? wanted.flen : text_width(e.type());
  if (wanted.has_binary_charset()) {
    FieldType type =
        bytes_type(wanted.flen < 0 && width > 0 ? width * kMaxBytesOfCharacter : width);
    if (wanted.flen >= 0) type.tp = schema::kTypeString;  // padded with zeros to its length
    return type;
  }
  FieldType type = text_type(width, ctx);
  if (!wanted.charset.empty()) {
    type.charset = wanted.charset;
    type.collate = wanted.collate;
    const CharsetInfo* charset = find_charset(wanted.charset);
    if (type.collate.empty() && charset) type.collate = charset->default_collation;
  }
  return type;
}

/// The type that a result of the cast has, all fields filled in.
Result<FieldType> cast_target(const Expr& e, const FieldType& wanted, const BuildContext& ctx) {
  int fsp = std::max(wanted.decimal, 0);
  switch (wanted.tp) {
    case schema::kTypeLongLong:
      return int_type(wanted.is_unsigned());
    case schema::kTypeNewDecimal:
      return decimal_type(wanted.flen > 0 ? wanted.flen : 10, fsp);
    case schema::kTypeDouble:
    case schema::kTypeFloat:
      return double_type();
    case schema::kTypeDate:
      return date_type();
    case schema::kTypeDatetime:
      return datetime_type(fsp);
    case schema::kTypeDuration:
      return duration_type(fsp);
    case schema::kTypeJson:
      return json_type();
    case schema::kTypeYear:
      return wanted;
    default:
      break;
  }
  if (schema::is_string_type(wanted.tp)) return text_target(e, wanted, ctx);
  return not_supported_yet("CAST to " + type_text(wanted));
}

}  // namespace

Result<ExprPtr> make_cast(ExprPtr e, const FieldType& type, const BuildContext& ctx) {
  if (column_count(*e) != 1) return operand_columns(1);
  TBL_ASSIGN(FieldType target, cast_target(*e, type, ctx));
  FieldType converted = target;
  if (eval_class(target) == EvalClass::kString) converted.flen = type.flen;
  return fold_constant(
      std::make_unique<CastExpr>(std::move(e), std::move(target), std::move(converted)), ctx);
}

}  // namespace tbl::tidb
