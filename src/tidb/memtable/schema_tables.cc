// information_schema: SCHEMATA, TABLES, COLUMNS, VIEWS, PARTITIONS.
#include <array>

#include "tidb/memtable/column_facts.h"
#include "tidb/memtable/table_definition.h"
#include "tidb/table/auto_id.h"
#include "tidb/types/collation.h"
#include "tidb/types/field_type.h"

namespace tbl::tidb {
namespace {

using schema::ColumnInfo;
using schema::TableInfo;

constexpr std::string_view kCatalog = "def";
constexpr int kShardShift = 18;

/// Every table the account sees, stored or virtual.
struct SeenTable {
  std::string db;
  schema::TableInfoPtr table;
  bool is_virtual = false;
  int64_t db_id = 0;
};
std::vector<SeenTable> seen_tables(RowContext& c) {
  std::vector<SeenTable> out;
  for (const std::string& db : virtual_database_names()) {
    for (const auto& table : virtual_tables_of(ascii_lower(db))) {
      out.push_back({db, table, true, 0});
    }
  }
  for (const Database* db : c.schema().databases()) {
    for (const auto& [name, table] : db->tables) {
      if (!c.sees_table(db->info->name.l, name)) continue;
      out.push_back({db->info->name.o, table, false, db->info->id});
    }
  }
  return out;
}

std::string or_default(const std::string& text, std::string_view standard) {
  return text.empty() ? std::string(standard) : text;
}

Rows schemata(RowContext& c) {
  std::vector<Row> rows;
  const auto add = [&](std::string_view name, std::string_view charset, std::string_view collate) {
    rows.push_back({text_value(kCatalog), text_value(name), text_value(charset),
                    text_value(collate), Value::null()});
  };
  for (const std::string& db : virtual_database_names()) {
    add(db, kDefaultCharset, kDefaultCollation);
  }
  for (const Database* db : c.schema().databases()) {
    if (!c.sees_database(db->info->name.l)) continue;
    add(db->info->name.o, or_default(db->info->charset, kDefaultCharset),
        or_default(db->info->collate, kDefaultCollation));
  }
  return rows;
}

Value next_id(RowContext& c, const SeenTable& seen) {
  if (c.sources.auto_ids == nullptr || seen.is_virtual) return Value::null();
  for (const ColumnInfo& column : seen.table->columns) {
    if (!(column.type.flag & schema::kFlagAutoIncrement)) continue;
    const auto next = c.sources.auto_ids->of(seen.db_id, *seen.table)->next();
    return next.ok() ? int_value(*next) : Value::null();
  }
  return Value::null();
}

/// When the table was last changed, from its update ts.
Value update_time(RowContext& c, const TableInfo& table) {
  if (table.update_ts == 0) return Value::null();
  const auto ms = static_cast<int64_t>(table.update_ts >> kShardShift);
  TimeValue time;
  time.fields = c.exec.eval.convert.zone().from_utc(codec::time_from_unix(ms / 1000, 0));
  return Value::of_time(time);
}

Rows tables(RowContext& c) {
  std::vector<Row> rows;
  for (const SeenTable& seen : seen_tables(c)) {
    const TableInfo& table = *seen.table;
    Row row = {text_value(kCatalog), text_value(seen.db), text_value(table.name.o),
               text_value(table_type(table, seen.is_virtual))};
    row.resize(24);
    if (table.view) {
      row[20] = text_value("VIEW");
    } else {
      row[4] = text_value("InnoDB");
      row[5] = int_value(10);
      row[6] = text_value("Compact");
      for (size_t i = 7; i <= 12; ++i) row[i] = int_value(0);
      row[13] = next_id(c, seen);
      row[14] = update_time(c, table);
      row[17] = text_value(or_default(table.collate, kDefaultCollation));
      row[19] = text_value(table.is_partitioned() ? "partitioned" : "");
      row[20] = text_value(table.comment);
    }
    row[21] = int_value(table.id);
    row[22] = text_value("NOT_SHARDED");
    row[23] = text_value(table.pk_is_handle ? "CLUSTERED" : "NON-CLUSTERED");
    rows.push_back(std::move(row));
  }
  return rows;
}

struct Sizes {
  Value characters;
  Value bytes;
  Value precision;
  Value scale;
  Value fsp;
};

/// Digits: of integers what the type can hold, whatever display width was declared.
int64_t precision_of(const schema::FieldType& type) {
  const bool is_unsigned = (type.flag & schema::kFlagUnsigned) != 0;
  switch (type.tp) {
    case schema::kTypeTiny:
      return 3;
    case schema::kTypeShort:
      return 5;
    case schema::kTypeInt24:
      return 7;
    case schema::kTypeLong:
      return 10;
    case schema::kTypeLongLong:
      return is_unsigned ? 20 : 19;
    default:
      return type.flen;
  }
}

Sizes sizes_of(const schema::FieldType& type) {
  Sizes sizes;
  const auto number = [](int64_t v) { return v >= 0 ? int_value(v) : Value::null(); };
  if (schema::is_string_type(type.tp) || type.tp == schema::kTypeEnum ||
      type.tp == schema::kTypeSet) {
    const CharsetInfo* charset = find_charset(type.charset);
    sizes.characters = number(type.flen);
    const int width = charset != nullptr ? charset->max_length : 1;
    sizes.bytes = number(schema::is_blob_type(type.tp) ? type.flen : type.flen * width);
  } else if (is_temporal_type(type.tp) || type.tp == schema::kTypeDuration) {
    if (type.tp != schema::kTypeDate) sizes.fsp = int_value(std::max(type.decimal, 0));
  } else if (is_numeric_type(type.tp) || type.tp == schema::kTypeBit) {
    sizes.precision = number(precision_of(type));
    const bool floating = type.tp == schema::kTypeFloat || type.tp == schema::kTypeDouble;
    if (type.tp != schema::kTypeBit) {
      sizes.scale = floating ? number(type.decimal) : int_value(std::max(type.decimal, 0));
    }
  }
  return sizes;
}

Rows columns(RowContext& c) {
  std::vector<Row> rows;
  for (const SeenTable& seen : seen_tables(c)) {
    int64_t position = 0;
    for (const ColumnInfo& column : seen.table->columns) {
      if (!column.is_public() || column.hidden) continue;
      ++position;
      if (!seen.is_virtual && !c.sees_column(seen.db, seen.table->name.l, column.name.l)) continue;
      const ColumnFacts facts = column_facts(*seen.table, column, c.exec.eval.convert.zone());
      const Sizes sizes = sizes_of(column.type);
      const auto maybe = [](const std::optional<std::string>& s) {
        return s ? text_value(*s) : Value::null();
      };
      rows.push_back({text_value(kCatalog),
                      text_value(seen.db),
                      text_value(seen.table->name.o),
                      text_value(column.name.o),
                      int_value(position),
                      maybe(facts.standard),
                      text_value(facts.nullable ? "YES" : "NO"),
                      text_value(type_name(column.type)),
                      sizes.characters,
                      sizes.bytes,
                      sizes.precision,
                      sizes.scale,
                      sizes.fsp,
                      maybe(facts.charset),
                      maybe(facts.collation),
                      text_value(facts.type),
                      text_value(facts.key),
                      text_value(facts.extra),
                      text_value("select,insert,update,references"),
                      text_value(column.comment),
                      text_value(column.generated_expr)});
    }
  }
  return rows;
}

Rows views(RowContext& c) {
  std::vector<Row> rows;
  for (const SeenTable& seen : seen_tables(c)) {
    if (!seen.table->view) continue;
    const schema::ViewInfo& view = *seen.table->view;
    rows.push_back({text_value(kCatalog), text_value(seen.db), text_value(seen.table->name.o),
                    text_value(view.select),
                    text_value(view.check_option == 0 ? "LOCAL" : "CASCADED"), text_value("NO"),
                    text_value(view.definer_user + "@" + view.definer_host),
                    text_value(view.security == 0 ? "DEFINER" : "INVOKER"), text_value("utf8mb4"),
                    text_value("utf8mb4_bin")});
  }
  return rows;
}

std::string_view partition_method(int64_t type) {
  static constexpr std::string_view kNames[] = {"", "RANGE", "HASH", "LIST", "KEY"};
  return type >= 0 && type < 5 ? kNames[type] : "";
}

Rows partitions(RowContext& c) {
  std::vector<Row> rows;
  for (const SeenTable& seen : seen_tables(c)) {
    const TableInfo& table = *seen.table;
    if (table.view) continue;
    Row row = {text_value(kCatalog), text_value(seen.db), text_value(table.name.o)};
    row.resize(25);
    for (size_t i = 12; i <= 17; ++i) row[i] = int_value(0);
    if (!table.is_partitioned()) {
      rows.push_back(std::move(row));
      continue;
    }
    int64_t position = 0;
    for (const schema::PartitionDefinition& part : table.partition->definitions) {
      Row one = row;
      one[3] = text_value(part.name.o);
      one[5] = int_value(++position);
      one[7] = text_value(partition_method(table.partition->type));
      one[9] = text_value(table.partition->expr);
      std::string description;
      for (const std::string& bound : part.less_than) {
        description += (description.empty() ? "" : ",") + bound;
      }
      one[11] = description.empty() ? Value::null() : text_value(description);
      one[22] = text_value(part.comment);
      rows.push_back(std::move(one));
    }
  }
  return rows;
}

constexpr auto kTables = std::to_array<TableDefinition>({
    {"INFORMATION_SCHEMA", "SCHEMATA",
     "CATALOG_NAME v512,SCHEMA_NAME v64,DEFAULT_CHARACTER_SET_NAME v64,DEFAULT_COLLATION_NAME "
     "v32,SQL_PATH v512",
     schemata},
    {"INFORMATION_SCHEMA", "TABLES",
     "TABLE_CATALOG v512,TABLE_SCHEMA v64,TABLE_NAME v64,TABLE_TYPE v64,ENGINE v64,VERSION "
     "b,ROW_FORMAT v10,TABLE_ROWS b,AVG_ROW_LENGTH b,DATA_LENGTH b,MAX_DATA_LENGTH b,INDEX_LENGTH "
     "b,DATA_FREE b,AUTO_INCREMENT b,CREATE_TIME d,UPDATE_TIME d,CHECK_TIME d,TABLE_COLLATION "
     "v32,CHECKSUM b,CREATE_OPTIONS v255,TABLE_COMMENT v2048,TIDB_TABLE_ID "
     "b,TIDB_ROW_ID_SHARDING_INFO v255,TIDB_PK_TYPE v64",
     tables},
    {"INFORMATION_SCHEMA", "COLUMNS",
     "TABLE_CATALOG v512,TABLE_SCHEMA v64,TABLE_NAME v64,COLUMN_NAME v64,ORDINAL_POSITION "
     "b,COLUMN_DEFAULT t,IS_NULLABLE v3,DATA_TYPE v64,CHARACTER_MAXIMUM_LENGTH "
     "b,CHARACTER_OCTET_LENGTH b,NUMERIC_PRECISION b,NUMERIC_SCALE b,DATETIME_PRECISION "
     "b,CHARACTER_SET_NAME v32,COLLATION_NAME v32,COLUMN_TYPE t,COLUMN_KEY v3,EXTRA v30,PRIVILEGES "
     "v80,COLUMN_COMMENT v1024,GENERATION_EXPRESSION t",
     columns},
    {"INFORMATION_SCHEMA", "VIEWS",
     "TABLE_CATALOG v512,TABLE_SCHEMA v64,TABLE_NAME v64,VIEW_DEFINITION t,CHECK_OPTION "
     "v8,IS_UPDATABLE v3,DEFINER v77,SECURITY_TYPE v7,CHARACTER_SET_CLIENT "
     "v32,COLLATION_CONNECTION v32",
     views},
    {"INFORMATION_SCHEMA", "PARTITIONS",
     "TABLE_CATALOG v512,TABLE_SCHEMA v64,TABLE_NAME v64,PARTITION_NAME v64,SUBPARTITION_NAME "
     "v64,PARTITION_ORDINAL_POSITION b,SUBPARTITION_ORDINAL_POSITION b,PARTITION_METHOD "
     "v18,SUBPARTITION_METHOD v12,PARTITION_EXPRESSION t,SUBPARTITION_EXPRESSION "
     "t,PARTITION_DESCRIPTION t,TABLE_ROWS b,AVG_ROW_LENGTH b,DATA_LENGTH b,MAX_DATA_LENGTH "
     "b,INDEX_LENGTH b,DATA_FREE b,CREATE_TIME d,UPDATE_TIME d,CHECK_TIME d,CHECKSUM "
     "b,PARTITION_COMMENT v80,NODEGROUP v12,TABLESPACE_NAME v64",
     partitions},
});

}  // namespace

std::span<const TableDefinition> schema_tables() { return kTables; }

}  // namespace tbl::tidb
