#include "tidb/exec/sort_key.h"

#include "tidb/types/convert.h"

namespace tbl::tidb {

Result<SortRow> SortOrder::make(Row row, uint64_t number, ExecContext& context) const {
  SortRow made;
  made.keys.reserve(items_.size());
  for (const SortItem& item : items_) {
    TBL_ASSIGN(Value key, item.expr->eval(context.eval, row));
    made.keys.push_back(std::move(key));
  }
  made.row = std::move(row);
  made.number = number;
  return made;
}

bool SortOrder::operator()(const SortRow& a, const SortRow& b) const {
  for (size_t i = 0; i < items_.size(); ++i) {
    int order = compare_same_type(a.keys[i], b.keys[i]);
    if (order != 0) return items_[i].descending ? order > 0 : order < 0;
  }
  return a.number < b.number;
}

}  // namespace tbl::tidb
