// Tables for the tests of this folder and of those that work on decoded rows.
#pragma once

#include <gtest/gtest.h>

#include "drainer/decode/table.h"

namespace tbl::decode {

/// A public column; `id` is also its place.
inline schema::ColumnInfo test_column(int64_t id, std::string_view name, uint8_t tp,
                                      uint32_t flag = 0) {
  schema::ColumnInfo column;
  column.id = id;
  column.name = schema::CiName::of(name);
  column.offset = id - 1;
  column.type.tp = tp;
  column.type.flag = flag;
  column.type.charset = schema::is_string_type(tp) ? "utf8mb4" : "binary";
  column.state = schema::SchemaState::kPublic;
  column.version = 2;
  return column;
}

inline schema::TableInfo test_table_info(std::string_view name,
                                         std::vector<schema::ColumnInfo> columns) {
  schema::TableInfo info;
  info.id = 45;
  info.name = schema::CiName::of(name);
  info.state = schema::SchemaState::kPublic;
  info.columns = std::move(columns);
  return info;
}

inline schema::IndexInfo test_primary_index(std::vector<schema::IndexColumn> columns) {
  schema::IndexInfo index;
  index.id = 1;
  index.name = schema::CiName::of("PRIMARY");
  index.columns = std::move(columns);
  index.unique = index.primary = true;
  index.state = schema::SchemaState::kPublic;
  return index;
}

inline schema::TableInfoPtr finished(schema::TableInfo info) {
  auto made = schema::make_table(std::move(info));
  EXPECT_TRUE(made.ok()) << made.status().to_string();
  return made.ok() ? *made : nullptr;
}

inline TablePtr test_table(schema::TableInfo info, const schema::TableInfo* written = nullptr) {
  return Table::make("test", finished(std::move(info)), written);
}

/// The table of the reference's row vectors: every kind of type, an integer handle.
inline schema::TableInfo vector_table() {
  using namespace schema;
  std::vector<ColumnInfo> columns = {
      test_column(1, "id", kTypeLong, kFlagPrimaryKey | kFlagNotNull),
      test_column(2, "name", kTypeVarchar),
      test_column(3, "d", kTypeNewDecimal),
      test_column(4, "ts", kTypeTimestamp),
      test_column(5, "u", kTypeLongLong, kFlagUnsigned),
      test_column(6, "j", kTypeJson),
      test_column(7, "bt", kTypeBit),
      test_column(8, "e", kTypeEnum),
      test_column(9, "f", kTypeDouble),
      test_column(10, "tm", kTypeDuration),
      test_column(11, "bl", kTypeBlob),
      test_column(12, "y", kTypeYear),
      test_column(13, "fl", kTypeFloat),
  };
  columns[2].type.flen = 10;
  columns[2].type.decimal = 2;
  columns[3].type.decimal = 0;
  columns[6].type.flen = 10;
  columns[7].type.elems = {"x", "y"};
  columns[9].type.decimal = 0;
  columns[10].type.charset = "binary";
  TableInfo info = test_table_info("t", std::move(columns));
  info.pk_is_handle = true;
  return info;
}

}  // namespace tbl::decode
