#include "tidb/expr/bind_literal.h"

#include "tidb/expr/result_type.h"
#include "tidb/types/collation.h"
#include "tidb/types/sql_error.h"

namespace tbl::tidb {

namespace {

ExprPtr constant(Value v, FieldType type) {
  type.flag |= schema::kFlagNotNull;
  return std::make_unique<Constant>(std::move(v), std::move(type));
}

Result<ExprPtr> text_literal(const ast::Literal& node, const BuildContext& ctx) {
  FieldType type = text_type(static_cast<int64_t>(utf8_count(node.text)), ctx);
  if (!node.charset.empty()) {
    const CharsetInfo* charset = find_charset(node.charset);
    if (charset == nullptr) {
      return sql_error(kErrUnknownCharacterSet, "Unknown character set: '" + node.charset + "'");
    }
    if (charset->name == kBinaryCharset) {
      type = bytes_type(static_cast<int64_t>(node.text.size()));
    } else {
      type.charset = charset->name;
      type.collate = charset->default_collation;
    }
  }
  return constant(Value::of_string(node.text), std::move(type));
}

Status wrong_literal(const char* type, const std::string& text) {
  return sql_error(kErrWrongValue, std::string("Incorrect ") + type + " value: '" + text + "'");
}

Result<ExprPtr> time_literal(const ast::Literal& node, const BuildContext& ctx) {
  bool date = node.literal == ast::LiteralKind::kDate;
  const char* name = date ? "DATE" : "DATETIME";
  uint8_t tp = date ? schema::kTypeDate : schema::kTypeDatetime;
  auto parsed = parse_time(node.text, tp, -1);
  const auto& convert = ctx.eval.convert;
  if (!parsed || parsed->truncated ||
      check_time(parsed->value, convert.sql_mode, convert.zone()) != TimeCheck::kOk) {
    return wrong_literal(name, node.text);
  }
  FieldType type = date ? date_type() : datetime_type(parsed->value.fsp);
  return constant(Value::of_time(parsed->value), std::move(type));
}

Result<ExprPtr> duration_literal(const ast::Literal& node) {
  auto parsed = parse_sql_duration(node.text, -1);
  if (!parsed || parsed->truncated || parsed->clipped) return wrong_literal("TIME", node.text);
  return constant(Value::of_duration(parsed->value), duration_type(parsed->value.fsp));
}

}  // namespace

Result<ExprPtr> bind_literal(const ast::Literal& node, const BuildContext& ctx) {
  switch (node.literal) {
    case ast::LiteralKind::kNull:
      return Constant::of(Value::null());
    case ast::LiteralKind::kBool:
      return constant(Value::of_bool(node.number != 0), truth_type());
    case ast::LiteralKind::kInt: {
      auto width = static_cast<int64_t>(std::to_string(node.number).size());
      return constant(Value::of_int(static_cast<int64_t>(node.number)), int_type_of_width(width));
    }
    case ast::LiteralKind::kUint:
      return constant(Value::of_uint(node.number), int_type_of_width(kIntWidth, true));
    case ast::LiteralKind::kDecimal: {
      Decimal v = Decimal::parse(node.text).value;
      return constant(Value::of_decimal(v), limited_decimal_type(v.precision(), v.frac()));
    }
    case ast::LiteralKind::kDouble:
      return constant(Value::of_double(node.real), real_type(-1));
    case ast::LiteralKind::kString:
      return text_literal(node, ctx);
    case ast::LiteralKind::kHex:
    case ast::LiteralKind::kBit: {
      if (!node.charset.empty()) return text_literal(node, ctx);
      return constant(Value::of_bits(node.text),
                      bytes_type(static_cast<int64_t>(node.text.size())));
    }
    case ast::LiteralKind::kDate:
    case ast::LiteralKind::kTimestamp:
      return time_literal(node, ctx);
    case ast::LiteralKind::kTime:
      return duration_literal(node);
  }
  return internal_error("a literal of no kind");
}

}  // namespace tbl::tidb
