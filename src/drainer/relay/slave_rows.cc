#include "drainer/relay/slave_rows.h"

#include "drainer/decode/render.h"
#include "schema/mysql_type.h"

namespace tbl::relay {
namespace {

using codec::Datum;
using codec::DatumKind;
using schema::ColumnInfo;

/// A blob type's name, or that of the text type with the same number.
const char* blob_name(const schema::FieldType& type) {
  const bool binary = type.has_binary_charset();
  switch (type.tp) {
    case schema::kTypeTinyBlob:
      return binary ? "tinyblob" : "tinytext";
    case schema::kTypeMediumBlob:
      return binary ? "mediumblob" : "mediumtext";
    case schema::kTypeLongBlob:
      return binary ? "longblob" : "longtext";
    default:
      return binary ? "blob" : "text";
  }
}

const char* string_name(const schema::FieldType& type) {
  const bool binary = type.has_binary_charset();
  if (schema::is_blob_type(type.tp)) return blob_name(type);
  if (type.tp == schema::kTypeString) return binary ? "binary" : "char";
  if (type.tp == schema::kTypeVarchar) return binary ? "varbinary" : "varchar";
  return binary ? "var_binary" : "var_string";
}

const char* type_name(const schema::FieldType& type) {
  if (schema::is_string_type(type.tp)) return string_name(type);
  switch (type.tp) {
    case schema::kTypeTiny:
      return "tinyint";
    case schema::kTypeShort:
      return "smallint";
    case schema::kTypeInt24:
      return "mediumint";
    case schema::kTypeLong:
      return "int";
    case schema::kTypeLongLong:
      return "bigint";
    case schema::kTypeFloat:
      return "float";
    case schema::kTypeDouble:
      return "double";
    case schema::kTypeNewDecimal:
      return "decimal";
    case schema::kTypeNull:
      return "null";
    case schema::kTypeTimestamp:
      return "timestamp";
    case schema::kTypeDatetime:
      return "datetime";
    case schema::kTypeDate:
    case schema::kTypeNewDate:
      return "date";
    case schema::kTypeDuration:
      return "time";
    case schema::kTypeYear:
      return "year";
    case schema::kTypeBit:
      return "bit";
    case schema::kTypeJson:
      return "json";
    case schema::kTypeEnum:
      return "enum";
    case schema::kTypeSet:
      return "set";
    case schema::kTypeGeometry:
      return "geometry";
    default:
      return "unspecified";
  }
}

bool fill_value(const Datum& value, const schema::FieldType& type, const codec::TimeZone& zone,
                slave::binlog::Column* out) {
  if (value.is_null() || value.is_absent()) {
    out->set_is_null(true);
    return true;
  }
  if (type.tp == schema::kTypeBit) {
    decode::append_bit_bytes(*out->mutable_bytes_value(), value.as_uint(), type);
    return true;
  }
  if (schema::is_string_type(type.tp) && value.kind() == DatumKind::kBytes) {
    const Bytes bytes = value.as_bytes();
    std::string* text =
        type.is_byte_string() ? out->mutable_bytes_value() : out->mutable_string_value();
    text->assign(bytes.data(), bytes.size());
    return true;
  }
  const bool is_number = type.tp != schema::kTypeYear && type.tp != schema::kTypeDuration;
  switch (value.kind()) {
    case DatumKind::kInt:
      if (!is_number) break;
      out->set_int64_value(value.as_int());
      return true;
    case DatumKind::kUint:
      if (!schema::is_integer_type(type.tp) && type.tp != schema::kTypeEnum &&
          type.tp != schema::kTypeSet) {
        break;
      }
      out->set_uint64_value(value.as_uint());
      return true;
    case DatumKind::kFloat:
      out->set_double_value(value.as_float());
      return true;
    case DatumKind::kJson:
      return decode::append_text(*out->mutable_bytes_value(), value, type, zone);
    default:
      break;
  }
  return decode::append_text(*out->mutable_string_value(), value, type, zone);
}

Status fill_row(const decode::Table& table, decode::RowValues values, const codec::TimeZone& zone,
                slave::binlog::Row* out) {
  for (size_t i = 0; i < values.size(); ++i) {
    const ColumnInfo& column = table.info().columns.at(i);
    if (fill_value(values[i], column.type, zone, out->add_columns())) continue;
    return data_loss(table.quoted_name() + ": damaged value of column " + column.name.o);
  }
  return ok_status();
}

}  // namespace

void fill_table(const decode::Table& table, slave::binlog::Table* out) {
  const schema::TableInfo& info = table.info();
  out->set_schema_name(table.schema_name());
  out->set_table_name(table.name());
  const ColumnInfo* primary = nullptr;
  for (const auto& column : info.columns) {
    const bool is_primary = (column.type.flag & schema::kFlagPrimaryKey) != 0;
    if (is_primary && primary == nullptr) primary = &column;
    auto* described = out->add_column_info();
    described->set_name(column.name.o);
    described->set_mysql_type(type_name(column.type));
    described->set_is_primary_key(is_primary);
    described->set_flen(static_cast<int32_t>(column.type.flen));
    described->set_decimal(column.type.decimal);
  }
  if (info.pk_is_handle && primary != nullptr) {
    auto* key = out->add_unique_keys();
    key->set_name("PRIMARY");
    key->add_column_names(primary->name.o);
  }
  for (const auto& index : info.indexes) {
    if (!index.unique && !index.primary) continue;
    if (info.pk_is_handle && index.primary) continue;
    auto* key = out->add_unique_keys();
    key->set_name(index.name.o);
    for (const auto& column : index.columns) key->add_column_names(column.name.o);
  }
}

Status fill_mutation(const decode::RowChange& row, const codec::TimeZone& zone,
                     slave::binlog::TableMutation* out) {
  switch (row.kind) {
    case decode::RowKind::kInsert:
      out->set_type(slave::binlog::Insert);
      return fill_row(*row.table, row.new_values, zone, out->mutable_row());
    case decode::RowKind::kUpdate:
      out->set_type(slave::binlog::Update);
      TBL_TRY(fill_row(*row.table, row.new_values, zone, out->mutable_row()));
      return fill_row(*row.table, row.old_values, zone, out->mutable_change_row());
    case decode::RowKind::kDelete:
      break;
  }
  out->set_type(slave::binlog::Delete);
  return fill_row(*row.table, row.old_values, zone, out->mutable_row());
}

}  // namespace tbl::relay
