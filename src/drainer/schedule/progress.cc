#include "drainer/schedule/progress.h"

#include <algorithm>

namespace tbl::schedule {

uint64_t Progress::add(uint64_t commit_ts, int64_t schema_version) {
  items_.push_back({{commit_ts, schema_version}, false});
  return first_ + items_.size() - 1;
}

void Progress::add_finished(uint64_t commit_ts, int64_t schema_version) {
  // A run of them is one item, so an idle stream costs nothing behind a slow transaction.
  if (!items_.empty() && items_.back().finished) {
    Position& last = items_.back().position;
    last.commit_ts = std::max(last.commit_ts, commit_ts);
    last.schema_version = std::max(last.schema_version, schema_version);
    return;
  }
  items_.push_back({{commit_ts, schema_version}, true});
  advance();
}

void Progress::finish(uint64_t number) {
  items_[number - first_].finished = true;
  advance();
}

void Progress::advance() {
  while (!items_.empty() && items_.front().finished) {
    const Position& p = items_.front().position;
    position_.commit_ts = std::max(position_.commit_ts, p.commit_ts);
    position_.schema_version = std::max(position_.schema_version, p.schema_version);
    items_.pop_front();
    ++first_;
  }
}

}  // namespace tbl::schedule
