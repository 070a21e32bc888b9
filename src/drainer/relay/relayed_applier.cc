#include "drainer/relay/relayed_applier.h"

#include <utility>

namespace tbl::relay {
namespace {

/// Of transactions that wait to be written.
constexpr uint64_t kQueueBytes = 8 << 20;
/// Written with one fdatasync.
constexpr size_t kBatchMax = 256;

}  // namespace

RelayedApplier::RelayedApplier(Parts parts)
    : parts_(std::move(parts)), queue_(kQueueBytes), thread_("relay", [this] { run(); }) {}

RelayedApplier::~RelayedApplier() {
  queue_.close();
  thread_.join();
}

void RelayedApplier::run() {
  while (auto first = queue_.pop()) {
    std::vector<Item> items;
    items.push_back(std::move(*first));
    while (items.size() < kBatchMax) {
      auto more = queue_.try_pop();
      if (!more) break;
      items.push_back(std::move(*more));
    }
    // Later items of a failed log are only counted, for those who wait.
    const size_t count = items.size();
    Status status = first_error();
    if (status.ok()) status = write(items);
    if (status.ok()) status = hand_on(items);
    if (status.ok()) parts_.log->trim();
    if (!status.ok()) (void)fail(std::move(status));
    {
      std::lock_guard lock(mutex_);
      handed_on_ += count;
    }
    settled_.notify_all();
  }
}

Status RelayedApplier::write(const std::vector<Item>& items) {
  bool any = false;
  for (const auto& item : items) {
    const auto* transaction = std::get_if<schedule::TransactionPtr>(&item);
    if (transaction == nullptr) continue;
    TBL_TRY(append(**transaction));
    any = true;
  }
  return any ? parts_.log->sync() : ok_status();
}

uint64_t RelayedApplier::previous_ts(uint64_t commit_ts) {
  if (commit_ts != last_ts_) before_last_ts_ = std::exchange(last_ts_, commit_ts);
  return before_last_ts_;
}

Status RelayedApplier::begin_record() {
  TBL_ASSIGN(const bool is_first, parts_.log->begin_record());
  if (is_first) parts_.encoder.begin_file();
  return ok_status();
}

Status RelayedApplier::append(const decode::Transaction& transaction) {
  TBL_TRY(begin_record());
  const uint64_t previous = previous_ts(transaction.commit_ts);
  TBL_ASSIGN(const std::string record, parts_.encoder.encode(transaction, previous));
  return parts_.log->append(record, transaction.commit_ts);
}

Status RelayedApplier::append(const schedule::DdlTask& task) {
  TBL_TRY(begin_record());
  return parts_.log->append(parts_.encoder.encode(task, previous_ts(task.commit_ts)),
                            task.commit_ts);
}

Status RelayedApplier::hand_on(std::vector<Item>& items) {
  for (auto& item : items) {
    if (auto* transaction = std::get_if<schedule::TransactionPtr>(&item)) {
      TBL_TRY(parts_.inner->submit(std::move(*transaction)));
    } else {
      const auto& progress = std::get<Progress>(item);
      parts_.inner->note_progress(progress.commit_ts, progress.schema_version);
    }
  }
  return ok_status();
}

void RelayedApplier::push(Item item, uint64_t bytes) {
  {
    std::lock_guard lock(mutex_);
    ++pushed_;
  }
  queue_.push(std::move(item), bytes);
}

Status RelayedApplier::settle() {
  std::unique_lock lock(mutex_);
  settled_.wait(lock, [this] { return handed_on_ == pushed_; });
  return error_;
}

Status RelayedApplier::fail(Status status) {
  {
    std::lock_guard lock(mutex_);
    if (!error_.ok()) return error_;
    error_ = status;
  }
  parts_.on_error(status);
  return status;
}

Status RelayedApplier::submit(schedule::TransactionPtr transaction) {
  TBL_TRY(first_error());
  const uint64_t bytes = transaction->memory_bytes();
  push(std::move(transaction), bytes);
  return ok_status();
}

/// Each part stands in the log when it is given; those read again stand there already.
class RelayedApplier::WrittenParts final : public schedule::PartSource {
 public:
  WrittenParts(RelayedApplier& owner, schedule::PartSource& parts) : owner_(owner), parts_(parts) {}

  uint64_t commit_ts() const override { return parts_.commit_ts(); }
  int64_t schema_version() const override { return parts_.schema_version(); }
  void rewind() override { parts_.rewind(); }
  Result<schedule::TransactionPtr> next() override {
    TBL_ASSIGN(auto part, parts_.next());
    if (!part || is_written_ || part->first_row < written_until_) return part;
    Status status = owner_.append(*part);
    if (status.ok() && part->is_last_part) status = owner_.parts_.log->sync();
    if (!status.ok()) return owner_.fail(std::move(status));
    written_until_ = part->end_row;
    is_written_ = part->is_last_part;
    return part;
  }

 private:
  RelayedApplier& owner_;
  schedule::PartSource& parts_;
  uint64_t written_until_ = 0;
  bool is_written_ = false;
};

Result<schedule::StartPoint> RelayedApplier::start() {
  TBL_ASSIGN(const auto start, parts_.inner->start());
  last_ts_ = start.commit_ts;
  return start;
}

Status RelayedApplier::submit_parts(schedule::PartSource& parts) {
  if (!parts_.keeps_whole) return Applier::submit_parts(parts);
  TBL_TRY(first_error());
  TBL_TRY(settle());
  // The thread has nothing to do now, so the log is ours.
  WrittenParts written(*this, parts);
  return parts_.inner->submit_parts(written);
}

Status RelayedApplier::execute_ddl(const schedule::DdlTask& task) {
  TBL_TRY(settle());
  // The thread has nothing to do now, so the log is ours.
  auto write_ddl = [&]() -> Status {
    TBL_TRY(append(task));
    return parts_.log->sync();
  };
  if (Status status = write_ddl(); !status.ok()) return fail(std::move(status));
  return parts_.inner->execute_ddl(task);
}

void RelayedApplier::note_progress(uint64_t commit_ts, int64_t schema_version) {
  push(Progress{commit_ts, schema_version}, 1);
}

Status RelayedApplier::stop() {
  const Status own = settle();
  const Status status = parts_.inner->stop();
  return own.ok() ? status : own;
}

void RelayedApplier::abort() { parts_.inner->abort(); }

Status RelayedApplier::first_error() const {
  {
    std::lock_guard lock(mutex_);
    if (!error_.ok()) return error_;
  }
  return parts_.inner->first_error();
}

}  // namespace tbl::relay
