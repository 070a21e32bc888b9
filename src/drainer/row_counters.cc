#include "drainer/row_counters.h"

namespace tbl::drainer {

RowCounters::RowCounters() {
  const char* const types[] = {"Insert", "Update", "Delete"};
  for (size_t kind = 0; kind < std::size(types); ++kind) {
    by_kind_[kind] = &metrics().counter("binlog_drainer_event", "events", {{"type", types[kind]}});
  }
}

void RowCounters::count(const decode::Transaction& transaction) const {
  Counts counts;
  counts.add(transaction);
  count(counts);
}

void RowCounters::Counts::add(const decode::Transaction& transaction) {
  for (const auto& row : transaction.rows) ++by_kind[static_cast<size_t>(row.kind)];
}

void RowCounters::count(const Counts& counts) const {
  for (size_t kind = 0; kind < std::size(by_kind_); ++kind) {
    if (counts.by_kind[kind] > 0) by_kind_[kind]->add(static_cast<double>(counts.by_kind[kind]));
  }
}

}  // namespace tbl::drainer
