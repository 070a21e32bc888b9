#include "tidb/binlog/row_events.h"

#include <utility>

namespace tbl::tidb {

void RowEvents::add(int64_t table_id, codec::MutationType type, std::string row) {
  events_.push_back({table_id, type, std::move(row)});
}

void RowEvents::rollback_to(size_t mark) {
  if (events_.size() > mark) events_.resize(mark);
}

std::string RowEvents::encode(int64_t schema_version) const {
  codec::PrewriteValueWriter writer;
  for (const auto& event : events_) writer.add_row(event.table_id, event.type, event.row);
  return writer.finish(schema_version);
}

}  // namespace tbl::tidb
