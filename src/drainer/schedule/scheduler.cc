#include "drainer/schedule/scheduler.h"

#include <algorithm>

#include "base/log.h"
#include "drainer/schedule/backoff.h"

namespace tbl::schedule {
namespace {

// What the dispatcher and this keep of a transaction that is under way.
constexpr uint64_t kBookkeepingBytes = 300;
// What remembering the last writer of a hash costs.
constexpr uint64_t kBytesPerHash = 64;

// A batch in company goes back to be tried one by one: because of others' locks or values, or so
// that the error names the one transaction that causes it. Not when the run cannot go on at all.
bool may_succeed_alone(const Status& status) {
  switch (status.code()) {
    case StatusCode::kCancelled:
    case StatusCode::kDataLoss:
    case StatusCode::kFailedPrecondition:
    case StatusCode::kUnavailable:
      return false;
    default:
      return true;
  }
}

}  // namespace

class Scheduler::Turn : public CommitTurn {
 public:
  Turn(Scheduler& owner, const Taken& taken) : owner_(owner), taken_(taken) {}

  bool wait(std::chrono::milliseconds limit) override {
    if (owner_.options_.order == CommitOrder::kFree) return true;
    std::unique_lock lock(owner_.mutex_);
    bool mine = false;
    owner_.committed_.wait_for(lock, limit, [&] {
      mine = owner_.dispatcher_.may_commit(taken_);
      return mine || !owner_.error_.ok() || owner_.stop_.stop_requested();
    });
    return mine;
  }

