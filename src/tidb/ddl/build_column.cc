// Columns: type, character set, flags, options.
#include <fmt/format.h>

#include <algorithm>

#include "tidb/ast/restore.h"
#include "tidb/ddl/build.h"
#include "tidb/types/collation.h"
#include "tidb/types/field_type.h"
#include "tidb/types/sql_error.h"

namespace tbl::tidb {

namespace {

using ast::ColumnOption;
using ast::ColumnOptionKind;
using schema::ColumnInfo;

constexpr int64_t kMaxDisplayWidth = 255;
constexpr int64_t kMaxCharLength = 255;
constexpr int64_t kMaxDecimalWidth = 65;
constexpr int64_t kMaxScale = 30;
constexpr size_t kMaxSetMembers = 64;
constexpr size_t kMaxColumnComment = 1024;
constexpr uint64_t kColumnVersion = 2;

bool has_charset(const FieldType& type) {
  return schema::is_string_type(type.tp) || type.tp == schema::kTypeEnum ||
         type.tp == schema::kTypeSet;
}

/// Character set and collation of a text column, from what is written and the table's.
Status resolve_column_charset(const ast::ColumnDef& def, const CharsetAndCollation& table,
                              FieldType* type) {
  if (!has_charset(*type)) {
    type->charset = type->collate = kBinaryCharset;
    return ok_status();
  }
  if (const ColumnOption* collate = def.find(ColumnOptionKind::kCollate)) {
    type->collate = collate->text;
  }
  const bool wants_bin = (type->flag & schema::kFlagBinary) != 0 && type->charset != kBinaryCharset;
  type->flag &= ~static_cast<uint32_t>(schema::kFlagBinary);
  if (type->charset.empty() && type->collate.empty()) {
    type->charset = table.charset;
    type->collate = table.collate;
  }
  TBL_ASSIGN(auto resolved, resolve_charset(type->charset, type->collate));
  type->charset = resolved.charset;
  type->collate = wants_bin ? resolved.charset + "_bin" : resolved.collate;
  return ok_status();
}

/// TEXT(n) and BLOB(n): the smallest type that holds n characters.
void choose_blob_size(FieldType* type) {
  if (type->tp != schema::kTypeBlob || type->flen < 0) return;
  const CharsetInfo* charset = find_charset(type->charset);
  const int64_t bytes = type->flen * (charset == nullptr ? 1 : charset->max_length);
  if (bytes <= 255) {
    type->tp = schema::kTypeTinyBlob;
  } else if (bytes > 16777215) {
    type->tp = schema::kTypeLongBlob;
  } else if (bytes > 65535) {
    type->tp = schema::kTypeMediumBlob;
  }
  type->flen = FieldType::kUnspecified;
}

/// FLOAT(p): p only chooses between FLOAT and DOUBLE.
Status choose_float_size(std::string_view name, FieldType* type) {
  if (type->tp != schema::kTypeFloat || type->flen < 0 || type->decimal >= 0) return ok_status();
  if (type->flen > 53) {
    return sql_error(kErrWrongFieldSpec,
                     fmt::format("Incorrect column specifier for column '{}'", name));
  }
  if (type->flen > 24) type->tp = schema::kTypeDouble;
  type->flen = FieldType::kUnspecified;
  return ok_status();
}

Status too_big_precision(int64_t precision, std::string_view name, int64_t max) {
  return sql_error(kErrTooBigPrecision,
                   fmt::format("Too big precision {} specified for column '{}'. Maximum is {}.",
                               precision, name, max));
}

Status too_wide(std::string_view name, int64_t max) {
  return sql_error(kErrTooBigDisplaywidth,
                   fmt::format("Display width out of range for column '{}' (max = {})", name, max));
}

Status check_number(std::string_view name, const FieldType& type) {
  const bool is_decimal = type.tp == schema::kTypeNewDecimal;
  if (is_decimal && type.flen > kMaxDecimalWidth) {
    return too_big_precision(type.flen, name, kMaxDecimalWidth);
  }
  if (type.flen > kMaxDisplayWidth) return too_wide(name, kMaxDisplayWidth);
  if (type.decimal > kMaxScale) {
    return sql_error(kErrTooBigScale,
                     fmt::format("Too big scale {} specified for column '{}'. Maximum is {}.",
                                 type.decimal, name, kMaxScale));
  }
  if (type.decimal >= 0 && type.flen >= 0 && type.flen < type.decimal) {
    return sql_error(
        kErrMBiggerThanD,
        fmt::format("For float(M,D), double(M,D) or decimal(M,D), M must be >= D (column '{}').",
                    name));
  }
  return ok_status();
}

Status check_string(std::string_view name, const FieldType& type) {
  const CharsetInfo* charset = find_charset(type.charset);
  const int64_t bytes = charset == nullptr ? 1 : charset->max_length;
  const int64_t max = type.tp == schema::kTypeString ? kMaxCharLength : kMaxVarcharBytes / bytes;
  if (type.flen <= max) return ok_status();
  return sql_error(
      kErrTooBigFieldlength,
      fmt::format("Column length too big for column '{}' (max = {}); use BLOB or TEXT instead",
                  name, max));
}

Status check_members(std::string_view name, const FieldType& type) {
  const bool is_set = type.tp == schema::kTypeSet;
  if (is_set && type.elems.size() > kMaxSetMembers) {
    return sql_error(kErrTooBigSet, fmt::format("Too many strings for column {} and SET", name));
  }
  for (size_t i = 0; i < type.elems.size(); ++i) {
    const std::string& member = type.elems[i];
    if (is_set && member.find(',') != std::string::npos) {
      return sql_error(kErrIllegalValueForType,
                       fmt::format("Illegal set '{}' value found during parsing", member));
    }
    const auto same = [&](const std::string& other) { return equal_ignoring_case(other, member); };
    if (std::any_of(type.elems.begin(), type.elems.begin() + static_cast<std::ptrdiff_t>(i),
                    same)) {
      return sql_error(kErrDuplicatedValueInType,
                       fmt::format("Column '{}' has duplicated value '{}' in {}", name, member,
                                   is_set ? "SET" : "ENUM"));
    }
  }
  return ok_status();
}

Status check_bit(std::string_view name, const FieldType& type) {
  constexpr int64_t kMaxBits = 64;
  if (type.flen == 0) {
    return sql_error(kErrInvalidFieldSize, fmt::format("Invalid size for column '{}'.", name));
  }
  return type.flen > kMaxBits ? too_wide(name, kMaxBits) : ok_status();
}

Status check_type(std::string_view name, const FieldType& type) {
  constexpr int kMaxFsp = 6;
  switch (type.tp) {
    case schema::kTypeBit:
      return check_bit(name, type);
    case schema::kTypeEnum:
    case schema::kTypeSet:
      return check_members(name, type);
    case schema::kTypeString:
    case schema::kTypeVarchar:
    case schema::kTypeVarString:
      return check_string(name, type);
    case schema::kTypeDatetime:
    case schema::kTypeTimestamp:
    case schema::kTypeDuration:
      return type.decimal > kMaxFsp ? too_big_precision(type.decimal, name, kMaxFsp) : ok_status();
    default:
      return is_numeric_type(type.tp) ? check_number(name, type) : ok_status();
  }
}

Status wrong_specifier(std::string_view name) {
  return sql_error(kErrWrongFieldSpec,
                   fmt::format("Incorrect column specifier for column '{}'", name));
}

Status set_auto_increment(ColumnInfo* column) {
  const uint8_t tp = column->type.tp;
  const bool fits =
      schema::is_integer_type(tp) || tp == schema::kTypeFloat || tp == schema::kTypeDouble;
  if (!fits) return wrong_specifier(column->name.o);
  column->type.flag |= schema::kFlagAutoIncrement;
  return ok_status();
}

Status set_on_update(const ColumnOption& option, ColumnInfo* column) {
  int fsp = 0;
  const bool is_time =
      column->type.tp == schema::kTypeTimestamp || column->type.tp == schema::kTypeDatetime;
  if (!is_time || !option.expr || !is_now_call(*option.expr, &fsp) || fsp != column->type.decimal) {
    return sql_error(kErrInvalidOnUpdate,
                     fmt::format("Invalid ON UPDATE clause for '{}' column", column->name.o));
  }
  column->type.flag |= schema::kFlagOnUpdateNow;
  return ok_status();
}

Status set_comment(const ColumnOption& option, ColumnInfo* column) {
  column->comment = option.text;
  return check_comment(option.text, kMaxColumnComment, fmt::format("field '{}'", column->name.o),
                       kErrTooLongFieldComment);
}

Status apply_option(const ColumnOption& option, BuiltColumn* built) {
  ColumnInfo& column = built->column;
  switch (option.kind) {
    case ColumnOptionKind::kNotNull:
      column.type.flag |= schema::kFlagNotNull;
      return ok_status();
    case ColumnOptionKind::kNull:
      column.type.flag &= ~static_cast<uint32_t>(schema::kFlagNotNull);
      built->null_written = true;
      return ok_status();
    case ColumnOptionKind::kAutoIncrement:
      return set_auto_increment(&column);
    case ColumnOptionKind::kPrimaryKey:
      built->primary = true;
      column.type.flag |= schema::kFlagPrimaryKey | schema::kFlagNotNull;
      return ok_status();
    case ColumnOptionKind::kUniqueKey:
      built->unique = true;
      return ok_status();
    case ColumnOptionKind::kOnUpdate:
      return set_on_update(option, &column);
    case ColumnOptionKind::kComment:
      return set_comment(option, &column);
    case ColumnOptionKind::kGenerated:
      column.generated_expr = ast::restore(*option.expr, {});
      column.generated_stored = option.stored;
      return ok_status();
    case ColumnOptionKind::kAutoRandom:
      return not_supported_yet("AUTO_RANDOM");
    default:
      return ok_status();  // DEFAULT follows; COLLATE is done; the others are read and forgotten
  }
}

Status check_generated_options(const ast::ColumnDef& def) {
  if (def.find(ColumnOptionKind::kGenerated) == nullptr) return ok_status();
  if (def.find(ColumnOptionKind::kDefault)) return wrong_usage("DEFAULT", "generated column");
  if (def.find(ColumnOptionKind::kAutoIncrement)) {
    return wrong_usage("AUTO_INCREMENT", "generated column");
  }
  if (def.find(ColumnOptionKind::kOnUpdate)) return wrong_usage("ON UPDATE", "generated column");
  return ok_status();
}

Status invalid_default(std::string_view name) {
  return sql_error(kErrInvalidDefault, fmt::format("Invalid default value for '{}'", name));
}

/// DEFAULT, once type and flags are known.
Status apply_default(const BuildScope& scope, const ColumnOption& option, BuiltColumn* built) {
  ColumnInfo& column = built->column;
  TBL_TRY(set_default(scope, *option.expr, &column));
  const bool is_null = !column.default_value.has_value();
  if (!is_null && (column.type.flag & schema::kFlagAutoIncrement)) {
    return invalid_default(column.name.o);
  }
  // A TEXT with DEFAULT '' has lost it (a warning told): as if none was written.
  const bool dropped = is_null && schema::is_blob_type(column.type.tp) && column.type.not_null();
  if (is_null && column.type.not_null() && !dropped) return invalid_default(column.name.o);
  built->default_written = !dropped;
  return ok_status();
}

}  // namespace

void set_no_default_flag(ColumnInfo* column, bool has_default) {
  const uint32_t flag = column->type.flag;
  if (has_default || !(flag & schema::kFlagNotNull) || (flag & schema::kFlagAutoIncrement)) return;
  column->type.flag |= schema::kFlagNoDefaultValue;
}

Result<BuiltColumn> build_column(const BuildScope& scope, const ast::ColumnDef& def,
                                 const CharsetAndCollation& charset) {
  TBL_TRY(check_column_name(def.name));
  BuiltColumn built;
  ColumnInfo& column = built.column;
  column.name = schema::CiName::of(def.name);
  column.state = schema::SchemaState::kPublic;
  column.version = kColumnVersion;
  column.type = def.type;
  TBL_TRY(resolve_column_charset(def, charset, &column.type));
  choose_blob_size(&column.type);
  TBL_TRY(choose_float_size(def.name, &column.type));
  TBL_TRY(check_type(def.name, column.type));
  fill_type_defaults(column.type);
  TBL_TRY(check_type(def.name, column.type));
  TBL_TRY(check_generated_options(def));
  for (const ColumnOption& option : def.options) TBL_TRY(apply_option(option, &built));
  if (built.primary && built.null_written) {
    return sql_error(kErrPrimaryCantHaveNull,
                     "All parts of a PRIMARY KEY must be NOT NULL; if you need NULL in a key, use "
                     "UNIQUE instead");
  }
  if (const ColumnOption* value = def.find(ColumnOptionKind::kDefault)) {
    TBL_TRY(apply_default(scope, *value, &built));
  }
  set_no_default_flag(&column, built.default_written || column.is_generated());
  return built;
}

}  // namespace tbl::tidb
