// Changes of a TableInfo that steps and statement checks share: columns and indexes come, move and
// go, and the key flags of columns follow.
#pragma once

#include <string_view>

#include "schema/table_info.h"

namespace tbl::tidb {

/// Position in `columns`, or -1.
int column_position(const schema::TableInfo& table, std::string_view lower_name);
schema::ColumnInfo* find_column(schema::TableInfo& table, std::string_view lower_name);
/// Of any state; null: none.
schema::IndexInfo* find_index(schema::TableInfo& table, std::string_view lower_name);
const schema::IndexInfo* find_index(const schema::TableInfo& table, std::string_view lower_name);

/// Moves the column at `from` so that it stands at `to` afterwards; offsets of columns and index
/// parts follow.
void move_column(schema::TableInfo& table, size_t from, size_t to);

/// On a column that is being made NOT NULL while its rows are still looked through.
constexpr uint32_t kFlagPreventNullInsert = 1U << 20;

/// Sets and takes away the flags PRI, UNIQUE and MULTIPLE KEY which an index gives its columns. An
/// index being dropped is gone from `table.indexes` (or not public) when drop is called.
void add_key_flags(schema::TableInfo& table, const schema::IndexInfo& index);
void drop_key_flags(schema::TableInfo& table, const schema::IndexInfo& index);

}  // namespace tbl::tidb
