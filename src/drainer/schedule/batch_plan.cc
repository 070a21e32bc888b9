#include "drainer/schedule/batch_plan.h"

#include <xxhash.h>

#include <algorithm>

namespace tbl::schedule {
namespace {

using codec::Datum;
using codec::DatumKind;
using decode::RowChange;
using decode::RowValues;

uint64_t hash_of(const Datum& value, uint64_t seed) {
  switch (value.kind()) {
    case DatumKind::kInt:
    case DatumKind::kUint:
    case DatumKind::kFloat:
    case DatumKind::kDuration: {
      uint64_t bits = value.as_uint();
      return XXH3_64bits_withSeed(&bits, sizeof bits, seed);
    }
    case DatumKind::kBytes:
    case DatumKind::kDecimal:
      return XXH3_64bits_withSeed(value.as_bytes().data(), value.as_bytes().size(), seed);
    default:
      return seed;
  }
}

/// Folds the changes of each row key into one; the key is the position of the entry that holds it.
class Reducer {
 public:
  Reducer(const SinkTable& table, size_t rows) : table_(table) {
    size_t size = 16;
    while (size < rows * 4) size *= 2;
    slots_.assign(size, kFree);
    entries_.reserve(rows * 2);
  }

  /// False: the rows contradict each other.
  bool add(const TableRow& change) {
    const RowChange& row = *change.row;
    bool has_old = !row.old_values.empty();
    bool has_new = !row.new_values.empty();
    if (has_old && has_new && same_key(row.old_values, row.new_values)) {
      return replace(row.old_values, row.new_values, change.commit_ts);
    }
    if (has_old && !remove(row.old_values, change.commit_ts)) return false;
    return !has_new || insert(row.new_values, change.commit_ts);
  }

  void append_to(TablePlan& plan) const {
    for (const Entry& entry : entries_) {
      PlannedRow row{entry.old_values, entry.new_values, entry.commit_ts};
      if (row.old_values.empty() && row.new_values.empty()) continue;
      if (row.old_values.empty()) {
        plan.inserts.push_back(row);
      } else if (row.new_values.empty()) {
        plan.deletes.push_back(row);
      } else if (unchanged_unique(row)) {
        plan.updates.push_back(row);
      } else {
        plan.deletes.push_back({row.old_values, {}, row.commit_ts});
        plan.inserts.push_back({{}, row.new_values, row.commit_ts});
      }
    }
  }

 private:
  static constexpr uint32_t kFree = ~0U;

  struct Entry {
    RowValues key_of;      // values that hold the entry's key
    RowValues old_values;  // before the batch; empty: no such row
    RowValues new_values;  // after the batch; empty: no such row
    uint64_t commit_ts;
  };

  bool same_key(RowValues a, RowValues b) const {
    return std::all_of(table_.row_key.begin(), table_.row_key.end(),
                       [&](uint32_t position) { return a[position] == b[position]; });
  }

  bool unchanged_unique(const PlannedRow& row) const {
    return std::all_of(
        table_.unique_positions.begin(), table_.unique_positions.end(),
        [&](uint32_t position) { return row.old_values[position] == row.new_values[position]; });
  }

  // The entry of the key in `values`; a new one has neither old nor new values.
  Entry& find(RowValues values, bool* is_new) {
    uint64_t hash = 0;
    for (uint32_t position : table_.row_key) hash = hash_of(values[position], hash);
    size_t mask = slots_.size() - 1;
    size_t i = hash & mask;
    while (slots_[i] != kFree && !same_key(entries_[slots_[i]].key_of, values)) i = (i + 1) & mask;
    *is_new = slots_[i] == kFree;
    if (*is_new) {
      slots_[i] = static_cast<uint32_t>(entries_.size());
      entries_.push_back({values, {}, {}, 0});
    }
    return entries_[slots_[i]];
  }

  bool insert(RowValues values, uint64_t ts) {
    bool is_new;
    Entry& entry = find(values, &is_new);
    if (!entry.new_values.empty()) return false;
    entry.new_values = values;
    entry.commit_ts = ts;
    return true;
  }

  bool remove(RowValues values, uint64_t ts) {
    bool is_new;
    Entry& entry = find(values, &is_new);
    if (!is_new && entry.new_values.empty()) return false;
    if (is_new) entry.old_values = values;
    entry.new_values = {};
    entry.commit_ts = ts;
    return true;
  }

  bool replace(RowValues old_values, RowValues new_values, uint64_t ts) {
    bool is_new;
    Entry& entry = find(old_values, &is_new);
    if (!is_new && entry.new_values.empty()) return false;
    if (is_new) entry.old_values = old_values;
    entry.new_values = new_values;
    entry.commit_ts = ts;
    return true;
  }

  const SinkTable& table_;
  std::vector<Entry> entries_;   // in the order of their first change
  std::vector<uint32_t> slots_;  // hash table of places in entries_
};

void keep_order(TablePlan& plan, std::span<const TableRow> rows) {
  for (const TableRow& change : rows) {
    plan.in_order.push_back({change.row->old_values, change.row->new_values, change.commit_ts});
  }
}

}  // namespace

TablePlan plan_table(SinkTablePtr table, std::span<const TableRow> rows) {
  TablePlan plan;
  plan.table = std::move(table);
  if (plan.table->row_by_row) {
    keep_order(plan, rows);
    return plan;
  }
  Reducer reducer(*plan.table, rows.size());
  for (const TableRow& row : rows) {
    if (reducer.add(row)) continue;
    keep_order(plan, rows);
    return plan;
  }
  reducer.append_to(plan);
  return plan;
}

}  // namespace tbl::schedule
