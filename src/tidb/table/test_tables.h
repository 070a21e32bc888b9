// Tables for the tests of this folder.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "schema/mysql_type.h"
#include "schema/table_info.h"

namespace tbl::tidb {

inline schema::ColumnInfo test_column(const std::string& name, uint8_t tp, uint32_t flag = 0,
                                      int64_t flen = 20, int32_t decimal = 0) {
  schema::ColumnInfo column;
  column.name = schema::CiName::of(name);
  column.type.tp = tp;
  column.type.flag = flag;
  column.type.flen = flen;
  column.type.decimal = decimal;
  const bool text = schema::is_string_type(tp);
  column.type.charset = text ? "utf8mb4" : "binary";
  column.type.collate = text ? "utf8mb4_bin" : "binary";
  column.state = schema::SchemaState::kPublic;
  column.version = 2;
  return column;
}

/// Index over columns by offset; `lengths` are prefixes (empty: whole columns).
inline schema::IndexInfo test_index(const std::string& name, bool unique,
                                    const std::vector<int64_t>& offsets,
                                    const std::vector<int64_t>& lengths = {}) {
  schema::IndexInfo index;
  index.name = schema::CiName::of(name);
  index.unique = unique;
  index.primary = name == "PRIMARY";
  index.state = schema::SchemaState::kPublic;
  for (size_t i = 0; i < offsets.size(); ++i) {
    index.columns.push_back(
        {{}, offsets[i], lengths.empty() ? schema::IndexColumn::kWhole : lengths[i]});
  }
  return index;
}

/// Numbers columns and indexes from 1. The first column is the handle if it is a primary key.
inline schema::TableInfo test_table(int64_t id, std::vector<schema::ColumnInfo> columns,
                                    std::vector<schema::IndexInfo> indexes = {}) {
  schema::TableInfo table;
  table.id = id;
  table.name = schema::CiName::of("t");
  table.state = schema::SchemaState::kPublic;
  table.columns = std::move(columns);
  table.indexes = std::move(indexes);
  for (size_t i = 0; i < table.columns.size(); ++i) {
    table.columns[i].id = static_cast<int64_t>(i) + 1;
    table.columns[i].offset = static_cast<int64_t>(i);
  }
  for (size_t i = 0; i < table.indexes.size(); ++i) {
    table.indexes[i].id = static_cast<int64_t>(i) + 1;
    for (auto& column : table.indexes[i].columns) {
      column.name = table.columns[static_cast<size_t>(column.offset)].name;
    }
  }
  table.pk_is_handle = (table.columns.front().type.flag & schema::kFlagPrimaryKey) != 0;
  return table;
}

inline schema::TableInfoPtr made(schema::TableInfo table) {
  auto result = schema::make_table(std::move(table));
  EXPECT_TRUE(result.ok()) << result.status().message();
  return result.value();
}

}  // namespace tbl::tidb
