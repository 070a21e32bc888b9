// The derived part of a table: what is looked up for every row.
#include <fmt/format.h>

#include <algorithm>

#include "schema/table_info.h"

namespace tbl::schema {

namespace {

/// Where an index column stands. Its name decides, since offsets of old tables were not always kept
/// right.
int find_position(const TableInfo& table, const IndexColumn& column) {
  auto offset = static_cast<uint64_t>(column.offset);
  if (offset < table.columns.size() && table.columns[offset].name.l == column.name.l) {
    return static_cast<int>(offset);
  }
  for (size_t i = 0; i < table.columns.size(); ++i) {
    if (table.columns[i].name.l == column.name.l) return static_cast<int>(i);
  }
  return TableInfo::kNoColumn;
}

Result<UniqueKey> resolve(const TableInfo& table, const IndexInfo& index) {
  UniqueKey key{index.primary ? "PRIMARY" : index.name.o, index.primary, {}};
  for (const auto& column : index.columns) {
    int position = find_position(table, column);
    if (position == TableInfo::kNoColumn) {
      return data_loss(fmt::format("index {}: column {} not found", index.name.o, column.name.o));
    }
    key.parts.push_back({static_cast<uint32_t>(position), column.length});
  }
  if (key.parts.empty()) return data_loss(fmt::format("index {}: no columns", index.name.o));
  return key;
}

void fill_columns(TableInfo* table) {
  for (uint32_t i = 0; i < table->columns.size(); ++i) {
    if (table->columns[i].is_public()) table->public_columns.push_back(i);
    table->positions_by_id.emplace_back(table->columns[i].id, i);
  }
  std::ranges::stable_sort(table->public_columns, {},
                           [&](uint32_t i) { return table->columns[i].offset; });
  std::ranges::sort(table->positions_by_id);
}

Status fill_integer_handle(TableInfo* table) {
  auto it = std::ranges::find_if(table->columns,
                                 [](const ColumnInfo& c) { return c.type.flag & kFlagPrimaryKey; });
  if (it == table->columns.end()) return data_loss("pk_is_handle, but no primary key column");
  auto position = static_cast<uint32_t>(it - table->columns.begin());
  table->handle_columns = {position};
  table->unique_keys.push_back({"PRIMARY", true, {{position, IndexColumn::kWhole}}});
  return ok_status();
}

Status fill_common_handle(TableInfo* table) {
  const IndexInfo* primary = table->primary_index();
  if (primary == nullptr) return data_loss("is_common_handle, but no primary index");
  TBL_ASSIGN(UniqueKey key, resolve(*table, *primary));
  for (const auto& part : key.parts) table->handle_columns.push_back(part.position);
  return ok_status();
}

Status fill_keys(TableInfo* table) {
  if (table->pk_is_handle) {
    TBL_TRY(fill_integer_handle(table));
  } else if (table->is_common_handle) {
    TBL_TRY(fill_common_handle(table));
  }
  for (const auto& index : table->indexes) {
    if (!index.is_public() || !(index.unique || index.primary)) continue;
    TBL_ASSIGN(UniqueKey key, resolve(*table, index));
    table->unique_keys.push_back(std::move(key));
  }
  auto is_primary = [](const UniqueKey& k) { return k.primary; };
  std::stable_partition(table->unique_keys.begin(), table->unique_keys.end(), is_primary);
  return ok_status();
}

}  // namespace

int TableInfo::position_of(int64_t column_id) const {
  auto it = std::ranges::lower_bound(positions_by_id, column_id, {},
                                     [](const auto& entry) { return entry.first; });
  if (it == positions_by_id.end() || it->first != column_id) return kNoColumn;
  return static_cast<int>(it->second);
}

const ColumnInfo* TableInfo::column_by_id(int64_t column_id) const {
  int position = position_of(column_id);
  return position == kNoColumn ? nullptr : &columns[static_cast<size_t>(position)];
}

const ColumnInfo* TableInfo::column_by_name(std::string_view lower_name) const {
  auto it =
      std::ranges::find_if(columns, [&](const ColumnInfo& c) { return c.name.l == lower_name; });
  return it == columns.end() ? nullptr : &*it;
}

const IndexInfo* TableInfo::primary_index() const {
  auto it = std::ranges::find_if(indexes, [](const IndexInfo& i) { return i.primary; });
  return it == indexes.end() ? nullptr : &*it;
}

Result<TableInfoPtr> make_table(TableInfo table) {
  table.public_columns.clear();
  table.unique_keys.clear();
  table.handle_columns.clear();
  table.positions_by_id.clear();
  fill_columns(&table);
  if (table.is_base_table()) {
    Status status = fill_keys(&table);
    if (!status.ok())
      return std::move(status).wrap(fmt::format("table {}({})", table.name.o, table.id));
  }
  return std::make_shared<const TableInfo>(std::move(table));
}

}  // namespace tbl::schema