 private:
  Scheduler& owner_;
  const Taken& taken_;
};

Scheduler::Scheduler(SchedulerOptions options, Progress::Position start, ApplierEvents events)
    : options_(options),
      events_(std::move(events)),
      budget_(options.pending_bytes),
      wake_(options.workers),
      sleeping_(options.workers, false),
      dispatcher_(options.workers, options.order),
      progress_(start),
      reported_ts_(start.commit_ts) {}

Scheduler::~Scheduler() {
  abort();
  threads_.clear();
}

void Scheduler::start(const MakeWriter& make_writer) {
  for (size_t i = 0; i < options_.workers; ++i) writers_.push_back(make_writer(i));
  for (size_t i = 0; i < options_.workers; ++i) {
    threads_.emplace_back("apply-" + std::to_string(i), [this, i] { work(i, *writers_[i]); });
  }
}

Status Scheduler::submit(Unit unit, const WriteSet& writes) {
  const decode::Transaction& transaction = *unit.transaction;
  uint64_t bytes =
      transaction.memory_bytes() + kBookkeepingBytes + writes.hashes.size() * kBytesPerHash;
  if (!budget_.acquire(bytes, stop_.get_token())) return first_error();
  std::lock_guard lock(mutex_);
  TBL_TRY(error_);
  uint64_t number = dispatcher_.add(writes, std::max<size_t>(1, transaction.rows.size()), bytes);
  uint64_t ts = transaction.is_last_part ? transaction.commit_ts : 0;
  uint64_t progress_number = progress_.add(ts, transaction.schema_version);
  pending_.emplace(number, Pending{std::move(unit), progress_number, bytes});
  wake_one(dispatcher_.bound_to(number));
  return ok_status();
}

void Scheduler::note_progress(uint64_t commit_ts, int64_t schema_version) {
  {
    std::lock_guard lock(mutex_);
    progress_.add_finished(commit_ts, schema_version);
  }
  report_progress();
}

Status Scheduler::wait_idle() {
  std::unique_lock lock(mutex_);
  idle_.wait(lock, [&] { return dispatcher_.idle() || !error_.ok() || stop_.stop_requested(); });
  TBL_TRY(error_);
  return dispatcher_.idle() ? ok_status() : cancelled("applying was stopped");
}

void Scheduler::work(size_t worker, BatchWriter& writer) {
  while (true) {
    Taken taken = next_batch(worker);
    if (taken.numbers.empty()) return;
    settle(worker, taken, write_until_settled(taken, writer));
  }
}

// Waits for work; an empty batch is the end.
Taken Scheduler::next_batch(size_t worker) {
  std::unique_lock lock(mutex_);
  while (error_.ok() && !stop_.stop_requested()) {
    Taken taken = dispatcher_.take(worker, limits());
    if (!taken.numbers.empty()) {
      adapt(taken);
      if (dispatcher_.waiting_rows() > 0) wake_one(std::nullopt);
      return taken;
    }
    sleeping_[worker] = true;
    wake_[worker].wait(lock);
    sleeping_[worker] = false;
  }
  return {};
}

TakeLimits Scheduler::limits() const {
  if (options_.one_to_one) return {~0ULL, ~0ULL, 1};
  return {options_.batch_rows * factor_, options_.batch_bytes, 2000};
}

// Batches grow while a backlog stands behind full ones, and shrink when there is none.
void Scheduler::adapt(const Taken& taken) {
  uint64_t limit = options_.batch_rows * factor_;
  if (taken.rows * 4 >= limit * 3 && dispatcher_.waiting_rows() > limit) {
    factor_ = std::min(factor_ * 2, kMaxBatchFactor);
  } else if (dispatcher_.waiting_rows() == 0 && factor_ > 1) {
    factor_ /= 2;
  }
}

Status Scheduler::write_until_settled(const Taken& taken, BatchWriter& writer) {
  Batch batch;
  batch.rows = taken.rows;
  batch.alone = taken.alone;
  {
    std::lock_guard lock(mutex_);
    for (uint64_t number : taken.numbers) batch.units.push_back(&pending_.at(number).unit);
  }
  Turn turn(*this, taken);
  Backoff backoff;
  while (true) {
    Status written = writer.write(batch, turn);
    // In company: settle() sends it back to be tried alone. Alone, a duplicate key stays one.
    if (written.code() != StatusCode::kAborted || !taken.alone) return written;
    log_warn("a transaction was rolled back, trying again",
             {{"commit ts", batch.units[0]->transaction->commit_ts}, {"error", written}});
    if (!backoff.wait(stop_.get_token())) return written;
  }
}

void Scheduler::settle(size_t worker, const Taken& taken, const Status& written) {
  if (written.ok()) {
    finish(taken);
    report_progress();
    return;
  }
  if (!taken.alone && may_succeed_alone(written)) {
    std::lock_guard lock(mutex_);
    log_info("a batch was rolled back, its transactions are tried one by one",
             {{"transactions", taken.numbers.size()}, {"rows", taken.rows}, {"error", written}});
    dispatcher_.retry_alone(worker, taken);
    return;
  }
  record_error(may_succeed_alone(written) ? written.wrap(name_of(taken)) : written);
}

std::string Scheduler::name_of(const Taken& taken) const {
  std::lock_guard lock(mutex_);
  return "commit ts " +
         std::to_string(pending_.at(taken.numbers.front()).unit.transaction->commit_ts);
}

void Scheduler::finish(const Taken& taken) {
  std::vector<Unit> released;  // freed outside the lock
  uint64_t bytes = 0;
  {
    std::lock_guard lock(mutex_);
    dispatcher_.finish(taken);
    for (uint64_t number : taken.numbers) {
      auto it = pending_.find(number);
      progress_.finish(it->second.progress_number);
      bytes += it->second.bytes;
      released.push_back(std::move(it->second.unit));
      pending_.erase(it);
    }
    if (dispatcher_.waiting_rows() > 0) wake_all();
    if (dispatcher_.idle()) idle_.notify_all();
    if (options_.order == CommitOrder::kUpstream) committed_.notify_all();
  }
  budget_.release(bytes);
}

void Scheduler::wake_one(std::optional<size_t> worker) {
  if (worker) {
    wake_[*worker].notify_one();
    return;
  }
  for (size_t i = 0; i < sleeping_.size(); ++i) {
    if (!sleeping_[i] || dispatcher_.is_retrying(i)) continue;
    sleeping_[i] = false;
    wake_[i].notify_one();
    return;
  }
}

void Scheduler::wake_all() {
  for (auto& condition : wake_) condition.notify_one();
}

void Scheduler::report_progress() {
  std::lock_guard report(report_mutex_);
  uint64_t ts = position().commit_ts;
  if (ts <= reported_ts_) return;
  reported_ts_ = ts;
  events_.on_progress(ts);
}

Progress::Position Scheduler::position() const {
  std::lock_guard lock(mutex_);
  return progress_.position();
}

Status Scheduler::first_error() const {
  std::lock_guard lock(mutex_);
  if (!error_.ok()) return error_;
  return stop_.stop_requested() ? cancelled("applying was stopped") : ok_status();
}

void Scheduler::fail(const Status& error) { record_error(error); }

void Scheduler::record_error(const Status& error) {
  {
    std::lock_guard lock(mutex_);
    if (!error_.ok()) return;
    error_ = error;
    stop_.request_stop();
    wake_all();
    idle_.notify_all();
    committed_.notify_all();
  }
  events_.on_error(error);
}

void Scheduler::abort() {
  std::lock_guard lock(mutex_);
  stop_.request_stop();
  wake_all();
  idle_.notify_all();
  committed_.notify_all();
}

}  // namespace tbl::schedule
