#include "drainer/schedule/discard_applier.h"

namespace tbl::schedule {
namespace {

class Discarder : public BatchWriter {
 public:
  explicit Discarder(std::atomic<uint64_t>& rows) : rows_(rows) {}

  Status write(const Batch& batch, CommitTurn& turn) override {
    if (!turn.wait(std::chrono::hours(1))) return cancelled("stopped");
    rows_ += batch.rows;
    return ok_status();
  }

 private:
  std::atomic<uint64_t>& rows_;
};

}  // namespace

DiscardApplier::DiscardApplier(SchedulerOptions options, StartPoint start, ApplierEvents events)
    : start_(start),
      scheduler_(options, {start.commit_ts, start.schema_version}, std::move(events)) {}

DiscardApplier::~DiscardApplier() = default;

Result<StartPoint> DiscardApplier::start() {
  scheduler_.start([this](size_t) { return std::make_unique<Discarder>(rows_); });
  return start_;
}

const TableKeys& DiscardApplier::keys_of(const decode::TablePtr& table) {
  SinkTablePtr& entry = tables_[table.get()];
  if (!entry) entry = identical_sink_table(table);
  return entry->keys;
}

Status DiscardApplier::submit_all(std::span<TransactionPtr> transactions) {
  if (submissions_.size() < transactions.size()) submissions_.resize(transactions.size());
  for (size_t i = 0; i < transactions.size(); ++i) {
    const decode::Transaction& transaction = *transactions[i];
    for (const decode::TablePtr& table : transaction.tables) keys_of(table);
    for (const decode::RowChange& row : transaction.rows) {
      write_set_.add(tables_.at(row.table)->keys, row);
    }
    write_set_.take(&submissions_[i].writes);
    submissions_[i].unit = {std::move(transactions[i]), {}};
  }
  return scheduler_.submit({submissions_.data(), transactions.size()});
}

Status DiscardApplier::execute_ddl(const DdlTask& task) {
  TBL_TRY(scheduler_.wait_idle());
  tables_.clear();
  scheduler_.note_progress(task.commit_ts, task.schema_version);
  return ok_status();
}

void DiscardApplier::note_progress(uint64_t commit_ts, int64_t schema_version) {
  scheduler_.note_progress(commit_ts, schema_version);
}

Status DiscardApplier::stop() { return scheduler_.wait_idle(); }

}  // namespace tbl::schedule
