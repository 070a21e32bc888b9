#include "drainer/decode_pipeline.h"

#include <algorithm>

namespace tbl::drainer {

namespace {

// Transactions of smaller payloads share memory, for as long as one of them is under way.
constexpr size_t kSmallPayload = 16 << 10;
constexpr size_t kBlock = 64;  // of them

}  // namespace

DecodePipeline::DecodePipeline(Options options) : options_(options) {
  for (size_t i = 0; i < std::max<size_t>(1, options_.threads); ++i) {
    threads_.emplace_back("decode", [this] { work(); });
  }
}

DecodePipeline::~DecodePipeline() {
  {
    std::lock_guard lock(mutex_);
    quit_ = true;
  }
  work_.notify_all();
  threads_.clear();
}

bool DecodePipeline::push(std::unique_ptr<StepBatch> batch, const StopToken& stop) {
  auto slot = std::make_shared<Slot>();
  slot->batch = std::move(batch);
  const uint64_t bytes = slot->batch->bytes;
  std::unique_lock lock(mutex_);
  const bool has_room = room_.wait(
      lock, stop, [&] { return slots_.empty() || bytes_ + bytes <= options_.limit_bytes; });
  if (!has_room || stop.stop_requested()) return false;
  bytes_ += bytes;
  slots_.push_back(slot);
  todo_.push_back(std::move(slot));
  lock.unlock();
  work_.notify_one();
  return true;
}

std::unique_ptr<StepBatch> DecodePipeline::pop() {
  std::unique_lock lock(mutex_);
  ready_.wait(lock, [this] { return slots_.empty() ? closed_ : slots_.front()->decoded; });
  if (slots_.empty()) return nullptr;
  auto batch = std::move(slots_.front()->batch);
  slots_.pop_front();
  bytes_ -= batch->bytes;
  lock.unlock();
  room_.notify_one();
  return batch;
}

void DecodePipeline::close() {
  {
    std::lock_guard lock(mutex_);
    closed_ = true;
  }
  ready_.notify_all();
}

void DecodePipeline::work() {
  std::unique_lock lock(mutex_);
  while (true) {
    work_.wait(lock, [this] { return quit_ || !todo_.empty(); });
    if (quit_) return;
    auto slot = std::move(todo_.front());
    todo_.pop_front();
    lock.unlock();
    decode(*slot->batch);
    lock.lock();
    slot->decoded = true;
    if (slot == slots_.front()) ready_.notify_one();
  }
}

void DecodePipeline::decode(StepBatch& batch) const {
  Block small;
  RowCounters::Counts counts;
  for (size_t i = 0; i < batch.steps.size(); ++i) {
    auto* rows = std::get_if<RowsStep>(&batch.steps[i]);
    if (rows == nullptr || rows->large) continue;
    if (rows->encoded.payload->size() > options_.max_whole_bytes) continue;
    const bool is_small = rows->encoded.payload->size() <= kSmallPayload;
    if (is_small && (!small || small->is_full())) {
      small = std::make_shared<decode::TransactionBlock>(std::min(batch.steps.size(), kBlock));
    }
    batch.error = decode_rows(*rows, is_small ? small : nullptr);
    if (batch.error.ok()) {
      // Event rules may have left nothing of it.
      const auto& decoded = *rows->decoded;
      counts.add(decoded);
      if (decoded.rows.empty()) {
        const ProgressStep nothing{decoded.commit_ts, decoded.schema_version};
        batch.steps[i] = nothing;
      }
      continue;
    }
    batch.steps.resize(i);
    break;
  }
  counters_.count(counts);
}

Status DecodePipeline::decode_rows(RowsStep& step, const Block& block) {
  TBL_ASSIGN(auto decoded, block ? decode::decode_transaction(std::move(step.encoded), block)
                                 : decode::decode_transaction(std::move(step.encoded)));
  step.drop_ignored(*decoded);
  step.decoded = std::move(decoded);
  return ok_status();
}

}  // namespace tbl::drainer
