#include "drainer/schedule/scheduler.h"

#include <algorithm>

#include "base/clock.h"
#include "base/log.h"
#include "drainer/schedule/backoff.h"

namespace tbl::schedule {
namespace {

// What the dispatcher and this keep of a transaction that is under way.
constexpr uint64_t kBookkeepingBytes = 300;
// What remembering the last writer of a hash costs.
constexpr uint64_t kBytesPerHash = 64;
// So many workers take what is there at once, however little, while the stream is near the present.
constexpr size_t kPromptWorkers = 2;
// How long rows may gather: near the present, or after the last one came; and while the stream is
// behind, as after a pause.
constexpr std::chrono::milliseconds kGatherTime(10);
constexpr std::chrono::milliseconds kGatherTimeBehind(50);
constexpr int64_t kBehindMs = 500;
// Where the oldest row's table has few rows, so many times as many of all tables will do.
constexpr uint64_t kManyTables = 16;

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
      idle_state_(options.workers, Idle::kNo),
      concurrency_(options.workers),
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

uint64_t Scheduler::cost_of(const Submission& submission) {
  return submission.unit.transaction->memory_bytes() + kBookkeepingBytes +
         submission.writes.hashes.size() * kBytesPerHash;
}

Status Scheduler::submit(std::span<Submission> submissions) {
  uint64_t bytes = 0;
  for (const Submission& submission : submissions) bytes += cost_of(submission);
  if (!budget_.acquire(bytes, stop_.get_token())) return first_error();
  std::lock_guard lock(mutex_);
  TBL_TRY(error_);
  const uint64_t ts = submissions.back().unit.transaction->commit_ts;
  is_behind_ = system_clock().unix_ms() - tso_physical_ms(ts) > kBehindMs;
  for (const Submission& submission : submissions) dispatcher_.prefetch(submission.writes);
  for (Submission& submission : submissions) add(submission);
  wake_for(std::nullopt);
  return ok_status();
}

void Scheduler::add(Submission& submission) {
  const decode::Transaction& transaction = *submission.unit.transaction;
  const uint64_t bytes = cost_of(submission);
  const uint64_t rows = std::max<size_t>(1, transaction.rows.size());
  const uint64_t number = dispatcher_.add(submission.writes, rows, bytes);
  const uint64_t ts = transaction.is_last_part ? transaction.commit_ts : 0;
  const uint64_t progress_number = progress_.add(ts, transaction.schema_version);
  pending_.push_back({std::move(submission.unit), progress_number, bytes});
  if (auto worker = dispatcher_.bound_to(number)) wake_for(worker);
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
  flush_below_ = ~0ULL;
  wake_all();
  idle_.wait(lock, [&] { return dispatcher_.idle() || !error_.ok() || stop_.stop_requested(); });
  flush_below_ = 0;
  TBL_TRY(error_);
  return dispatcher_.idle() ? ok_status() : cancelled("applying was stopped");
}

void Scheduler::work(size_t worker, BatchWriter& writer) {
  Held held;
  while (next_batch(worker, &held)) {
    settle(worker, held, write_until_settled(held, writer));
    held.units.clear();
  }
}

// Waits for work. False: this is the end.
bool Scheduler::next_batch(size_t worker, Held* held) {
  std::unique_lock lock(mutex_);
  while (error_.ok() && !stop_.stop_requested()) {
    wait_for_work(worker, lock);
    if (!error_.ok() || stop_.stop_requested()) break;
    dispatcher_.take(worker, limits(), &held->taken);
    if (held->taken.numbers.empty()) continue;
    for (uint64_t number : held->taken.numbers) {
      held->units.push_back(std::move(pending(number).unit));
    }
    ++busy_;
    if (dispatcher_.waiting_rows() > 0) wake_for(std::nullopt);
    return true;
  }
  return false;
}

// Returns when there may be something to take, and enough of it. The more workers are busy the more
// rows of a table the next one waits for: so batches grow while the server is busy, since many rows
// of a table cost it less per row, and are small when it has nothing else to do.
void Scheduler::wait_for_work(size_t worker, std::unique_lock<std::mutex>& lock) {
  while (!dispatcher_.has_work(worker) || enough_are_at_it(worker)) {
    idle_state_[worker] = Idle::kSleeping;
    wake_[worker].wait(lock);
    idle_state_[worker] = Idle::kNo;
    if (!error_.ok() || stop_.stop_requested()) return;
  }
  if (!has_enough(worker)) {
    idle_state_[worker] = Idle::kGathering;
    if (!gather(worker, lock)) flush_below_ = std::max(flush_below_, dispatcher_.next_number());
  }
  idle_state_[worker] = Idle::kNo;
}

// Others are slower with this one than without it. One of them takes what it would.
bool Scheduler::enough_are_at_it(size_t worker) const {
  if (dispatcher_.has_bound(worker) || dispatcher_.is_retrying(worker)) return false;
  return is_saturated();
}

// Rows wait in full batches, and as many workers write as should.
bool Scheduler::is_saturated() const {
  const bool any_worker_will_do = !options_.one_to_one && options_.order == CommitOrder::kFree;
  return any_worker_will_do && busy_ >= concurrency_.limit() &&
         dispatcher_.waiting_rows() >= options_.batch_rows * kMaxBatchFactor;
}

// False: not woken in time.
bool Scheduler::gather(size_t worker, std::unique_lock<std::mutex>& lock) {
  const auto limit = is_behind_ ? kGatherTimeBehind : kGatherTime;
  for (auto waited = kGatherTime; waited <= limit; waited += kGatherTime) {
    const uint64_t seen = dispatcher_.next_number();
    if (wake_[worker].wait_for(lock, kGatherTime) == std::cv_status::no_timeout) return true;
    if (dispatcher_.next_number() == seen) break;  // nothing comes at the moment
  }
  return false;
}

bool Scheduler::has_enough(size_t worker) {
  if (options_.one_to_one || dispatcher_.is_retrying(worker)) return true;
  if (dispatcher_.first_work(worker) < flush_below_) return true;
  if (!is_behind_ && busy_ < kPromptWorkers) return true;
  const uint64_t rows = options_.batch_rows * (is_behind_ ? kMaxBatchFactor : factor());
  const uint64_t waiting = dispatcher_.waiting_rows();
  const bool is_full = budget_.used() > budget_.limit() / 4 * 3;  // few more will come
  if (waiting < rows) return is_full && busy_ == 0;
  return is_full || waiting >= rows * kManyTables || dispatcher_.has_bound(worker) ||
         dispatcher_.ready_rows() >= rows;
}

uint64_t Scheduler::factor() const {
  const size_t doublings = std::min<size_t>(busy_ - kPromptWorkers, 16);
  return std::min(kMaxBatchFactor, uint64_t{1} << doublings);
}

TakeLimits Scheduler::limits() const {
  if (options_.one_to_one) return {~0ULL, ~0ULL, 1};
  return {options_.batch_rows * kMaxBatchFactor, options_.batch_bytes, 2000};
}

Status Scheduler::write_until_settled(const Held& held, BatchWriter& writer) {
  const Taken& taken = held.taken;
  const Batch batch{held.units, taken.rows, taken.alone};
  Turn turn(*this, taken);
  Backoff backoff;
  while (true) {
    Status written = writer.write(batch, turn);
    // In company: settle() sends it back to be tried alone. Alone, a duplicate key stays one.
    if (written.code() != StatusCode::kAborted || !taken.alone) return written;
    log_warn("a transaction was rolled back, trying again",
             {{"commit ts", batch.units[0].transaction->commit_ts}, {"error", written}});
    if (!backoff.wait(stop_.get_token())) return written;
  }
}

void Scheduler::settle(size_t worker, Held& held, const Status& written) {
  const Taken& taken = held.taken;
  if (written.ok()) {
    finish(taken);
    report_progress();
    return;
  }
  if (!taken.alone && may_succeed_alone(written)) {
    std::lock_guard lock(mutex_);
    log_info("a batch was rolled back, its transactions are tried one by one",
             {{"transactions", taken.numbers.size()}, {"rows", taken.rows}, {"error", written}});
    --busy_;
    for (size_t i = 0; i < held.units.size(); ++i) {
      pending(taken.numbers[i]).unit = std::move(held.units[i]);
    }
    dispatcher_.retry_alone(worker, taken);
    return;
  }
  const uint64_t ts = held.units.front().transaction->commit_ts;
  record_error(may_succeed_alone(written) ? written.wrap("commit ts " + std::to_string(ts))
                                          : written);
}

void Scheduler::finish(const Taken& taken) {
  uint64_t bytes = 0;
  {
    std::lock_guard lock(mutex_);
    concurrency_.on_finished(taken.rows, is_saturated(), std::chrono::steady_clock::now());
    --busy_;
    dispatcher_.finish(taken);
    for (uint64_t number : taken.numbers) {
      Pending& done = pending(number);
      progress_.finish(done.progress_number);
      bytes += done.bytes;
    }
    for (; first_pending_ < dispatcher_.first_unfinished(); ++first_pending_) pending_.pop_front();
    wake_bound();
    if (dispatcher_.idle()) idle_.notify_all();
    if (options_.order == CommitOrder::kUpstream) committed_.notify_all();
  }
  budget_.release(bytes);
}

// There is something new to take: by the worker that it is bound to, or by any. Nobody is woken
// only to see that it is not enough.
void Scheduler::wake_for(std::optional<size_t> bound_to) {
  if (bound_to) {
    const bool gathers = idle_state_[*bound_to] == Idle::kGathering;
    if (!gathers || has_enough(*bound_to)) wake(*bound_to);
    return;
  }
  if (is_saturated()) return;
  std::optional<size_t> sleeper;
  for (size_t i = 0; i < idle_state_.size(); ++i) {
    if (idle_state_[i] == Idle::kWoken) return;
    if (idle_state_[i] == Idle::kGathering) {
      if (has_enough(i)) wake(i);
      return;
    }
    if (idle_state_[i] == Idle::kSleeping && !dispatcher_.is_retrying(i)) sleeper = i;
  }
  if (sleeper) wake(*sleeper);
}

// After a batch others may follow that are bound to workers of their own.
void Scheduler::wake_bound() {
  for (size_t i = 0; i < idle_state_.size(); ++i) {
    if (dispatcher_.has_bound(i) || options_.order == CommitOrder::kUpstream) wake(i);
  }
}

void Scheduler::wake(size_t worker) {
  if (idle_state_[worker] != Idle::kSleeping && idle_state_[worker] != Idle::kGathering) return;
  idle_state_[worker] = Idle::kWoken;
  wake_[worker].notify_one();
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
