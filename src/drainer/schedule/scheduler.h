// The scheduler: gives transactions to worker threads so that what conflicts keeps its order, and
// knows how far the stream is durable.
#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <vector>

#include "base/byte_budget.h"
#include "base/ring.h"
#include "drainer/schedule/batch.h"
#include "drainer/schedule/concurrency.h"
#include "drainer/schedule/dispatcher.h"
#include "drainer/schedule/progress.h"

namespace tbl::schedule {

struct SchedulerOptions {
  size_t workers = 16;
  /// `txn-batch`: for how many rows a worker waits when few others are busy. Under load it is up to
  /// kMaxBatchFactor times as many.
  uint64_t batch_rows = 20;
  uint64_t batch_bytes = 4 << 20;
  /// `enable-dispatch` = false: one upstream transaction is one downstream transaction.
  bool one_to_one = false;
  CommitOrder order = CommitOrder::kFree;
  uint64_t pending_bytes = 256 << 20;  ///< of transactions under way
};

constexpr uint64_t kMaxBatchFactor = 50;

/// One thread submits; the workers are threads of this object. After an error nothing more is
/// started, and every call returns that error.
class Scheduler {
 public:
  using MakeWriter = std::function<std::unique_ptr<BatchWriter>(size_t worker)>;

  Scheduler(SchedulerOptions options, Progress::Position start, ApplierEvents events);
  ~Scheduler();

  /// Starts the workers, each with the writer made for it.
  void start(const MakeWriter& make_writer);

  struct Submission {
    Unit unit;
    WriteSet writes;
  };
  /// Takes units in the stream's order, and leaves the write sets' memory. Waits while too many
  /// bytes are under way.
  Status submit(std::span<Submission> submissions);
  Status submit(Unit unit, const WriteSet& writes) {
    Submission one{std::move(unit), writes};
    return submit({&one, 1});
  }
  /// Everything up to `commit_ts` that was not submitted is finished.
  void note_progress(uint64_t commit_ts, int64_t schema_version);
  /// Waits until everything submitted is durable.
  Status wait_idle();

  Progress::Position position() const;
  Status first_error() const;
  /// Reports an error from outside, e.g. that the checkpoint cannot be saved.
  void fail(const Status& error);
  /// No further batch is started, waiting ends. Any thread.
  void abort();
  /// For writers that wait between tries.
  StopToken stop_token() const { return stop_.get_token(); }

 private:
  struct Pending {
    Unit unit;  ///< empty while a worker has it
    uint64_t progress_number;
    uint64_t bytes;
  };
  enum class Idle : uint8_t {
    kNo,
    kSleeping,   // has nothing to do
    kGathering,  // has, and waits a moment for more
    kWoken,      // will look in a moment, and wake the next if more is left
  };
  class Turn;
  /// A worker's batch, and its transactions while the worker has them; kept for their memory.
  struct Held {
    Taken taken;
    std::vector<Unit> units;
  };
  static uint64_t cost_of(const Submission& submission);
  void add(Submission& submission);

  void work(size_t worker, BatchWriter& writer);
  bool next_batch(size_t worker, Held* held);
  Status write_until_settled(const Held& held, BatchWriter& writer);
  void settle(size_t worker, Held& held, const Status& written);
  void finish(const Taken& taken);
  TakeLimits limits() const;
  bool gather(size_t worker, std::unique_lock<std::mutex>& lock);
  bool is_saturated() const;
  bool enough_are_at_it(size_t worker) const;
  bool has_enough(size_t worker);
  uint64_t factor() const;
  void wait_for_work(size_t worker, std::unique_lock<std::mutex>& lock);
  void wake_for(std::optional<size_t> bound_to);
  void wake_bound();
  void wake(size_t worker);
  void wake_all();
  Pending& pending(uint64_t number) { return pending_[number - first_pending_]; }
  void report_progress();
  void record_error(const Status& error);

  const SchedulerOptions options_;
  const ApplierEvents events_;
  StopSource stop_;
  ByteBudget budget_;

  mutable std::mutex mutex_;
  std::condition_variable idle_;               // everything is durable, or an error
  std::condition_variable committed_;          // first_unfinished moved, or an error
  std::vector<std::condition_variable> wake_;  // by worker
  std::vector<Idle> idle_state_;               // by worker
  size_t busy_ = 0;                            // workers that write a batch
  bool is_behind_ = false;                     // the stream, when the last transaction came
  uint64_t flush_below_ = 0;                   // what is below this number waits for no others
  Concurrency concurrency_;
  Dispatcher dispatcher_;
  Progress progress_;
  Ring<Pending> pending_;  // by the dispatcher's number, from first_pending_ on
  uint64_t first_pending_ = 0;
  Status error_;

  std::mutex report_mutex_;
  uint64_t reported_ts_ = 0;
  std::vector<std::unique_ptr<BatchWriter>> writers_;
  std::vector<Thread> threads_;
};

}  // namespace tbl::schedule
