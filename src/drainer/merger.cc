#include "drainer/merger.h"

#include <algorithm>

#include "base/log.h"

namespace tbl::drainer {

Merger::Merger(uint64_t start_ts, uint64_t limit_bytes)
    : limit_bytes_(limit_bytes),
      disordered_(metrics().counter("binlog_drainer_disorder_binlog_count",
                                    "binlogs dropped because they came too late")),
      last_ts_(start_ts) {}

bool Merger::add_source(const std::string& id, uint64_t* start_ts) {
  std::lock_guard lock(mutex_);
  auto [it, added] = sources_.try_emplace(id);
  if (!added && !it->second.removed) return false;
  it->second.removed = false;
  if (it->second.items.empty()) ++waited_for_;
  *start_ts = last_ts_;
  return true;
}

void Merger::remove_source(const std::string& id) {
  {
    std::lock_guard lock(mutex_);
    auto it = sources_.find(id);
    if (it == sources_.end() || it->second.removed) return;
    it->second.removed = true;
    if (it->second.items.empty()) {
      --waited_for_;
      sources_.erase(it);
    }
  }
  pushed_.notify_all();
  popped_.notify_all();
}

bool Merger::has_room(const Source& source, uint64_t bytes) const {
  return source.items.empty() || bytes_ + bytes <= limit_bytes_;
}

bool Merger::push(const std::string& id, std::span<BinlogItem> items, const StopToken& stop) {
  std::unique_lock lock(mutex_);
  for (BinlogItem& item : items) {
    const uint64_t bytes = item.memory_bytes();
    Sources::iterator it;
    auto may_push = [&] {
      it = sources_.find(id);
      return it == sources_.end() || it->second.removed || has_room(it->second, bytes);
    };
    if (!may_push()) {
      if (ready()) pushed_.notify_one();
      ++pushers_waiting_;
      popped_.wait(lock, stop, may_push);
      --pushers_waiting_;
    }
    if (stop.stop_requested() || it == sources_.end() || it->second.removed) return false;
    if (it->second.items.empty()) --waited_for_;
    it->second.items.push_back(std::move(item));
    bytes_ += bytes;
  }
  const bool wake = ready();
  lock.unlock();
  if (wake) pushed_.notify_one();
  return true;
}

void Merger::open() {
  {
    std::lock_guard lock(mutex_);
    open_ = true;
  }
  pushed_.notify_all();
}

bool Merger::ready() const { return open_ && waited_for_ == 0 && !sources_.empty(); }

bool Merger::take(const Limit& limit, std::vector<BinlogItem>* out, const StopToken& stop) {
  std::unique_lock lock(mutex_);
  while (pushed_.wait(lock, stop, [this] { return ready(); }) && !stop.stop_requested()) {
    if (pop_ready(limit, out) > 0) return true;
  }
  return false;
}

size_t Merger::take_ready(const Limit& limit, std::vector<BinlogItem>* out) {
  std::lock_guard lock(mutex_);
  return pop_ready(limit, out);
}

size_t Merger::pop_ready(const Limit& limit, std::vector<BinlogItem>* out) {
  size_t count = 0;
  for (uint64_t bytes = 0; count < limit.items && bytes < limit.bytes; ++count) {
    if (!pop_wanted(out)) break;
    bytes += out->back().memory_bytes();
  }
  return count;
}

bool Merger::pop_wanted(std::vector<BinlogItem>* out) {
  auto order = [](const Sources::value_type& entry) {
    const BinlogItem& head = entry.second.items.front();
    return std::pair(head.commit_ts(), head.is_fake());
  };
  while (ready()) {
    const auto smallest = std::ranges::min_element(sources_, {}, order);
    BinlogItem& head = smallest->second.items.front();
    bytes_ -= head.memory_bytes();
    const bool wanted = is_wanted(head);
    if (wanted) {
      last_ts_ = head.commit_ts();
      last_was_fake_ = head.is_fake();
      out->push_back(std::move(head));
    }
    drop_head(smallest);
    if (wanted) return true;
  }
  return false;
}

void Merger::drop_head(Sources::iterator source) {
  source->second.items.pop_front();
  if (source->second.items.empty()) {
    if (source->second.removed) {
      sources_.erase(source);
    } else {
      ++waited_for_;
    }
  }
  // Few wake-ups: a pusher that has waited finds room for many.
  const bool wake = pushers_waiting_ > 0 && (bytes_ <= limit_bytes_ / 2 || waited_for_ > 0);
  if (wake) popped_.notify_all();
}

bool Merger::is_wanted(const BinlogItem& item) {
  if (item.commit_ts() > last_ts_) return true;
  if (item.commit_ts() < last_ts_) {
    disordered_.add();
    log_error("binlog's commit ts less than the last ts",
              {{"commit ts", item.commit_ts()}, {"last ts", last_ts_}});
    return false;
  }
  // A time signal does not stand for the transaction that follows it.
  if (last_was_fake_ && !item.is_fake()) return true;
  if (!item.is_fake()) log_warn("duplicate binlog", {{"commit ts", item.commit_ts()}});
  return false;
}

uint64_t Merger::last_emitted() const {
  std::lock_guard lock(mutex_);
  return last_ts_;
}

uint64_t Merger::bytes() const {
  std::lock_guard lock(mutex_);
  return bytes_;
}

}  // namespace tbl::drainer
