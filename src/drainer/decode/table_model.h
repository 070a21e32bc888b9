// Tables in memory that take decoded rows and DDL jobs, for tests: the oracle's other side.
#pragma once

#include <algorithm>
#include <map>
#include <string>
#include <unordered_map>

#include "codec/datum_codec.h"
#include "codec/time.h"
#include "drainer/decode/transaction.h"

namespace tbl::decode {

/// Encoded values by column id, without virtual columns.
using ModelRow = std::map<int64_t, std::string>;

/// One table. Rows are found by primary key, or by all of their values.
class ModelTable {
 public:
  explicit ModelTable(TablePtr table) : table_(std::move(table)) {}

  const schema::TableInfo& info() const { return table_->info(); }
  const std::unordered_multimap<std::string, ModelRow>& rows() const { return rows_; }

  /// False when an old row is not there, or a new one is there already.
  bool apply(const RowChange& change) {
    if (change.kind != RowKind::kInsert && !erase(row_of(*change.table, change.old_values)))
      return false;
    return change.kind == RowKind::kDelete || insert(row_of(*change.table, change.new_values));
  }

  /// The table after a DDL job: new columns hold their default, rows of vanished partitions are
  /// gone.
  void change_to(TablePtr table) {
    auto old_rows = std::move(rows_);
    rows_.clear();
    const TablePtr before = std::exchange(table_, std::move(table));
    for (auto& [key, row] : old_rows) {
      if (in_vanished_partition(before->info(), row)) continue;
      ModelRow now;
      for (uint32_t position : info().public_columns) {
        const auto& column = info().columns[position];
        if (is_virtual(column)) continue;
        auto found = row.find(column.id);
        now[column.id] = found != row.end() ? found->second : encoded(table_->defaults()[position]);
      }
      insert(std::move(now));
    }
  }

 private:
  static bool is_virtual(const schema::ColumnInfo& column) {
    return column.is_generated() && !column.generated_stored;
  }
  static std::string encoded(const codec::Datum& value) {
    std::string out;
    codec::write_value(out, value);
    return out;
  }
  static codec::Datum decoded(const std::string& value) {
    codec::Arena arena;
    codec::Datum datum;
    ByteReader in(value);
    codec::read_datum(in, arena, &datum);
    return datum;
  }

  static ModelRow row_of(const Table& table, RowValues values) {
    ModelRow row;
    for (uint32_t position : table.info().public_columns) {
      const auto& column = table.info().columns[position];
      if (!is_virtual(column) && !values[position].is_absent())
        row[column.id] = encoded(values[position]);
    }
    return row;
  }

  bool has_primary_key() const {
    return !info().unique_keys.empty() && info().unique_keys.front().primary;
  }

  std::string key_of(const ModelRow& row) const {
    std::string key;
    if (has_primary_key()) {
      for (const auto& part : info().unique_keys.front().parts)
        key += row.at(info().columns[part.position].id);
      return key;
    }
    for (const auto& [id, value] : row) key += std::to_string(id) + ":" + value;
    return key;
  }

  bool insert(ModelRow row) {
    std::string key = key_of(row);
    if (has_primary_key() && rows_.contains(key)) return false;
    rows_.emplace(std::move(key), std::move(row));
    return true;
  }

  /// The columns that `row` has must be as they are.
  bool erase(const ModelRow& row) {
    bool complete = has_primary_key() ||
                    std::all_of(info().columns.begin(), info().columns.end(), [&](auto& c) {
                      return !c.is_public() || is_virtual(c) || row.contains(c.id);
                    });
    auto [from, to] =
        complete ? rows_.equal_range(key_of(row)) : std::pair(rows_.begin(), rows_.end());
    auto same = [&](const auto& entry) {
      return std::all_of(row.begin(), row.end(), [&](const auto& value) {
        auto it = entry.second.find(value.first);
        return it != entry.second.end() && it->second == value.second;
      });
    };
    auto found = std::find_if(from, to, same);
    if (found == to) return false;
    rows_.erase(found);
    return true;
  }

  /// RANGE partitions over an integer column or YEAR() of a date, as the recordings have them.
  bool in_vanished_partition(const schema::TableInfo& before, const ModelRow& row) const {
    constexpr int64_t kRange = 1;
    if (!before.is_partitioned() || before.partition->type != kRange || !info().is_partitioned())
      return false;
    const auto& definitions = before.partition->definitions;
    auto mine = std::find_if(definitions.begin(), definitions.end(), [&](const auto& d) {
      return d.less_than.front() == "MAXVALUE" ||
             partition_value(before, row) < std::stoll(d.less_than.front());
    });
    const auto& now = info().partition->definitions;
    return mine == definitions.end() ||
           std::none_of(now.begin(), now.end(), [&](auto& d) { return d.id == mine->id; });
  }

  static int64_t partition_value(const schema::TableInfo& table, const ModelRow& row) {
    const std::string& expr = table.partition->expr;
    size_t open = expr.find('`');
    std::string name = expr.substr(open + 1, expr.find('`', open + 1) - open - 1);
    codec::Datum value = decoded(row.at(table.column_by_name(name)->id));
    if (value.is_null()) return INT64_MIN;
    return open == 0 ? value.as_int() : codec::unpack_time(value.as_uint()).year;
  }

  TablePtr table_;
  std::unordered_multimap<std::string, ModelRow> rows_;
};

}  // namespace tbl::decode
