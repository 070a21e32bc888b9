#include "pump/storage/sorter.h"

namespace tbl::pump {

Sorter::Sorter(SorterState state, const std::vector<IndexEntry>& finished, int64_t now_ms)
    : max_ts_(state.max_ts),
      newest_fake_ts_(state.newest_fake_ts),
      queue_(state.queue.begin(), state.queue.end()) {
  for (auto& [start_ts, txn] : state.txns) {
    txn.arrived_ms = now_ms;
    if (txns_.contains(start_ts)) continue;
    if (!txn.resolved()) {
      if (txn.passed) passed_.insert(start_ts);
      if (txn.rollback_seen) rolled_back_.insert(start_ts);
    } else if (heap_.emplace(txn.commit_ts, start_ts).second) {
      ++committed_;
    } else {
      continue;
    }
    txns_.emplace(start_ts, txn);
  }
  for (const IndexEntry& entry : finished) finished_.add_released(entry.start_ts, entry.commit_ts);
  for (const auto& txn : state.unreleased) finished_.add_unreleased(txn);
}

SorterState Sorter::state() const {
  SorterState state;
  state.max_ts = max_ts_;
  state.newest_fake_ts = newest_fake_ts_;
  state.txns.assign(txns_.begin(), txns_.end());
  state.queue.assign(queue_.begin(), queue_.end());
  state.unreleased.assign(finished_.unreleased().begin(), finished_.unreleased().end());
  return state;
}

void Sorter::add(const LogItem& item, int64_t now_ms) {
  const BinlogHeader& header = item.header;
  if (header.is_probe()) return;
  if (header.is_prewrite()) {
    add_prewrite(item, now_ms);
  } else if (header.is_fake()) {
    queue_.push_back({header.start_ts, QueueItem::Kind::kFake});
  } else if (header.is_rollback()) {
    add_rollback(header.start_ts);
  } else {
    add_commit(item);
  }
  advance();
}

void Sorter::add_prewrite(const LogItem& item, int64_t now_ms) {
  const uint64_t start_ts = item.header.start_ts;
  if (txns_.contains(start_ts) || finished_.find(start_ts)) {
    event(SorterEvent::Kind::kDuplicate, item.header);
    return;
  }
  Txn txn;
  txn.prewrite = item.place;
  txn.arrived_ms = now_ms;
  txn.ddl = item.header.ddl;
  txns_.emplace(start_ts, txn);
  queue_.push_back({start_ts, QueueItem::Kind::kPrewrite});
}

void Sorter::add_commit(const LogItem& item) {
  const BinlogHeader& header = item.header;
  if (header.commit_ts <= header.start_ts) {
    event(SorterEvent::Kind::kCommitNotAfterStart, header);
    return;
  }
  const auto it = txns_.find(header.start_ts);
  if (it == txns_.end()) return add_commit_without_txn(item);
  Txn& txn = it->second;
  if (txn.resolved()) {
    const bool same = txn.commit_ts == header.commit_ts;
    event(same ? SorterEvent::Kind::kDuplicate : SorterEvent::Kind::kCommitConflict, header,
          txn.commit_ts);
  } else if (header.commit_ts <= max_ts_) {
    event(SorterEvent::Kind::kLateCommit, header, max_ts_);
    finish(header.start_ts, header.commit_ts);
  } else if (!heap_.emplace(header.commit_ts, header.start_ts).second) {
    event(SorterEvent::Kind::kCommitConflict, header, header.commit_ts);
    finish(header.start_ts, header.commit_ts);
  } else {
    txn.commit_ts = header.commit_ts;
    txn.commit = item.place;
    ++committed_;
    passed_.erase(header.start_ts);
    rolled_back_.erase(header.start_ts);
    queue_.push_back({header.commit_ts, QueueItem::Kind::kCommit});
  }
}

void Sorter::add_commit_without_txn(const LogItem& item) {
  const auto commit_ts = finished_.find(item.header.start_ts);
  if (!commit_ts) {
    event(SorterEvent::Kind::kCommitWithoutP, item.header);
  } else if (*commit_ts == item.header.commit_ts) {
    event(SorterEvent::Kind::kDuplicate, item.header, *commit_ts);
  } else {
    event(SorterEvent::Kind::kCommitConflict, item.header, *commit_ts);
  }
}

void Sorter::add_rollback(uint64_t start_ts) {
  const auto it = txns_.find(start_ts);
  if (it == txns_.end()) return;
  if (it->second.resolved()) {
    events_.push_back({SorterEvent::Kind::kRollbackAfterCommit, start_ts, it->second.commit_ts});
  } else if (start_ts < trusted_below_) {
    finish(start_ts, 0);
  } else {
    it->second.rollback_seen = true;
    rolled_back_.insert(start_ts);
  }
}

bool Sorter::drop(uint64_t start_ts) {
  const Txn* txn = find(start_ts);
  if (txn == nullptr || txn->resolved()) return false;
  finish(start_ts, 0);
  advance();
  return true;
}

void Sorter::finish(uint64_t start_ts, uint64_t commit_ts) {
  txns_.erase(start_ts);
  passed_.erase(start_ts);
  rolled_back_.erase(start_ts);
  finished_.add_unreleased({start_ts, commit_ts, max_ts_});
}

void Sorter::advance() {
  while (!queue_.empty() && front_passes(queue_.front())) queue_.pop_front();
}

bool Sorter::front_passes(const QueueItem& item) {
  if (item.kind == QueueItem::Kind::kPrewrite) {
    const auto it = txns_.find(item.ts);
    if (it != txns_.end() && !it->second.resolved()) {
      it->second.passed = true;
      passed_.insert(item.ts);
    }
    return true;
  }
  if (item.ts > max_ts_) {
    if (!passed_.empty() && *passed_.begin() < item.ts) return false;
    release(item.ts);
  }
  if (item.kind == QueueItem::Kind::kFake && item.ts > newest_fake_ts_) newest_fake_ts_ = item.ts;
  return true;
}

void Sorter::release(uint64_t ts) {
  while (!heap_.empty() && heap_.begin()->first <= ts) {
    const auto [commit_ts, start_ts] = *heap_.begin();
    heap_.erase(heap_.begin());
    const auto it = txns_.find(start_ts);
    const Txn& txn = it->second;
    released_.push_back({commit_ts, start_ts, txn.prewrite, txn.commit, txn.ddl});
    txns_.erase(it);
    --committed_;
    finished_.add_released(start_ts, commit_ts);
  }
  max_ts_ = ts;
}

const Txn* Sorter::find(uint64_t start_ts) const {
  const auto it = txns_.find(start_ts);
  return it == txns_.end() ? nullptr : &it->second;
}

uint64_t Sorter::front_ts() const { return queue_.empty() ? 0 : queue_.front().ts; }

std::vector<uint64_t> Sorter::blocking(size_t limit) const {
  std::vector<uint64_t> found;
  if (queue_.empty()) return found;
  for (const uint64_t start_ts : passed_) {
    if (start_ts >= queue_.front().ts || found.size() == limit) break;
    found.push_back(start_ts);
  }
  return found;
}

void Sorter::event(SorterEvent::Kind kind, const BinlogHeader& header, uint64_t other_ts) {
  events_.push_back({kind, header.start_ts, header.commit_ts, other_ts});
}

}  // namespace tbl::pump
