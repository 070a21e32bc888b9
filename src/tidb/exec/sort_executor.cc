#include <algorithm>

#include "tidb/exec/exec_util.h"
#include "tidb/exec/make.h"
#include "tidb/exec/plan_executor.h"
#include "tidb/exec/row_bytes.h"
#include "tidb/exec/row_file.h"
#include "tidb/exec/sort_key.h"

namespace tbl::tidb {

namespace {

/// Sorts in memory; beyond the quota, sorted runs go to files and are merged.
class SortExecutor : public PlanExecutor<SortPlan> {
 public:
  SortExecutor(const SortPlan& plan, ExecContext& context, Children children)
      : PlanExecutor(plan, context, std::move(children)),
        order_(plan.items),
        quota_(context.memory) {}

  Status open() override {
    close();
    return PlanExecutor::open();
  }

  Result<bool> next(Row* row) override {
    if (!read_) TBL_TRY(read_all());
    if (!runs_.empty()) return next_merged(row);
    if (at_ == rows_.size()) return false;
    *row = std::move(rows_[at_++].row);
    return true;
  }

  void close() override {
    read_ = false;
    at_ = 0;
    rows_.clear();
    runs_.clear();
    quota_.release();
    PlanExecutor::close();
  }

 private:
  struct Run {
    std::unique_ptr<RowFile> file;
    SortRow head;
    bool has_head = false;
  };

  Status read_all() {
    read_ = true;
    KillCheck kill(context());
    uint64_t number = 0;
    Row row;
    while (true) {
      TBL_TRY(kill.step());
      TBL_ASSIGN(bool more, child().next(&row));
      if (!more) break;
      TBL_ASSIGN(SortRow made, order_.make(std::move(row), number++, context()));
      int64_t bytes = row_bytes(made.row) + row_bytes(made.keys);
      if (quota_.would_exceed(bytes) && !rows_.empty()) TBL_TRY(spill());
      TBL_TRY(quota_.consume(bytes));
      rows_.push_back(std::move(made));
    }
    if (runs_.empty()) {
      std::sort(rows_.begin(), rows_.end(), order_);
      return ok_status();
    }
    if (!rows_.empty()) TBL_TRY(spill());
    for (Run& run : runs_) TBL_TRY(advance(&run));
    return ok_status();
  }

  Status spill() {
    std::sort(rows_.begin(), rows_.end(), order_);
    Run run;
    TBL_ASSIGN(run.file, RowFile::create(kTempDirectory));
    for (const SortRow& row : rows_) {
      TBL_TRY(run.file->add(row.keys));
      TBL_TRY(run.file->add(row.row));
    }
    TBL_TRY(run.file->rewind());
    runs_.push_back(std::move(run));
    rows_.clear();
    quota_.release();
    return ok_status();
  }

  /// Runs are in the order of arrival, so equal keys of an earlier run come first.
  Status advance(Run* run) {
    TBL_ASSIGN(run->has_head, run->file->next(&run->head.keys));
    if (!run->has_head) return ok_status();
    TBL_ASSIGN(bool more, run->file->next(&run->head.row));
    return more ? ok_status() : data_loss("a sort's temporary file ends within a row");
  }

  Result<bool> next_merged(Row* row) {
    Run* least = nullptr;
    for (size_t i = 0; i < runs_.size(); ++i) {
      runs_[i].head.number = i;
      if (!runs_[i].has_head) continue;
      if (!least || order_(runs_[i].head, least->head)) least = &runs_[i];
    }
    if (!least) return false;
    *row = std::move(least->head.row);
    TBL_TRY(advance(least));
    return true;
  }

  SortOrder order_;
  QuotaUse quota_;
  bool read_ = false;
  size_t at_ = 0;
  std::vector<SortRow> rows_;
  std::vector<Run> runs_;
};

/// Keeps the first rows in a heap whose top is the last of them.
class TopNExecutor : public PlanExecutor<TopNPlan> {
 public:
  TopNExecutor(const TopNPlan& plan, ExecContext& context, Children children)
      : PlanExecutor(plan, context, std::move(children)),
        order_(plan.items),
        quota_(context.memory) {}

  Status open() override {
    close();
    return PlanExecutor::open();
  }

  Result<bool> next(Row* row) override {
    if (!read_) TBL_TRY(read_all());
    if (at_ >= rows_.size()) return false;
    *row = std::move(rows_[at_++].row);
    return true;
  }

  void close() override {
    read_ = false;
    at_ = 0;
    rows_.clear();
    quota_.release();
    PlanExecutor::close();
  }

 private:
  Status read_all() {
    read_ = true;
    uint64_t wanted = plan().offset + plan().count;
    if (wanted < plan().offset) wanted = UINT64_MAX;
    if (plan().count == 0) wanted = 0;
    KillCheck kill(context());
    uint64_t number = 0;
    Row row;
    while (wanted > 0) {
      TBL_TRY(kill.step());
      TBL_ASSIGN(bool more, child().next(&row));
      if (!more) break;
      TBL_ASSIGN(SortRow made, order_.make(std::move(row), number++, context()));
      TBL_TRY(take(std::move(made), wanted));
    }
    std::sort_heap(rows_.begin(), rows_.end(), order_);
    at_ = plan().offset;
    return ok_status();
  }

  Status take(SortRow made, uint64_t wanted) {
    if (rows_.size() == wanted) {
      if (!order_(made, rows_.front())) return ok_status();
      std::pop_heap(rows_.begin(), rows_.end(), order_);
      rows_.back() = std::move(made);
    } else {
      TBL_TRY(quota_.consume(row_bytes(made.row) + row_bytes(made.keys)));
      rows_.push_back(std::move(made));
    }
    std::push_heap(rows_.begin(), rows_.end(), order_);
    return ok_status();
  }

  SortOrder order_;
  QuotaUse quota_;
  bool read_ = false;
  size_t at_ = 0;
  std::vector<SortRow> rows_;
};

}  // namespace

ExecutorPtr make_sort(const SortPlan& plan, ExecContext& context, Children children) {
  return std::make_unique<SortExecutor>(plan, context, std::move(children));
}

ExecutorPtr make_top_n(const TopNPlan& plan, ExecContext& context, Children children) {
  return std::make_unique<TopNExecutor>(plan, context, std::move(children));
}

}  // namespace tbl::tidb
