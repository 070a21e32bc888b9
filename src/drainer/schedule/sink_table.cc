#include "drainer/schedule/sink_table.h"

#include <algorithm>

namespace tbl::schedule {
namespace {

std::vector<uint32_t> positions_of(const schema::UniqueKey& key) {
  std::vector<uint32_t> out;
  for (const auto& part : key.parts) out.push_back(part.position);
  return out;
}

bool is_not_null(const schema::TableInfo& info, const std::vector<uint32_t>& positions) {
  return std::all_of(positions.begin(), positions.end(), [&](uint32_t position) {
    const schema::ColumnInfo& column = info.columns[position];
    return column.type.not_null() && !column.is_generated();
  });
}

bool has_unknown_values(const TableKeys& keys) {
  return std::any_of(keys.keys.begin(), keys.keys.end(), [](const Key& key) {
    return std::any_of(key.begin(), key.end(),
                       [](const KeyColumn& column) { return column.fold == Fold::kIgnore; });
  });
}

}  // namespace

SinkTablePtr identical_sink_table(decode::TablePtr table) {
  auto out = std::make_shared<SinkTable>();
  const schema::TableInfo& info = table->info();
  out->keys = upstream_keys(*table);
  for (uint32_t position : info.public_columns) {
    if (!info.columns[position].is_generated()) out->columns.push_back(position);
  }
  for (const schema::UniqueKey& key : info.unique_keys) {
    out->where_keys.push_back(positions_of(key));
    bool usable = key.primary || is_not_null(info, out->where_keys.back());
    if (out->row_key.empty() && usable) out->row_key = out->where_keys.back();
  }
  out->table = std::move(table);
  finish_sink_table(*out);
  return out;
}

void finish_sink_table(SinkTable& table) {
  for (const Key& key : table.keys.keys) {
    for (const KeyColumn& column : key) table.unique_positions.push_back(column.position);
  }
  auto& positions = table.unique_positions;
  std::sort(positions.begin(), positions.end());
  positions.erase(std::unique(positions.begin(), positions.end()), positions.end());
  table.row_by_row =
      table.has_extra_columns || table.row_key.empty() || has_unknown_values(table.keys);
}

}  // namespace tbl::schedule
