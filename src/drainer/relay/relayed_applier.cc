#include "drainer/relay/relayed_applier.h"

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
    TBL_ASSIGN(const bool is_first, parts_.log->begin_record());
    if (is_first) parts_.encoder.begin_file();
    TBL_ASSIGN(const std::string record, parts_.encoder.encode(**transaction));
    TBL_TRY(parts_.log->append(record, (*transaction)->commit_ts));
    any = true;
  }
  return any ? parts_.log->sync() : ok_status();
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

Status RelayedApplier::execute_ddl(const schedule::DdlTask& task) {
  TBL_TRY(settle());
  // The thread has nothing to do now, so the log is ours.
  auto write_ddl = [&]() -> Status {
    TBL_ASSIGN(const bool is_first, parts_.log->begin_record());
    if (is_first) parts_.encoder.begin_file();
    TBL_TRY(parts_.log->append(parts_.encoder.encode(task), task.commit_ts));
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
