// Decoding on several threads, with the stream's order kept at the exit.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <vector>

#include "base/stop.h"
#include "drainer/row_counters.h"
#include "drainer/step.h"

namespace tbl::drainer {

/// One thread pushes, one pops; the decoding threads belong to this object.
class DecodePipeline {
 public:
  struct Options {
    size_t threads = 1;
    uint64_t limit_bytes = 0;      ///< of payloads inside
    uint64_t max_whole_bytes = 0;  ///< a larger payload is left for the consumer to decode in parts
  };
  explicit DecodePipeline(Options options);
  /// Waits for the threads; what is inside is dropped.
  ~DecodePipeline();

  /// Waits while more than the limit is inside. False: stop was requested; the batch is gone.
  bool push(std::unique_ptr<StepBatch> batch, const StopToken& stop);
  /// The oldest batch, once it is decoded; null after close() when all are out.
  std::unique_ptr<StepBatch> pop();
  /// Nothing more will be pushed.
  void close();

 private:
  struct Slot {
    std::unique_ptr<StepBatch> batch;
    bool decoded = false;
  };
  void work();
  void decode(StepBatch& batch) const;
  using Block = std::shared_ptr<decode::TransactionBlock>;
  static Status decode_rows(RowsStep& step, const Block& block);

  const Options options_;
  RowCounters counters_;
  std::mutex mutex_;
  std::condition_variable_any room_;
  std::condition_variable work_;
  std::condition_variable ready_;
  std::deque<std::shared_ptr<Slot>> slots_;  ///< in order of the stream
  std::deque<std::shared_ptr<Slot>> todo_;   ///< those of them that no thread has taken
  uint64_t bytes_ = 0;
  bool closed_ = false;
  bool quit_ = false;
  std::vector<Thread> threads_;
};

}  // namespace tbl::drainer
