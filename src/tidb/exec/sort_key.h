// Rows with the values they are sorted by.
#pragma once

#include <vector>

#include "tidb/exec/context.h"
#include "tidb/plan/plan.h"
#include "tidb/types/value.h"

namespace tbl::tidb {

struct SortRow {
  Row keys;
  Row row;
  uint64_t number = 0;  ///< in the order of arrival: equal keys keep it
};

/// Orders by SortItems.
class SortOrder {
 public:
  explicit SortOrder(const std::vector<SortItem>& items) : items_(items) {}
  Result<SortRow> make(Row row, uint64_t number, ExecContext& context) const;
  bool operator()(const SortRow& a, const SortRow& b) const;

 private:
  const std::vector<SortItem>& items_;
};

}  // namespace tbl::tidb
