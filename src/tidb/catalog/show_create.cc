#include "tidb/catalog/show_create.h"

#include <fmt/format.h>

#include <algorithm>

#include "tidb/types/collation.h"
#include "tidb/types/convert.h"
#include "tidb/types/field_type.h"

namespace tbl::tidb {

namespace {

using schema::ColumnInfo;
using schema::TableInfo;

constexpr std::string_view kNow = "CURRENT_TIMESTAMP";

/// A string literal as SHOW CREATE TABLE writes it.
std::string quote_text(std::string_view text) {
  std::string out = "'";
  for (char c : text) {
    if (c == '\0') {
      out += "\\0";
    } else {
      if (c == '\'' || c == '\\') out += c;
      out += c;
    }
  }
  return out + "'";
}

std::string bit_literal(std::string_view bytes) {
  std::string digits;
  for (char c : bytes) digits += fmt::format("{:08b}", static_cast<unsigned char>(c));
  const size_t first_one = digits.find('1');
  return "b'" + (first_one == std::string::npos ? "0" : digits.substr(first_one)) + "'";
}

std::string now_text(const ColumnInfo& column) {
  return column.type.decimal > 0 ? fmt::format("{}({})", kNow, column.type.decimal)
                                 : std::string(kNow);
}

/// The stored UTC text of a TIMESTAMP default on the session's clock.
std::string local_timestamp(const std::string& stored, const ColumnInfo& column,
                            const codec::TimeZone* zone) {
  ConvertContext ctx;
  ctx.time_zone = zone;
  auto value = value_from_default(stored, column.type, column.version >= 1, ctx);
  return value.ok() && !value->is_null() ? value_to_text(*value, column.type) : stored;
}

std::string default_clause(const ColumnInfo& column, const ShowCreateOptions& options) {
  if (column.default_bit) return " DEFAULT " + bit_literal(*column.default_bit);
  if (!column.default_value) {
    if (column.type.not_null()) return "";
    return column.type.tp == schema::kTypeTimestamp ? " NULL DEFAULT NULL" : " DEFAULT NULL";
  }
  const std::string& text = *column.default_value;
  if (ascii_upper(text) == kNow) return " DEFAULT " + now_text(column);
  if (column.type.tp == schema::kTypeBit) return " DEFAULT " + bit_literal(text);
  if (column.type.tp == schema::kTypeTimestamp) {
    return " DEFAULT " + quote_text(local_timestamp(text, column, options.zone));
  }
  return " DEFAULT " + quote_text(text);
}

std::string charset_clause(const ColumnInfo& column, const TableInfo& table) {
  const schema::FieldType& type = column.type;
  if (type.charset.empty() || type.has_binary_charset()) return "";
  if (type.charset == table.charset && type.collate == table.collate) return "";
  return fmt::format(" CHARACTER SET {} COLLATE {}", type.charset, type.collate);
}

std::string column_line(const ColumnInfo& column, const TableInfo& table,
                        const ShowCreateOptions& options) {
  const char quote = options.ansi_quotes ? '"' : '`';
  std::string line = quote_name(column.name.o, quote) + " " + type_text(column.type);
  line += charset_clause(column, table);
  if (column.is_generated()) {
    line += fmt::format(" GENERATED ALWAYS AS ({}) {}", column.generated_expr,
                        column.generated_stored ? "STORED" : "VIRTUAL");
  }
  if (column.type.flag & schema::kFlagAutoIncrement) {
    line += " NOT NULL AUTO_INCREMENT";
  } else {
    if (column.type.not_null()) line += " NOT NULL";
    const bool no_default = (column.type.flag & schema::kFlagNoDefaultValue) != 0;
    if (!no_default && !column.is_generated()) line += default_clause(column, options);
    if (column.type.flag & schema::kFlagOnUpdateNow) line += " ON UPDATE " + now_text(column);
  }
  if (!column.comment.empty()) line += " COMMENT " + quote_text(column.comment);
  return line;
}

std::string key_parts(const schema::IndexInfo& index, char quote) {
  std::string list;
  for (const auto& part : index.columns) {
    if (!list.empty()) list += ",";
    list += quote_name(part.name.o, quote);
    if (part.length != schema::IndexColumn::kWhole) list += fmt::format("({})", part.length);
  }
  return "(" + list + ")";
}

std::string index_line(const schema::IndexInfo& index, char quote) {
  std::string line = "PRIMARY KEY ";
  if (!index.primary) {
    line =
        fmt::format("{} {} ", index.unique ? "UNIQUE KEY" : "KEY", quote_name(index.name.o, quote));
  }
  line += key_parts(index, quote);
  if (!index.comment.empty()) line += " COMMENT " + quote_text(index.comment);
  return line;
}

std::string name_list(const std::vector<schema::CiName>& names, char quote) {
  std::string list;
  for (const auto& name : names) {
    if (!list.empty()) list += ",";
    list += quote_name(name.o, quote);
  }
  return "(" + list + ")";
}

std::string_view action_text(int64_t action) {
  constexpr std::string_view kTexts[] = {"",         "RESTRICT",  "CASCADE",
                                         "SET NULL", "NO ACTION", "SET DEFAULT"};
  return action > 0 && action < 6 ? kTexts[action] : "";
}

std::string foreign_key_line(const schema::ForeignKeyInfo& key, char quote) {
  std::string line =
      fmt::format("CONSTRAINT {} FOREIGN KEY {} REFERENCES {} {}", quote_name(key.name.o, quote),
                  name_list(key.columns, quote), quote_name(key.ref_table.o, quote),
                  name_list(key.ref_columns, quote));
  if (!action_text(key.on_delete).empty()) {
    line += fmt::format(" ON DELETE {}", action_text(key.on_delete));
  }
  if (!action_text(key.on_update).empty()) {
    line += fmt::format(" ON UPDATE {}", action_text(key.on_update));
  }
  return line;
}

std::vector<std::string> element_lines(const TableInfo& table, const ShowCreateOptions& options) {
  const char quote = options.ansi_quotes ? '"' : '`';
  std::vector<std::string> lines;
  for (uint32_t position : table.public_columns) {
    const ColumnInfo& column = table.columns[position];
    if (!column.hidden) lines.push_back(column_line(column, table, options));
  }
  if (table.pk_is_handle) {
    const ColumnInfo& column = table.columns[table.handle_columns.at(0)];
    lines.push_back("PRIMARY KEY (" + quote_name(column.name.o, quote) + ")");
  }
  for (const auto& index : table.indexes) {
    if (index.is_public()) lines.push_back(index_line(index, quote));
  }
  for (const auto& key : table.foreign_keys) {
    if (key.state == schema::SchemaState::kPublic) lines.push_back(foreign_key_line(key, quote));
  }
  return lines;
}

std::string option_text(const TableInfo& table, const ShowCreateOptions& options) {
  const std::string charset = table.charset.empty() ? std::string(kDefaultCharset) : table.charset;
  std::string text = ") ENGINE=InnoDB DEFAULT CHARSET=" + charset;
  if (!table.collate.empty() && table.collate != "binary") text += " COLLATE=" + table.collate;
  const bool has_auto_id = std::ranges::any_of(table.columns, [](const ColumnInfo& column) {
    return column.is_public() && (column.type.flag & schema::kFlagAutoIncrement) != 0;
  });
  if (has_auto_id && options.next_auto_id > 1) {
    text += fmt::format(" AUTO_INCREMENT={}", options.next_auto_id);
  }
  if (table.shard_row_id_bits > 0) {
    text += fmt::format("/*!90000 SHARD_ROW_ID_BITS={} ", table.shard_row_id_bits);
    if (table.pre_split_regions > 0) {
      text += fmt::format("PRE_SPLIT_REGIONS={} ", table.pre_split_regions);
    }
    text += "*/";
  }
  if (!table.comment.empty()) text += " COMMENT=" + quote_text(table.comment);
  return text;
}

std::string joined(const std::vector<std::string>& items) {
  return fmt::format("{}", fmt::join(items, ","));
}

std::string definition_lines(const schema::PartitionInfo& partition) {
  std::string text;
  for (const auto& definition : partition.definitions) {
    text += text.empty() ? "\n" : ",\n";
    text += fmt::format("  PARTITION {}", quote_name(definition.name.o));
    if (!definition.less_than.empty()) {
      text += fmt::format(" VALUES LESS THAN ({})", joined(definition.less_than));
    } else if (!definition.in_values.empty()) {
      std::vector<std::string> values;
      for (const auto& value : definition.in_values) {
        values.push_back(value.size() == 1 ? value[0] : "(" + joined(value) + ")");
      }
      text += fmt::format(" VALUES IN ({})", joined(values));
    }
    if (!definition.comment.empty()) text += " COMMENT = " + quote_text(definition.comment);
  }
  return " (" + text + "\n)";
}

std::string partition_text(const schema::PartitionInfo& partition) {
  constexpr int64_t kRange = 1;
  constexpr int64_t kHash = 2;
  if (partition.type == kHash) {
    return fmt::format("\nPARTITION BY HASH( {} )\nPARTITIONS {}", partition.expr,
                       partition.definitions.size());
  }
  const std::string_view kind = partition.type == kRange ? "RANGE" : "LIST";
  std::string text;
  if (partition.columns.empty()) {
    text = fmt::format("\nPARTITION BY {} ( {} )", kind, partition.expr);
  } else {
    std::vector<std::string> names;
    for (const auto& column : partition.columns) names.push_back(quote_name(column.o));
    text = fmt::format("\nPARTITION BY {} COLUMNS({})", kind, joined(names));
  }
  return text + definition_lines(partition);
}

}  // namespace

std::string quote_name(std::string_view name, char quote) {
  std::string out(1, quote);
  for (char c : name) {
    if (c == quote) out += c;
    out += c;
  }
  return out + quote;
}

std::string show_create_table(const TableInfo& table, const ShowCreateOptions& options) {
  const char quote = options.ansi_quotes ? '"' : '`';
  std::string text = "CREATE TABLE " + quote_name(table.name.o, quote) + " (\n";
  const std::vector<std::string> lines = element_lines(table, options);
  for (size_t i = 0; i < lines.size(); ++i) {
    text += "  " + lines[i] + (i + 1 < lines.size() ? ",\n" : "\n");
  }
  text += option_text(table, options);
  if (table.is_partitioned()) text += partition_text(*table.partition);
  return text;
}

std::string show_create_view(const TableInfo& view) {
  constexpr std::string_view kAlgorithms[] = {"UNDEFINED", "MERGE", "TEMPTABLE"};
  const schema::ViewInfo& info = *view.view;
  const auto algorithm = static_cast<size_t>(info.algorithm);
  std::string columns;
  for (uint32_t position : view.public_columns) {
    if (!columns.empty()) columns += ", ";
    columns += quote_name(view.columns[position].name.o);
  }
  return fmt::format("CREATE ALGORITHM={} DEFINER={}@{} SQL SECURITY {} VIEW {} ({}) AS {}",
                     algorithm < 3 ? kAlgorithms[algorithm] : kAlgorithms[0],
                     quote_name(info.definer_user), quote_name(info.definer_host),
                     info.security == 1 ? "INVOKER" : "DEFINER", quote_name(view.name.o), columns,
                     info.select);
}

std::string show_create_database(const schema::DbInfo& db, bool if_not_exists) {
  std::string text = "CREATE DATABASE ";
  if (if_not_exists) text += "/*!32312 IF NOT EXISTS*/ ";
  text += quote_name(db.name.o);
  if (db.charset.empty()) return text;
  text += fmt::format(" /*!40100 DEFAULT CHARACTER SET {} ", db.charset);
  const CharsetInfo* charset = find_charset(db.charset);
  const bool is_default = charset != nullptr && charset->default_collation == db.collate;
  if (!db.collate.empty() && !is_default) text += fmt::format("COLLATE {} ", db.collate);
  return text + "*/";
}

}  // namespace tbl::tidb
