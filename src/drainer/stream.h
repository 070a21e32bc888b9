// The way from the merger to the sink, with its threads.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "base/metrics.h"
#include "base/stop.h"
#include "drainer/decode_pipeline.h"
#include "drainer/lag.h"
#include "drainer/merger.h"
#include "drainer/row_counters.h"
#include "drainer/step.h"
#include "drainer/syncer.h"

namespace tbl::drainer {

struct StreamOptions {
  size_t decode_threads = 2;
  uint64_t pipeline_bytes = 128 << 20;
  uint64_t part_bytes = 32 << 20;   ///< a larger transaction is decoded and applied in parts
  uint64_t part_rows = UINT64_MAX;  ///< that have no more rows than this
};

/// Two threads and the decoders: one takes binlogs from the merger and turns them into steps, one
/// hands decoded steps to the applier, in order. `on_error` runs once, on either thread.
class Stream {
 public:
  using OnError = std::function<void(const Status&)>;
  Stream(StreamOptions options, Merger& merger, Syncer& syncer, schedule::Applier& applier,
         Lag& lag);
  ~Stream();

  void start(OnError on_error);
  /// Takes nothing more from the merger; returns when what was taken has been handed to the
  /// applier, or the stream failed.
  void stop();

 private:
  void take();
  Status take_until_stopped();
  void hand_over();
  Status hand_over(StepBatch& batch);
  Status submit(std::vector<schedule::TransactionPtr>* transactions);
  Status submit_parts(RowsStep& rows);
  void fail(const Status& status);

  const StreamOptions options_;
  Merger& merger_;
  Syncer& syncer_;
  schedule::Applier& applier_;
  Lag& lag_;
  Gauge& input_size_;
  RowCounters counters_;
  OnError on_error_;
  DecodePipeline pipeline_;
  StopSource stop_;
  Thread taker_;
  Thread submitter_;
};

}  // namespace tbl::drainer
