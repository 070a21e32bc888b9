#include "drainer/stream.h"

#include "base/log.h"
#include "drainer/rows_parts.h"

namespace tbl::drainer {

namespace {

/// Steps travel together up to these; a batch never waits for more to come.
constexpr size_t kBatchSteps = 256;
constexpr uint64_t kBatchBytes = 256 << 10;

}  // namespace

Stream::Stream(StreamOptions options, Merger& merger, Syncer& syncer, schedule::Applier& applier,
               Lag& lag)
    : options_(options),
      merger_(merger),
      syncer_(syncer),
      applier_(applier),
      lag_(lag),
      input_size_(metrics().gauge("binlog_drainer_queue_size", "binlogs waiting",
                                  {{"name", "syncer_input"}})),
      pipeline_({.threads = options.decode_threads,
                 .limit_bytes = options.pipeline_bytes,
                 .max_whole_bytes = options.part_bytes}) {}

Stream::~Stream() { stop(); }

void Stream::start(OnError on_error) {
  on_error_ = std::move(on_error);
  taker_ = Thread("stream", [this] { take(); });
  submitter_ = Thread("submit", [this] { hand_over(); });
}

void Stream::stop() {
  stop_.request_stop();
  taker_.join();
  submitter_.join();
}

void Stream::take() {
  const Status status = take_until_stopped();
  pipeline_.close();
  if (!status.ok() && !stop_.stop_requested()) fail(status);
}

Status Stream::take_until_stopped() {
  const StopToken stop = stop_.get_token();
  std::vector<BinlogItem> items;
  for (; merger_.take({kBatchSteps, kBatchBytes}, &items, stop); items.clear()) {
    auto batch = std::make_unique<StepBatch>();
    batch->steps.reserve(items.size());
    syncer_.begin_batch();
    Status status;
    for (BinlogItem& item : items) {
      const uint64_t bytes = item.memory_bytes();
      auto step = syncer_.handle(std::move(item), stop, &batch->memory);
      status = step.status();
      if (!status.ok()) break;
      batch->add(std::move(*step), bytes);
    }
    // What came before a binlog that cannot be handled is good.
    input_size_.set(static_cast<double>(batch->steps.size()));
    if (!batch->empty() && !pipeline_.push(std::move(batch), stop)) return cancelled("stopped");
    TBL_TRY(status);
  }
  return ok_status();
}

void Stream::hand_over() {
  Status status;
  while (auto batch = pipeline_.pop()) {
    if (!status.ok()) continue;  // only to let the pipeline run empty
    status = hand_over(*batch);
    if (!status.ok()) {
      fail(status);
      stop_.request_stop();
    }
  }
}

Status Stream::hand_over(StepBatch& batch) {
  std::vector<schedule::TransactionPtr> small;  // that follow each other
  small.reserve(batch.steps.size());
  for (Step& step : batch.steps) {
    auto* rows = std::get_if<RowsStep>(&step);
    if (rows != nullptr && rows->decoded) {
      small.push_back(std::move(rows->decoded));
      continue;
    }
    TBL_TRY(submit(&small));
    if (rows != nullptr) {
      lag_.on_work();
      TBL_TRY(submit_parts(*rows));
    } else if (auto* ddl = std::get_if<DdlStep>(&step)) {
      lag_.on_work();
      TBL_TRY(applier_.execute_ddl(ddl->task));
    } else {
      const auto& progress = std::get<ProgressStep>(step);
      applier_.note_progress(progress.commit_ts, progress.schema_version);
    }
  }
  TBL_TRY(submit(&small));
  return batch.error;
}

Status Stream::submit(std::vector<schedule::TransactionPtr>* transactions) {
  if (transactions->empty()) return ok_status();
  lag_.on_work();
  Status submitted = applier_.submit_all(*transactions);
  transactions->clear();
  return submitted;
}

Status Stream::submit_parts(RowsStep& rows) {
  RowsParts parts(rows, {options_.part_rows, options_.part_bytes}, counters_, lag_);
  log_info("transaction is applied in parts",
           {{"commit ts", parts.commit_ts()},
            {"bytes", rows.large ? rows.large->value->bytes() : rows.encoded.payload->size()},
            {"spilled", rows.large != nullptr}});
  return applier_.submit_parts(parts);
}

void Stream::fail(const Status& status) {
  log_error("stream failed", {{"error", status}});
  on_error_(status);
}

}  // namespace tbl::drainer
