// The scheduler: gives transactions to worker threads so that what conflicts keeps its order, and
// knows how far the stream is durable.
#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <unordered_map>
#include <vector>

#include "base/byte_budget.h"
#include "drainer/schedule/batch.h"
#include "drainer/schedule/dispatcher.h"
#include "drainer/schedule/progress.h"

namespace tbl::schedule {

struct SchedulerOptions {
  size_t workers = 16;
  uint64_t batch_rows = 20;  ///< `txn-batch`; up to kMaxBatchFactor times as many under load
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

  /// Waits while too many bytes are under way.
  Status submit(Unit unit, const WriteSet& writes);
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
    Unit unit;
    uint64_t progress_number;
    uint64_t bytes;
  };
  class Turn;

  void work(size_t worker, BatchWriter& writer);
  Taken next_batch(size_t worker);
  Status write_until_settled(const Taken& taken, BatchWriter& writer);
  void settle(size_t worker, const Taken& taken, const Status& written);
  void finish(const Taken& taken);
  std::string name_of(const Taken& taken) const;
  TakeLimits limits() const;
  void adapt(const Taken& taken);
  void wake_one(std::optional<size_t> worker);
  void wake_all();
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
  std::vector<bool> sleeping_;                 // by worker
  Dispatcher dispatcher_;
  Progress progress_;
  std::unordered_map<uint64_t, Pending> pending_;  // by the dispatcher's number
  uint64_t factor_ = 1;
  Status error_;

  std::mutex report_mutex_;
  uint64_t reported_ts_ = 0;
  std::vector<std::unique_ptr<BatchWriter>> writers_;
  std::vector<Thread> threads_;
};

}  // namespace tbl::schedule
