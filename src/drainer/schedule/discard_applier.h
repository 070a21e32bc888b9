// An Applier that throws rows away: what the stations before the sink cost (`bench/`).
#pragma once

#include <atomic>
#include <memory>
#include <unordered_map>

#include "drainer/schedule/applier.h"
#include "drainer/schedule/scheduler.h"
#include "drainer/schedule/sink_table.h"

namespace tbl::schedule {

/// Runs the real scheduler, with write sets, over writers that do nothing.
class DiscardApplier : public Applier {
 public:
  DiscardApplier(SchedulerOptions options, StartPoint start, ApplierEvents events);
  ~DiscardApplier() override;

  Result<StartPoint> start() override;
  Status submit(TransactionPtr transaction) override { return submit_all({&transaction, 1}); }
  Status submit_all(std::span<TransactionPtr> transactions) override;
  Status execute_ddl(const DdlTask& task) override;
  void note_progress(uint64_t commit_ts, int64_t schema_version) override;
  Status stop() override;
  void abort() override { scheduler_.abort(); }
  Status first_error() const override { return scheduler_.first_error(); }

  uint64_t rows() const { return rows_; }

 private:
  const TableKeys& keys_of(const decode::TablePtr& table);

  const StartPoint start_;
  std::atomic<uint64_t> rows_ = 0;
  std::unordered_map<const decode::Table*, SinkTablePtr> tables_;
  WriteSetBuilder write_set_;
  std::vector<Scheduler::Submission> submissions_;  ///< kept for their memory
  Scheduler scheduler_;
};

}  // namespace tbl::schedule
