#include "drainer/decode/table.h"

#include "drainer/decode/column_default.h"

namespace tbl::decode {

namespace {

std::string quoted(std::string_view name) {
  std::string out = "`";
  for (char c : name) {
    if (c == '`') out += '`';
    out += c;
  }
  return out + "`";
}

/// The kind in which a column's values are handed on.
codec::DatumKind kind_of(const schema::FieldType& type) {
  if (schema::is_integer_type(type.tp))
    return type.is_unsigned() ? codec::DatumKind::kUint : codec::DatumKind::kInt;
  if (schema::is_string_type(type.tp)) return codec::DatumKind::kBytes;
  switch (type.tp) {
    case schema::kTypeYear:
    case schema::kTypeDuration:
      return codec::DatumKind::kInt;
    case schema::kTypeFloat:
    case schema::kTypeDouble:
      return codec::DatumKind::kFloat;
    case schema::kTypeNewDecimal:
      return codec::DatumKind::kDecimal;
    case schema::kTypeJson:
      return codec::DatumKind::kJson;
    case schema::kTypeDate:
    case schema::kTypeNewDate:
    case schema::kTypeDatetime:
    case schema::kTypeTimestamp:
    case schema::kTypeEnum:
    case schema::kTypeSet:
    case schema::kTypeBit:
      return codec::DatumKind::kUint;
    default:
      return codec::DatumKind::kAbsent;
  }
}

}  // namespace

std::shared_ptr<const Table> Table::make(std::string schema_name, schema::TableInfoPtr info,
                                         const schema::TableInfo* written,
                                         const codec::TimeZone& zone) {
  std::shared_ptr<Table> table(new Table);
  table->quoted_name_ = quoted(schema_name) + "." + quoted(info->name.o);
  table->schema_name_ = std::move(schema_name);
  table->info_ = std::move(info);
  for (const schema::ColumnInfo& column : table->info_->columns) {
    const schema::ColumnInfo* then =
        written != nullptr ? written->column_by_id(column.id) : nullptr;
    codec::Datum& value = table->defaults_.emplace_back();
    table->slots_.push_back({column.id, kind_of(column.type), column.is_public()});
    if (!column.is_public()) continue;
    if (column.is_generated()) {
      // A stored one is written like any other column: what is left out is NULL.
      if (column.generated_stored && !column.type.not_null()) value = codec::Datum::null();
      continue;
    }
    if (!column_default(then != nullptr ? *then : column, zone, table->arena_, &value))
      value = codec::Datum();
  }
  return table;
}

}  // namespace tbl::decode
