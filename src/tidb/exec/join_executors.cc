#include <algorithm>

#include "tidb/exec/join_table.h"
#include "tidb/exec/make.h"
#include "tidb/exec/plan_executor.h"
#include "tidb/plan/rules.h"
#include "tidb/types/convert.h"

namespace tbl::tidb {

namespace {

class HashJoinExecutor : public PlanExecutor<JoinPlan> {
 public:
  HashJoinExecutor(const JoinPlan& plan, ExecContext& context, Children children)
      : PlanExecutor(plan, context, std::move(children)),
        build_side_(plan.build_left ? JoinSide::kLeft : JoinSide::kRight),
        probe_side_(plan.build_left ? JoinSide::kRight : JoinSide::kLeft),
        table_(plan, build_side_, context),
        probe_(plan, probe_side_, context),
        kill_(context) {
    probe_.set_right_width(plan.children[1]->columns.size());
  }

  Status open() override {
    close();
    return PlanExecutor::open();
  }

  Result<bool> next(Row* row) override {
    if (!built_) TBL_TRY(build());
    while (true) {
      TBL_TRY(kill_.step());
      TBL_ASSIGN(bool found, probe_.next(row));
      if (found) return true;
      TBL_ASSIGN(bool more, side(probe_side_).next(row));
      if (!more) return false;
      TBL_TRY(probe_.start(std::move(*row), table_));
    }
  }

  void close() override {
    built_ = false;
    probe_.reset();
    table_.clear();
    PlanExecutor::close();
  }

 private:
  Executor& side(JoinSide s) { return child(s == JoinSide::kLeft ? 0 : 1); }

  Status build() {
    built_ = true;
    Row row;
    while (true) {
      TBL_TRY(kill_.step());
      TBL_ASSIGN(bool more, side(build_side_).next(&row));
      if (!more) return ok_status();
      TBL_TRY(table_.add(std::move(row)));
    }
  }

  JoinSide build_side_;
  JoinSide probe_side_;
  JoinTable table_;
  JoinProbe probe_;
  KillCheck kill_;
  bool built_ = false;
};

/// Takes the left child's rows in batches; of the right table only what they ask for is read.
class IndexJoinExecutor : public Executor {
 public:
  IndexJoinExecutor(const JoinPlan& plan, ExecContext& context, ExecutorPtr left,
                    std::unique_ptr<SourceExecutor> right)
      : plan_(plan),
        inner_(as<DataSourcePlan>(*plan.children[1])),
        context_(context),
        left_(std::move(left)),
        right_(std::move(right)),
        table_(plan, JoinSide::kRight, context),
        probe_(plan, JoinSide::kLeft, context) {
    probe_.set_right_width(plan.children[1]->columns.size());
  }

  Status open() override {
    close();
    return left_->open();
  }

  Result<bool> next(Row* row) override {
    while (true) {
      TBL_ASSIGN(bool found, probe_.next(row));
      if (found) return true;
      if (at_ == batch_.size()) {
        TBL_TRY(check_killed(context_));
        TBL_TRY(next_batch());
        if (batch_.empty()) return false;
      }
      TBL_TRY(probe_.start(std::move(batch_[at_++]), table_));
    }
  }

  void close() override {
    batch_.clear();
    at_ = 0;
    batch_size_ = kFirstBatch;
    probe_.reset();
    table_.clear();
    left_->close();
    right_->close();
  }

 private:
  static constexpr size_t kFirstBatch = 32;
  static constexpr size_t kLargestBatch = 1024;

  Status next_batch() {
    batch_.clear();
    at_ = 0;
    table_.clear();
    Row row;
    while (batch_.size() < batch_size_) {
      TBL_ASSIGN(bool more, left_->next(&row));
      if (!more) break;
      batch_.push_back(std::move(row));
    }
    batch_size_ = std::min(batch_size_ * 4, kLargestBatch);
    return batch_.empty() ? ok_status() : read_inner();
  }

  Status read_inner() {
    TBL_ASSIGN(std::vector<ValueRange> ranges, wanted_ranges());
    if (ranges.empty()) return ok_status();
    right_->set_ranges(std::move(ranges));
    TBL_TRY(right_->open());
    Row row;
    while (true) {
      TBL_ASSIGN(bool more, right_->next(&row));
      if (!more) break;
      TBL_TRY(table_.add(std::move(row)));
    }
    right_->close();
    return ok_status();
  }

  /// One point for each different key of the batch, ascending.
  Result<std::vector<ValueRange>> wanted_ranges() {
    std::vector<Row> points;
    std::vector<RangeColumn> columns = access_columns(inner_, inner_.index);
    for (const Row& row : batch_) {
      Row point;
      for (size_t i = 0; i < plan_.index_keys.size(); ++i) {
        const Expr& key = *plan_.keys[plan_.index_keys[i]].left;
        TBL_ASSIGN(Value value, key.eval(context_.eval, row));
        auto fitted = fit_point(value, *columns[i].type, context_.eval);
        if (!fitted) break;
        point.push_back(std::move(*fitted));
      }
      if (point.size() == plan_.index_keys.size()) points.push_back(std::move(point));
    }
    auto order = [](const Row& a, const Row& b) {
      for (size_t i = 0; i < a.size(); ++i) {
        int c = compare_same_type(a[i], b[i]);
        if (c != 0) return c < 0;
      }
      return false;
    };
    std::sort(points.begin(), points.end(), order);
    std::vector<ValueRange> ranges;
    for (size_t i = 0; i < points.size(); ++i) {
      if (i > 0 && !order(points[i - 1], points[i])) continue;
      ranges.push_back(ValueRange::point(points[i]));
    }
    return ranges;
  }

  const JoinPlan& plan_;
  const DataSourcePlan& inner_;
  ExecContext& context_;
  ExecutorPtr left_;
  std::unique_ptr<SourceExecutor> right_;
  JoinTable table_;
  JoinProbe probe_;
  std::vector<Row> batch_;
  size_t at_ = 0;
  size_t batch_size_ = kFirstBatch;
};

}  // namespace

ExecutorPtr make_hash_join(const JoinPlan& plan, ExecContext& context, Children children) {
  return std::make_unique<HashJoinExecutor>(plan, context, std::move(children));
}

ExecutorPtr make_index_join(const JoinPlan& plan, ExecContext& context, ExecutorPtr left,
                            std::unique_ptr<SourceExecutor> right) {
  return std::make_unique<IndexJoinExecutor>(plan, context, std::move(left), std::move(right));
}

}  // namespace tbl::tidb
