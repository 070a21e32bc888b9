// An applier whose every transaction and DDL stands in the relay log before it goes downstream.
#pragma once

#include <memory>
#include <mutex>
#include <variant>

#include "base/queue.h"
#include "base/stop.h"
#include "drainer/relay/record.h"
#include "drainer/relay/relay_log.h"
#include "drainer/schedule/applier.h"

namespace tbl::relay {

/// Passes everything on to `inner`, in order. A thread of its own writes what has queued up with
/// one fdatasync, then hands it on. When the relay log cannot be written nothing is applied any
/// more, and `on_error` is told.
class RelayedApplier : public schedule::Applier {
 public:
  struct Parts {
    std::unique_ptr<RelayLog> log;
    RecordEncoder encoder;
    std::unique_ptr<schedule::Applier> inner;  ///< after the log, which its progress trims
    bool keeps_whole = false;                  ///< `inner` makes one transaction of all parts
    std::function<void(const Status&)> on_error;
  };
  explicit RelayedApplier(Parts parts);
  ~RelayedApplier() override;

  Result<schedule::StartPoint> start() override;
  Status submit(schedule::TransactionPtr transaction) override;
  /// Where `inner` keeps it whole: parts are written as it reads them, and all of them are on disk
  /// before it has the last one.
  Status submit_parts(schedule::PartSource& parts) override;
  Status execute_ddl(const schedule::DdlTask& task) override;
  void note_progress(uint64_t commit_ts, int64_t schema_version) override;
  Status stop() override;
  void abort() override;
  Status first_error() const override;
  std::vector<std::string> hold_ups() const override { return parts_.inner->hold_ups(); }

  /// Everything up to `commit_ts` is applied. Any thread.
  void forget_until(uint64_t commit_ts) { parts_.log->forget_until(commit_ts); }

 private:
  struct Progress {
    uint64_t commit_ts;
    int64_t schema_version;
  };
  using Item = std::variant<schedule::TransactionPtr, Progress>;

  class WrittenParts;

  void run();
  Status append(const decode::Transaction& transaction);
  Status append(const schedule::DdlTask& task);
  Status begin_record();
  /// Of what stands before this one in the stream.
  uint64_t previous_ts(uint64_t commit_ts);
  Status write(const std::vector<Item>& items);
  Status hand_on(std::vector<Item>& items);
  void push(Item item, uint64_t bytes);
  /// Waits until everything that was pushed is handed on.
  Status settle();
  Status fail(Status status);

  Parts parts_;
  uint64_t last_ts_ = 0;         ///< of what was written last; at first of the start point
  uint64_t before_last_ts_ = 0;  ///< of what stands before that
  Queue<Item> queue_;
  mutable std::mutex mutex_;
  std::condition_variable settled_;
  uint64_t pushed_ = 0;
  uint64_t handed_on_ = 0;
  Status error_;
  Thread thread_;
};

}  // namespace tbl::relay
