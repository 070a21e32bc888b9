#include "tidb/memtable/column_facts.h"

#include "tidb/types/convert.h"
#include "tidb/types/field_type.h"

namespace tbl::tidb {
namespace {

using schema::ColumnInfo;
using schema::TableInfo;

std::optional<std::string> default_of(const ColumnInfo& column, const codec::TimeZone& zone) {
  if (column.default_bit) {
    std::string out = "b'";
    bool any = false;
    for (const char byte : *column.default_bit) {
      for (int bit = 7; bit >= 0; --bit) {
        const bool set = static_cast<unsigned char>(byte) >> bit & 1;
        any |= set;
        if (any) out.push_back(set ? '1' : '0');
      }
    }
    if (!any) out.push_back('0');
    return out + "'";
  }
  if (!column.default_value) return std::nullopt;
  const std::string& text = *column.default_value;
  const bool is_time = is_temporal_type(column.type.tp);
  if (is_time && text == "CURRENT_TIMESTAMP") {
    if (column.type.decimal <= 0) return text;
    return text + "(" + std::to_string(column.type.decimal) + ")";
  }
  if (column.type.tp != schema::kTypeTimestamp) return text;
  ConvertContext context;
  context.time_zone = &zone;
  const auto value = value_from_default(text, column.type, column.version >= 1, context);
  return value.ok() && !value->is_null() ? value_to_text(*value, column.type) : text;
}

std::string extra_of(const ColumnInfo& column) {
  if (column.type.flag & schema::kFlagAutoIncrement) return "auto_increment";
  if (column.is_generated()) {
    return column.generated_stored ? "STORED GENERATED" : "VIRTUAL GENERATED";
  }
  if (column.type.flag & schema::kFlagOnUpdateNow) {
    const std::string now = "on update CURRENT_TIMESTAMP";
    if (column.type.decimal <= 0) return now;
    return now + "(" + std::to_string(column.type.decimal) + ")";
  }
  return {};
}

std::string key_of(const TableInfo& table, const ColumnInfo& column) {
  std::string key;
  for (const KeyPart& part : key_parts(table)) {
    if (part.column != column.name.o) continue;
    if (part.primary) return "PRI";
    if (part.sequence != 1) continue;
    const bool alone = [&] {
      size_t parts = 0;
      for (const KeyPart& other : key_parts(table)) parts += other.key_name == part.key_name;
      return parts == 1;
    }();
    if (part.unique && alone) {
      key = "UNI";
    } else if (key.empty()) {
      key = "MUL";
    }
  }
  return key;
}

std::string index_type_name(int64_t type) {
  if (type == 2) return "HASH";
  if (type == 3) return "RTREE";
  return "BTREE";
}

void add_index(const TableInfo& table, const schema::IndexInfo& index, std::vector<KeyPart>* out) {
  for (size_t i = 0; i < index.columns.size(); ++i) {
    const schema::IndexColumn& column = index.columns[i];
    KeyPart part;
    part.key_name = index.primary ? "PRIMARY" : index.name.o;
    part.unique = index.unique;
    part.primary = index.primary;
    part.sequence = i + 1;
    part.column = column.name.o;
    const auto offset = static_cast<size_t>(column.offset);
    part.nullable = offset < table.columns.size() && !table.columns[offset].type.not_null();
    if (column.length != schema::IndexColumn::kWhole) part.prefix = column.length;
    part.comment = index.comment;
    part.index_type = index_type_name(index.index_type);
    out->push_back(std::move(part));
  }
}

}  // namespace

ColumnFacts column_facts(const TableInfo& table, const ColumnInfo& column,
                         const codec::TimeZone& zone) {
  ColumnFacts facts;
  facts.type = type_text(column.type);
  facts.nullable = !column.type.not_null();
  facts.key = key_of(table, column);
  facts.standard = default_of(column, zone);
  facts.extra = extra_of(column);
  const bool text = is_text_type(column.type) || column.type.tp == schema::kTypeEnum ||
                    column.type.tp == schema::kTypeSet;
  if (text && !column.type.charset.empty() && !column.type.has_binary_charset()) {
    facts.charset = column.type.charset;
    facts.collation = column.type.collate;
  }
  return facts;
}

std::vector<KeyPart> key_parts(const TableInfo& table) {
  std::vector<KeyPart> out;
  if (table.pk_is_handle) {
    for (const uint32_t position : table.handle_columns) {
      KeyPart part;
      part.key_name = "PRIMARY";
      part.unique = true;
      part.primary = true;
      part.column = table.columns[position].name.o;
      out.push_back(std::move(part));
    }
  }
  for (const schema::IndexInfo& index : table.indexes) {
    if (index.is_public() && index.primary) add_index(table, index, &out);
  }
  for (const schema::IndexInfo& index : table.indexes) {
    if (index.is_public() && !index.primary) add_index(table, index, &out);
  }
  return out;
}

std::string table_type(const TableInfo& table, bool is_virtual) {
  if (is_virtual) return "SYSTEM VIEW";
  if (table.view) return "VIEW";
  if (table.sequence) return "SEQUENCE";
  return "BASE TABLE";
}

}  // namespace tbl::tidb
