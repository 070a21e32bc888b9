// Default values of columns.
#include <fmt/format.h>

#include "tidb/ddl/build.h"
#include "tidb/expr/bind.h"
#include "tidb/types/collation.h"
#include "tidb/types/convert.h"
#include "tidb/types/field_type.h"
#include "tidb/types/sql_error.h"

namespace tbl::tidb {

namespace {

using schema::ColumnInfo;

constexpr std::string_view kNow = "CURRENT_TIMESTAMP";

Status invalid_default(const ColumnInfo& column) {
  return sql_error(kErrInvalidDefault,
                   fmt::format("Invalid default value for '{}'", column.name.o));
}

bool is_time_column(const ColumnInfo& column) {
  return column.type.tp == schema::kTypeTimestamp || column.type.tp == schema::kTypeDatetime;
}

bool cannot_have_default(const FieldType& type) {
  return schema::is_blob_type(type.tp) || type.tp == schema::kTypeJson;
}

/// A strict conversion whose problems are errors.
ConvertContext strict_context(const BuildScope& scope) {
  ConvertContext ctx = scope.eval.convert;
  ctx.strict = true;
  ctx.warnings = nullptr;
  return ctx;
}

/// The bytes of an integer, most significant first, without leading zeros.
std::string minimal_bytes(uint64_t number) {
  std::string bytes;
  for (int shift = 56; shift >= 0; shift -= 8) {
    const auto byte = static_cast<char>(number >> shift);
    if (!bytes.empty() || byte != 0 || shift == 0) bytes += byte;
  }
  return bytes;
}

void set_bit_default(const Value& value, ColumnInfo* column) {
  std::string bytes;
  switch (value.kind()) {
    case ValueKind::kInt:
      bytes = minimal_bytes(static_cast<uint64_t>(value.as_int()));
      break;
    case ValueKind::kUint:
      bytes = minimal_bytes(value.as_uint());
      break;
    case ValueKind::kBits:
      bytes = value.as_string();
      break;
    default:
      bytes = to_text(value);
  }
  column->default_value = bytes;
  column->default_bit = std::move(bytes);
}

/// The number a hex or bit literal stands for in a numeric column.
std::string number_text(const std::string& bytes) {
  uint64_t number = 0;
  for (char c : bytes) number = number << 8 | static_cast<unsigned char>(c);
  return std::to_string(number);
}

/// The text to keep of a value that fits the column: as written, but times in their full form.
std::string stored_text(const Value& written, const Value& cast, const ColumnInfo& column,
                        const ConvertContext& ctx) {
  if (is_temporal_type(column.type.tp) && column.type.tp != schema::kTypeYear) {
    return default_text(cast, column.type, ctx);
  }
  const bool is_member = column.type.tp == schema::kTypeEnum || column.type.tp == schema::kTypeSet;
  if (is_member) return to_text(cast);
  if (written.kind() == ValueKind::kBits && is_numeric_type(column.type.tp)) {
    return number_text(written.as_string());
  }
  return to_text(written);
}

Result<Value> evaluate(const BuildScope& scope, const ast::Expr& expr, const ColumnInfo& column) {
  BindScope no_names;
  BuildContext build{scope.eval};
  auto bound = bind_expr(expr, no_names, build);
  if (!bound.ok()) return invalid_default(column);
  auto value = (*bound)->eval(scope.eval, {});
  if (!value.ok()) return invalid_default(column);
  return value;
}

}  // namespace

bool is_now_call(const ast::Expr& expr, int* fsp) {
  *fsp = 0;
  if (expr.kind != ast::ExprKind::kFunction) return false;
  const auto& call = ast::as<ast::FunctionCall>(expr);
  const bool is_now = call.name == "current_timestamp" || call.name == "now" ||
                      call.name == "localtime" || call.name == "localtimestamp";
  if (!is_now || call.args.size() > 1) return false;
  if (call.args.empty()) return true;
  if (call.args[0]->kind != ast::ExprKind::kLiteral) return false;
  *fsp = static_cast<int>(ast::as<ast::Literal>(*call.args[0]).number);
  return true;
}

Status set_default(const BuildScope& scope, const ast::Expr& expr, ColumnInfo* column) {
  column->default_value.reset();
  column->default_bit.reset();
  int fsp = 0;
  if (is_now_call(expr, &fsp)) {
    if (!is_time_column(*column) || fsp != column->type.decimal) return invalid_default(*column);
    column->default_value = std::string(kNow);
    return ok_status();
  }
  TBL_ASSIGN(Value value, evaluate(scope, expr, *column));
  if (value.is_null()) return ok_status();
  if (cannot_have_default(column->type)) {
    Status problem =
        sql_error(kErrBlobCantHaveDefault,
                  fmt::format("BLOB, TEXT, GEOMETRY or JSON column '{}' can't have a default value",
                              column->name.o));
    if (scope.strict() || !to_text(value).empty()) return problem;
    scope.eval.convert.warn(problem);
    return ok_status();
  }
  const ConvertContext ctx = strict_context(scope);
  auto cast = cast_to_column(value, {column->type, column->name.o}, ctx);
  if (!cast.ok()) return invalid_default(*column);
  if (column->type.tp == schema::kTypeBit) {
    set_bit_default(value, column);
  } else {
    column->default_value = stored_text(value, *cast, *column, ctx);
  }
  return ok_status();
}

Status set_origin_default(const BuildScope& scope, ColumnInfo* column) {
  column->origin_default = column->default_value;
  column->origin_default_bit = column->default_bit;
  if (column->is_generated()) return ok_status();
  if (!column->default_value) {
    if (!column->type.not_null()) return ok_status();
    const Value zero = zero_value(column->type);
    if (column->type.tp == schema::kTypeBit) {
      column->origin_default = column->origin_default_bit = std::string(1, '\0');
    } else {
      column->origin_default = default_text(zero, column->type, scope.eval.convert);
    }
    return ok_status();
  }
  if (ascii_upper(*column->default_value) != kNow) return ok_status();
  const int64_t micros = scope.eval.now_micros;
  const auto now = codec::time_from_unix(micros / 1000000, static_cast<uint32_t>(micros % 1000000));
  TimeValue time{
      column->type.tp == schema::kTypeTimestamp ? now : scope.eval.convert.zone().from_utc(now),
      column->type.tp, static_cast<uint8_t>(column->type.decimal)};
  column->origin_default = time_to_text(time);
  return ok_status();
}

}  // namespace tbl::tidb
