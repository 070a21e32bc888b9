#include "pump/storage/sorter_loop.h"

#include <algorithm>
#include <set>

#include "base/log.h"
#include "pump/storage/segment_format.h"

namespace tbl::pump {
namespace {

constexpr size_t kMaxQueuedItems = 1 << 20;
/// So many are sorted by whoever brings them.
constexpr size_t kFewItems = 4;
constexpr int64_t kSnapshotRetryMs = 10'000;
constexpr size_t kBlockingShown = 20;

Status not_unresolved(uint64_t start_ts) {
  return not_found("start ts " + std::to_string(start_ts) + " is not unresolved");
}

}  // namespace

SorterLoop::SorterLoop(SorterParts parts, Recovered recovered)
    : parts_(std::move(parts)),
      position_(recovered.position),
      segment_max_ts_(recovered.segment_max_ts),
      sorter_(std::move(recovered.sorter)),
      gc_ts_(recovered.gc_ts) {}

Status SorterLoop::start(std::vector<uint32_t>* segments) {
  TBL_TRY(take_snapshot());
  TBL_TRY(forget_until_gc_ts(segments));
  publish();
  thread_ = Thread("sorter", [this] { run(); });
  return ok_status();
}

Status SorterLoop::close() {
  {
    std::lock_guard lock(inbox_mutex_);
    closed_ = true;
  }
  work_.notify_one();
  thread_.join();
  return close_status_;
}

void SorterLoop::add(std::vector<LogItem> items) {
  if (enqueue(&items)) return work_.notify_one();
  Inbox work;
  work.items = std::move(items);
  handle(work);
  rest();
}

bool SorterLoop::enqueue(std::vector<LogItem>* items) {
  std::unique_lock lock(inbox_mutex_);
  taken_.wait(lock, [&] { return inbox_.items.size() < kMaxQueuedItems; });
  if (!busy_ && inbox_.empty() && items->size() <= kFewItems) {
    busy_ = true;
    return false;
  }
  if (inbox_.items.empty()) {
    inbox_.items = std::move(*items);
  } else {
    inbox_.items.insert(inbox_.items.end(), items->begin(), items->end());
  }
  return true;
}

void SorterLoop::rest() {
  bool wake = false;
  {
    std::lock_guard lock(inbox_mutex_);
    busy_ = false;
    wake = closed_ || !inbox_.empty() || !timed_wait_ || snapshot_due();
  }
  if (wake) work_.notify_one();
}

void SorterLoop::drop(uint64_t start_ts, WriteDone done) {
  {
    std::lock_guard lock(inbox_mutex_);
    if (!closed_) inbox_.drops.push_back({start_ts, std::exchange(done, nullptr)});
  }
  work_.notify_one();
  if (done) done(unavailable("pump's storage is closed"));
}

Status SorterLoop::gc(uint64_t target, std::vector<uint32_t>* segments) {
  Gc request{target, segments, {}};
  std::unique_lock lock(inbox_mutex_);
  if (closed_) return unavailable("pump's storage is closed");
  inbox_.gcs.push_back(&request);
  work_.notify_one();
  gc_over_.wait(lock, [&] { return request.over; });
  return request.status;
}

uint64_t SorterLoop::gc_ts() const {
  std::lock_guard lock(state_mutex_);
  return gc_ts_;
}

void SorterLoop::run() {
  Inbox work;
  while (wait_for_work(&work)) {
    if (!work.empty()) handle(work);
    work = Inbox();
    take_snapshot_if_due();
  }
  close_status_ = take_snapshot();
}

bool SorterLoop::wait_for_work(Inbox* work) {
  std::unique_lock lock(inbox_mutex_);
  busy_ = false;
  while (busy_ || (!closed_ && inbox_.empty() && !snapshot_due())) {
    timed_wait_ = !busy_ && changed_since_snapshot_;
    if (timed_wait_) {
      const int64_t wait_ms = std::max<int64_t>(next_snapshot_ms_ - now_ms(), 1);
      work_.wait_for(lock, std::chrono::milliseconds(wait_ms));
    } else {
      work_.wait(lock);
    }
  }
  busy_ = true;
  std::swap(*work, inbox_);
  taken_.notify_one();
  return !(closed_ && work->empty());
}

void SorterLoop::handle(Inbox& work) {
  if (!work.items.empty()) add_to_sorter(work.items);
  if (!work.drops.empty()) carry_out(work.drops);
  publish();
  for (Gc* request : work.gcs) {
    Status status = carry_out(*request);
    std::lock_guard lock(inbox_mutex_);
    request->status = std::move(status);
    request->over = true;
    gc_over_.notify_all();
  }
}

void SorterLoop::add_to_sorter(const std::vector<LogItem>& items) {
  const int64_t now = now_ms();
  {
    std::lock_guard lock(state_mutex_);
    const size_t rolled_back = sorter_.rolled_back().size();
    for (const LogItem& item : items) sorter_.add(item, now);
    if (sorter_.rolled_back().size() > rolled_back) new_question_ = true;
    if (new_question_) questions_changed_.notify_all();
  }
  for (const LogItem& item : items) {
    if (item.place.segment != position_.segment) segment_max_ts_ = 0;
    position_ = {item.place.segment, item.place.offset + kRecordHeaderBytes + item.place.length};
    segment_max_ts_ = std::max({segment_max_ts_, item.header.start_ts, item.header.commit_ts});
    bytes_since_snapshot_ += kRecordHeaderBytes + item.place.length;
  }
}

void SorterLoop::carry_out(std::vector<Drop>& drops) {
  std::set<uint64_t> unresolved;
  for (const Drop& drop : drops) {
    const Txn* txn = sorter_.find(drop.start_ts);
    if (txn != nullptr && !txn->resolved()) unresolved.insert(drop.start_ts);
  }
  Status status;
  if (!unresolved.empty()) {
    status = parts_.dropped.append({unresolved.begin(), unresolved.end()});
  }
  if (status.ok()) {
    std::lock_guard lock(state_mutex_);
    for (const uint64_t start_ts : unresolved) sorter_.drop(start_ts);
    parts_.releaser.count_dropped(unresolved.size());
  } else {
    log_error("write dropped.log failed", {{"error", status}});
  }
  for (Drop& drop : drops) {
    drop.done(unresolved.contains(drop.start_ts) ? status : not_unresolved(drop.start_ts));
  }
}

void SorterLoop::publish() {
  std::vector<IndexEntry> released;
  std::vector<SorterEvent> events;
  Published::Value value;
  {
    std::lock_guard lock(state_mutex_);
    released = sorter_.take_released();
    events = sorter_.take_events();
    value = {sorter_.max_ts(), sorter_.newest_fake_ts()};
  }
  if (!changed_since_snapshot_) {
    changed_since_snapshot_ = true;
    next_snapshot_ms_ = now_ms() + parts_.options.snapshot_interval.count();
  }
  parts_.releaser.apply(released, events);
  parts_.published.set(value);
}

bool SorterLoop::snapshot_due() const {
  return bytes_since_snapshot_ >= parts_.options.snapshot_log_bytes ||
         (changed_since_snapshot_ && now_ms() >= next_snapshot_ms_);
}

void SorterLoop::take_snapshot_if_due() {
  if (!snapshot_due()) return;
  if (Status status = take_snapshot(); !status.ok()) {
    log_error("take snapshot failed, will try again", {{"error", status}});
    bytes_since_snapshot_ = 0;
    changed_since_snapshot_ = true;
    next_snapshot_ms_ = now_ms() + kSnapshotRetryMs;
  }
}

Status SorterLoop::take_snapshot() {
  Env& env = *parts_.options.env;
  if (!parts_.options.sync_log && position_.offset > 0) {
    TBL_ASSIGN(const auto segment, env.open_append(parts_.segments.path(position_.segment)));
    TBL_TRY(segment->sync());
  }
  TBL_TRY(parts_.index.sync());
  Snapshot snapshot;
  snapshot.position = position_;
  snapshot.segment_max_ts = segment_max_ts_;
  snapshot.index_end = parts_.index.end();
  snapshot.highest_pointing = parts_.releaser.highest_pointing();
  {
    std::lock_guard lock(state_mutex_);
    snapshot.gc_ts = gc_ts_;
    snapshot.sorter = sorter_.state();
  }
  TBL_TRY(env.write_file_atomically(parts_.dir.snapshot(), encode_snapshot(snapshot)));
  TBL_TRY(parts_.dropped.clear());
  bytes_since_snapshot_ = 0;
  changed_since_snapshot_ = false;
  std::lock_guard lock(state_mutex_);
  last_snapshot_ms_ = now_ms();
  return ok_status();
}

Status SorterLoop::carry_out(const Gc& gc) {
  const uint64_t old = gc_ts_;
  if (gc.target <= old) {
    return failed_precondition("gc ts is " + std::to_string(old) + " already");
  }
  if (sorter_.max_ts() <= gc.target) {
    return failed_precondition("max commit ts " + std::to_string(sorter_.max_ts()) +
                               " is not above the gc target");
  }
  const auto set_gc_ts = [&](uint64_t ts) {
    std::lock_guard lock(state_mutex_);
    gc_ts_ = ts;
  };
  set_gc_ts(gc.target);
  if (Status status = take_snapshot(); !status.ok()) {
    set_gc_ts(old);
    return status;
  }
  return forget_until_gc_ts(gc.segments);
}

Status SorterLoop::forget_until_gc_ts(std::vector<uint32_t>* segments) {
  TBL_TRY(parts_.index.remove_until(gc_ts_));
  *segments = removable_segments(gc_ts_);
  for (const uint32_t id : *segments) {
    parts_.segments.forget(id);
    parts_.releaser.highest_pointing().erase(id);
  }
  return ok_status();
}

std::vector<uint32_t> SorterLoop::removable_segments(uint64_t gc_ts) const {
  std::set<uint32_t> needed;
  for (const auto& [start_ts, txn] : sorter_.txns()) needed.insert(txn.prewrite.segment);
  for (const auto& [segment, commit_ts] : parts_.releaser.highest_pointing()) {
    if (commit_ts > gc_ts) needed.insert(segment);
  }
  std::vector<uint32_t> removable;
  const auto segments = parts_.segments.list();
  for (const SegmentInfo& segment : segments) {
    // Behind position_ stand records that the sorter has not seen.
    const bool seen = segment.id < position_.segment;
    if (seen && segment.max_ts <= gc_ts && !needed.contains(segment.id)) {
      removable.push_back(segment.id);
    }
  }
  return removable;
}

bool SorterLoop::wait_question(const StopToken& stop, std::chrono::nanoseconds timeout) {
  std::unique_lock lock(state_mutex_);
  return questions_changed_.wait_for(lock, stop, timeout, [&] { return new_question_; });
}

std::vector<std::pair<Question, Place>> SorterLoop::questions(size_t limit) {
  const int64_t now = now_ms();
  std::lock_guard lock(state_mutex_);
  new_question_ = false;
  std::set<uint64_t> asked;
  for (const uint64_t start_ts : sorter_.rolled_back()) {
    if (asked.size() == limit) break;
    asked.insert(start_ts);
  }
  for (const uint64_t start_ts : sorter_.blocking(limit)) {
    if (now - sorter_.find(start_ts)->arrived_ms < parts_.options.ask_after.count()) continue;
    asked.insert(start_ts);
  }
  std::vector<std::pair<Question, Place>> found;
  for (const uint64_t start_ts : asked) {
    if (found.size() == limit) break;
    const Txn& txn = *sorter_.find(start_ts);
    Question question;
    question.start_ts = start_ts;
    question.why = txn.rollback_seen ? AskWhy::kRollback : AskWhy::kOrphan;
    question.waited_ms = now - txn.arrived_ms;
    question.ddl = txn.ddl;
    found.emplace_back(std::move(question), txn.prewrite);
  }
  return found;
}

Result<Place> SorterLoop::find_prewrite(uint64_t start_ts) const {
  std::lock_guard lock(state_mutex_);
  const Txn* txn = sorter_.find(start_ts);
  if (txn == nullptr) return not_unresolved(start_ts);
  return txn->prewrite;
}

Result<std::pair<OpenTxn, Place>> SorterLoop::find_open(uint64_t start_ts) const {
  std::lock_guard lock(state_mutex_);
  const Txn* txn = sorter_.find(start_ts);
  if (txn == nullptr || txn->resolved()) return not_unresolved(start_ts);
  OpenTxn open;
  open.bytes = txn->prewrite.length;
  open.waited_ms = now_ms() - txn->arrived_ms;
  open.ddl = txn->ddl;
  open.rollback_seen = txn->rollback_seen;
  return std::make_pair(std::move(open), txn->prewrite);
}

void SorterLoop::fill(StorageStats* stats) const {
  const Published::Value value = parts_.published.get();
  stats->max_commit_ts = value.max_ts;
  stats->newest_fake_ts = value.newest_fake_ts;
  stats->counters = parts_.releaser.counters();
  stats->index_entries = parts_.index.entry_count();
  std::lock_guard lock(state_mutex_);
  stats->gc_ts = gc_ts_;
  stats->unresolved = sorter_.unresolved();
  stats->committed_waiting = sorter_.committed_waiting();
  stats->queue_items = sorter_.queue_size();
  stats->front_ts = sorter_.front_ts();
  stats->blocking = sorter_.blocking(kBlockingShown);
  stats->snapshot_age_ms = static_cast<uint64_t>(now_ms() - last_snapshot_ms_);
}

int64_t SorterLoop::now_ms() const {
  const auto now = parts_.options.clock->steady_now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
}

}  // namespace tbl::pump
