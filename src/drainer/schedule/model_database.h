// The table of keyed_table() with its constraints, for tests: what a database would make of
// changes.
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <optional>
#include <random>

#include "drainer/schedule/batch_plan.h"
#include "drainer/schedule/test_transactions.h"

namespace tbl::schedule {

struct ModelRow {
  int64_t id = 0;
  std::optional<int64_t> u;
  int64_t v = 0;
  bool operator==(const ModelRow&) const = default;
};

inline ModelRow model_row(decode::RowValues values) {
  ModelRow row;
  row.id = values[0].as_int();
  if (!values[1].is_null()) row.u = values[1].as_int();
  row.v = values[2].as_int();
  return row;
}

inline Values values_of(const ModelRow& row) {
  return {integer(row.id), row.u ? integer(*row.u) : null(), integer(row.v)};
}

/// False from any change: the database would refuse it, or find no row.
class ModelDatabase {
 public:
  bool insert(const ModelRow& row) {
    if (rows_.count(row.id) > 0 || !unique(row)) return false;
    rows_[row.id] = row;
    return true;
  }
  bool remove(const ModelRow& row) {
    auto it = rows_.find(row.id);
    if (it == rows_.end() || it->second != row) return false;
    rows_.erase(it);
    return true;
  }
  bool update(const ModelRow& before, const ModelRow& after) {
    if (!remove(before)) return false;
    return insert(after);
  }
  bool apply(const PlannedRow& row) {
    if (row.new_values.empty()) return remove(model_row(row.old_values));
    if (row.old_values.empty()) return insert(model_row(row.new_values));
    return update(model_row(row.old_values), model_row(row.new_values));
  }
  bool apply(const TablePlan& plan) {
    bool ok = true;
    for (const auto& row : plan.deletes) ok &= apply(row);
    for (const auto& row : plan.inserts) ok &= apply(row);
    for (const auto& row : plan.updates) ok &= apply(row);
    for (const auto& row : plan.in_order) ok &= apply(row);
    return ok;
  }
  const std::map<int64_t, ModelRow>& rows() const { return rows_; }

 private:
  bool unique(const ModelRow& row) const {
    for (const auto& [id, other] : rows_) {
      if (row.u && other.u == row.u) return false;
    }
    return true;
  }

  std::map<int64_t, ModelRow> rows_;
};

/// A stream of transactions that are legal one after the other, over few keys, so that they
/// conflict a lot. Unique values are swapped within transactions by way of NULL and of other
/// values.
class RandomStream {
 public:
  explicit RandomStream(unsigned seed) : table_(keyed_table()), random_(seed) {}

  TransactionPtr next() {
    TransactionBuilder builder(++ts_);
    size_t changes = 1 + random_() % 4;
    for (size_t i = 0; i < changes;) i += change(builder);
    return builder.build();
  }
  const ModelDatabase& database() const { return database_; }
  const decode::TablePtr& table() const { return table_; }

 private:
  ModelRow random_row(int64_t id) {
    ModelRow row{id, std::nullopt, static_cast<int64_t>(random_() % 1000)};
    if (random_() % 4 != 0) row.u = static_cast<int64_t>(random_() % 8);
    return row;
  }
  bool change(TransactionBuilder& builder) {
    auto id = static_cast<int64_t>(random_() % 8);
    auto it = database_.rows().find(id);
    if (it == database_.rows().end()) {
      ModelRow row = random_row(id);
      if (!database_.insert(row)) return false;
      builder.insert(table_, values_of(row));
      return true;
    }
    ModelRow before = it->second;
    if (random_() % 3 == 0) {
      database_.remove(before);
      builder.remove(table_, values_of(before));
      return true;
    }
    ModelRow after = random_row(random_() % 4 == 0 ? static_cast<int64_t>(random_() % 8) : id);
    if (after == before) return false;
    ModelDatabase copy = database_;
    if (!copy.update(before, after)) return false;
    database_ = copy;
    builder.update(table_, values_of(before), values_of(after));
    return true;
  }

  decode::TablePtr table_;
  std::mt19937 random_;
  uint64_t ts_ = 100;
  ModelDatabase database_;
};

}  // namespace tbl::schedule
