#include "drainer/row_counters.h"

namespace tbl::drainer {

RowCounters::RowCounters() {
  const char* const types[] = {"Insert", "Update", "Delete"};
  for (size_t kind = 0; kind < std::size(types); ++kind) {
    by_kind_[kind] = &metrics().counter("binlog_drainer_event", "events", {{"type", types[kind]}});
  }
}

void RowCounters::count(const decode::Transaction& transaction) const {
  size_t counts[3] = {};
  for (const auto& row : transaction.rows) ++counts[static_cast<size_t>(row.kind)];
  for (size_t kind = 0; kind < std::size(counts); ++kind) {
    if (counts[kind] > 0) by_kind_[kind]->add(static_cast<double>(counts[kind]));
  }
}

}  // namespace tbl::drainer
