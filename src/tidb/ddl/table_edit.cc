#include "tidb/ddl/table_edit.h"

#include <algorithm>

namespace tbl::tidb {

using schema::ColumnInfo;
using schema::IndexInfo;
using schema::TableInfo;

int column_position(const TableInfo& table, std::string_view lower_name) {
  for (size_t i = 0; i < table.columns.size(); ++i) {
    if (table.columns[i].name.l == lower_name) return static_cast<int>(i);
  }
  return -1;
}

ColumnInfo* find_column(TableInfo& table, std::string_view lower_name) {
  const int position = column_position(table, lower_name);
  return position < 0 ? nullptr : &table.columns[static_cast<size_t>(position)];
}

IndexInfo* find_index(TableInfo& table, std::string_view lower_name) {
  auto it = std::ranges::find_if(table.indexes,
                                 [&](const IndexInfo& i) { return i.name.l == lower_name; });
  return it == table.indexes.end() ? nullptr : &*it;
}

const IndexInfo* find_index(const TableInfo& table, std::string_view lower_name) {
  auto it = std::ranges::find_if(table.indexes,
                                 [&](const IndexInfo& i) { return i.name.l == lower_name; });
  return it == table.indexes.end() ? nullptr : &*it;
}

void move_column(TableInfo& table, size_t from, size_t to) {
  auto begin = table.columns.begin();
  const auto at = [&](size_t i) { return begin + static_cast<std::ptrdiff_t>(i); };
  if (from < to) {
    std::rotate(at(from), at(from + 1), at(to + 1));
  } else {
    std::rotate(at(to), at(from), at(from + 1));
  }
  for (size_t i = 0; i < table.columns.size(); ++i) {
    table.columns[i].offset = static_cast<int64_t>(i);
  }
  for (auto& index : table.indexes) {
    for (auto& part : index.columns) {
      const int position = column_position(table, part.name.l);
      if (position >= 0) part.offset = position;
    }
  }
}

void add_key_flags(TableInfo& table, const IndexInfo& index) {
  if (index.columns.empty()) return;
  if (index.primary) {
    for (const auto& part : index.columns) {
      if (ColumnInfo* column = find_column(table, part.name.l)) {
        column->type.flag |= schema::kFlagPrimaryKey;
      }
    }
    return;
  }
  ColumnInfo* column = find_column(table, index.columns[0].name.l);
  if (column == nullptr) return;
  const bool single = index.unique && index.columns.size() == 1;
  column->type.flag |= single ? schema::kFlagUniqueKey : schema::kFlagMultipleKey;
}

void drop_key_flags(TableInfo& table, const IndexInfo& index) {
  if (index.columns.empty()) return;
  if (index.primary) {
    for (const auto& part : index.columns) {
      if (ColumnInfo* column = find_column(table, part.name.l)) {
        column->type.flag &= ~static_cast<uint32_t>(schema::kFlagPrimaryKey);
      }
    }
  } else if (ColumnInfo* column = find_column(table, index.columns[0].name.l)) {
    const bool single = index.unique && index.columns.size() == 1;
    column->type.flag &=
        ~static_cast<uint32_t>(single ? schema::kFlagUniqueKey : schema::kFlagMultipleKey);
  }
  // Another index may give the same flag.
  for (const auto& other : table.indexes) {
    if (other.is_public()) add_key_flags(table, other);
  }
}

}  // namespace tbl::tidb
