// Test helper: a BinlogWriter that keeps what it gets.
#pragma once

#include <mutex>
#include <string>
#include <vector>

#include "tidb/binlog/binlog_writer.h"

namespace tbl::tidb {

/// Any thread.
class ListBinlog : public BinlogWriter {
 public:
  struct Finish {
    uint64_t start_ts = 0;
    uint64_t commit_ts = 0;
    bool operator==(const Finish&) const = default;
  };

  std::unique_ptr<PendingBinlog> prewrite(const BinlogRecord& record) override {
    std::lock_guard lock(mutex_);
    prewrites_.push_back(record);
    return std::make_unique<Pending>(failure_);
  }
  void finish(const BinlogRecord& record, uint64_t commit_ts) override {
    std::lock_guard lock(mutex_);
    finishes_.push_back({record.start_ts, commit_ts});
  }

  /// What the next prewrites end with.
  void fail_with(Status status) {
    std::lock_guard lock(mutex_);
    failure_ = std::move(status);
  }
  std::vector<BinlogRecord> prewrites() const {
    std::lock_guard lock(mutex_);
    return prewrites_;
  }
  std::vector<Finish> finishes() const {
    std::lock_guard lock(mutex_);
    return finishes_;
  }

 private:
  class Pending : public PendingBinlog {
   public:
    explicit Pending(Status status) : status_(std::move(status)) {}
    Status wait() override { return status_; }

   private:
    Status status_;
  };

  mutable std::mutex mutex_;
  Status failure_;
  std::vector<BinlogRecord> prewrites_;
  std::vector<Finish> finishes_;
};

}  // namespace tbl::tidb
