// information_schema: STATISTICS, KEY_COLUMN_USAGE, TABLE_CONSTRAINTS, REFERENTIAL_CONSTRAINTS,
// TIDB_INDEXES.
#include <array>
#include <set>

#include "tidb/memtable/column_facts.h"
#include "tidb/memtable/table_definition.h"

namespace tbl::tidb {
namespace {

using schema::TableInfo;

constexpr std::string_view kCatalog = "def";

template <typename Visit>
void each_table(RowContext& c, const Visit& visit) {
  for (const Database* db : c.schema().databases()) {
    for (const auto& [name, table] : db->tables) {
      if (c.sees_table(db->info->name.l, name)) visit(db->info->name.o, *table);
    }
  }
}

Rows statistics(RowContext& c) {
  std::vector<Row> rows;
  each_table(c, [&](const std::string& db, const TableInfo& table) {
    for (const KeyPart& part : key_parts(table)) {
      rows.push_back({text_value(kCatalog), text_value(db), text_value(table.name.o),
                      text_value(part.unique ? "0" : "1"), text_value(db),
                      text_value(part.key_name), int_value(static_cast<int64_t>(part.sequence)),
                      text_value(part.column), text_value("A"), int_value(0),
                      part.prefix ? int_value(*part.prefix) : Value::null(), Value::null(),
                      text_value(part.nullable ? "YES" : ""), text_value(part.index_type),
                      text_value(""), text_value(part.comment)});
    }
  });
  return rows;
}

Rows tidb_indexes(RowContext& c) {
  std::vector<Row> rows;
  each_table(c, [&](const std::string& db, const TableInfo& table) {
    for (const KeyPart& part : key_parts(table)) {
      int64_t id = 0;
      for (const schema::IndexInfo& index : table.indexes) {
        if (index.name.o == part.key_name) id = index.id;
      }
      rows.push_back({text_value(db), text_value(table.name.o), int_value(part.unique ? 0 : 1),
                      text_value(part.key_name), int_value(static_cast<int64_t>(part.sequence)),
                      text_value(part.column),
                      part.prefix ? int_value(*part.prefix) : Value::null(),
                      text_value(part.comment), int_value(id)});
    }
  });
  return rows;
}

Rows key_column_usage(RowContext& c) {
  std::vector<Row> rows;
  each_table(c, [&](const std::string& db, const TableInfo& table) {
    for (const KeyPart& part : key_parts(table)) {
      if (!part.unique) continue;
      Row row = {text_value(kCatalog),
                 text_value(db),
                 text_value(part.key_name),
                 text_value(kCatalog),
                 text_value(db),
                 text_value(table.name.o),
                 text_value(part.column),
                 int_value(static_cast<int64_t>(part.sequence))};
      row.resize(12);
      rows.push_back(std::move(row));
    }
    for (const schema::ForeignKeyInfo& fk : table.foreign_keys) {
      for (size_t i = 0; i < fk.columns.size(); ++i) {
        const auto n = static_cast<int64_t>(i) + 1;
        rows.push_back(
            {text_value(kCatalog), text_value(db), text_value(fk.name.o), text_value(kCatalog),
             text_value(db), text_value(table.name.o), text_value(fk.columns[i].o), int_value(n),
             int_value(n), text_value(db), text_value(fk.ref_table.o),
             i < fk.ref_columns.size() ? text_value(fk.ref_columns[i].o) : Value::null()});
      }
    }
  });
  return rows;
}

Rows table_constraints(RowContext& c) {
  std::vector<Row> rows;
  each_table(c, [&](const std::string& db, const TableInfo& table) {
    const auto add = [&](const std::string& name, std::string_view type) {
      rows.push_back({text_value(kCatalog), text_value(db), text_value(name), text_value(db),
                      text_value(table.name.o), text_value(type)});
    };
    std::set<std::string> seen;
    for (const KeyPart& part : key_parts(table)) {
      if (!part.unique || !seen.insert(part.key_name).second) continue;
      add(part.key_name, part.primary ? "PRIMARY KEY" : "UNIQUE");
    }
    for (const schema::ForeignKeyInfo& fk : table.foreign_keys) add(fk.name.o, "FOREIGN KEY");
  });
  return rows;
}

std::string_view refer_action(int64_t action) {
  static constexpr std::string_view kNames[] = {"NO ACTION", "RESTRICT",  "CASCADE",
                                                "SET NULL",  "NO ACTION", "SET DEFAULT"};
  return action >= 0 && action < 6 ? kNames[action] : kNames[0];
}

Rows referential_constraints(RowContext& c) {
  std::vector<Row> rows;
  each_table(c, [&](const std::string& db, const TableInfo& table) {
    for (const schema::ForeignKeyInfo& fk : table.foreign_keys) {
      rows.push_back({text_value(kCatalog), text_value(db), text_value(fk.name.o),
                      text_value(kCatalog), text_value(db), text_value("PRIMARY"),
                      text_value("NONE"), text_value(refer_action(fk.on_update)),
                      text_value(refer_action(fk.on_delete)), text_value(table.name.o),
                      text_value(fk.ref_table.o)});
    }
  });
  return rows;
}

constexpr auto kTables = std::to_array<TableDefinition>({
    {"INFORMATION_SCHEMA", "STATISTICS",
     "TABLE_CATALOG v512,TABLE_SCHEMA v64,TABLE_NAME v64,NON_UNIQUE v1,INDEX_SCHEMA "
     "v64,INDEX_NAME v64,SEQ_IN_INDEX b,COLUMN_NAME v21,COLLATION v1,CARDINALITY b,SUB_PART "
     "b,PACKED v10,NULLABLE v3,INDEX_TYPE v16,COMMENT v16,INDEX_COMMENT v1024",
     statistics},
    {"INFORMATION_SCHEMA", "TIDB_INDEXES",
     "TABLE_SCHEMA v64,TABLE_NAME v64,NON_UNIQUE b,KEY_NAME v64,SEQ_IN_INDEX b,COLUMN_NAME "
     "v64,SUB_PART b,INDEX_COMMENT v2048,INDEX_ID b",
     tidb_indexes},
    {"INFORMATION_SCHEMA", "KEY_COLUMN_USAGE",
     "CONSTRAINT_CATALOG v512,CONSTRAINT_SCHEMA v64,CONSTRAINT_NAME v64,TABLE_CATALOG "
     "v512,TABLE_SCHEMA v64,TABLE_NAME v64,COLUMN_NAME v64,ORDINAL_POSITION "
     "b,POSITION_IN_UNIQUE_CONSTRAINT b,REFERENCED_TABLE_SCHEMA v64,REFERENCED_TABLE_NAME "
     "v64,REFERENCED_COLUMN_NAME v64",
     key_column_usage},
    {"INFORMATION_SCHEMA", "TABLE_CONSTRAINTS",
     "CONSTRAINT_CATALOG v512,CONSTRAINT_SCHEMA v64,CONSTRAINT_NAME v64,TABLE_SCHEMA "
     "v64,TABLE_NAME v64,CONSTRAINT_TYPE v64",
     table_constraints},
    {"INFORMATION_SCHEMA", "REFERENTIAL_CONSTRAINTS",
     "CONSTRAINT_CATALOG v512,CONSTRAINT_SCHEMA v64,CONSTRAINT_NAME "
     "v64,UNIQUE_CONSTRAINT_CATALOG v512,UNIQUE_CONSTRAINT_SCHEMA v64,UNIQUE_CONSTRAINT_NAME "
     "v64,MATCH_OPTION v64,UPDATE_RULE v64,DELETE_RULE v64,TABLE_NAME v64,REFERENCED_TABLE_NAME "
     "v64",
     referential_constraints},
});

}  // namespace

std::span<const TableDefinition> key_tables() { return kTables; }

}  // namespace tbl::tidb
