#include "tidb/exec/exec_util.h"
#include "tidb/exec/make.h"
#include "tidb/exec/plan_executor.h"
#include "tidb/exec/virtual_table.h"

namespace tbl::tidb {

namespace {

class DualExecutor : public PlanExecutor<DualPlan> {
 public:
  using PlanExecutor::PlanExecutor;
  Status open() override {
    left_ = plan().rows;
    return ok_status();
  }
  Result<bool> next(Row* row) override {
    row->clear();
    if (left_ == 0) return false;
    --left_;
    return true;
  }

 private:
  size_t left_ = 0;
};

class VirtualScanExecutor : public PlanExecutor<VirtualScanPlan> {
 public:
  using PlanExecutor::PlanExecutor;
  Status open() override {
    at_ = 0;
    const auto& table = static_cast<const VirtualTable&>(*plan().source);
    TBL_ASSIGN(rows_, table.rows(context()));
    return ok_status();
  }
  Result<bool> next(Row* row) override {
    while (at_ < rows_.size()) {
      Row& full = rows_[at_++];
      row->clear();
      for (int offset : plan().offsets) row->push_back(full[static_cast<size_t>(offset)]);
      TBL_ASSIGN(bool pass, passes(plan().filters, context(), *row));
      if (pass) return true;
    }
    return false;
  }
  void close() override { rows_.clear(); }

 private:
  std::vector<Row> rows_;
  size_t at_ = 0;
};

class SelectionExecutor : public PlanExecutor<SelectionPlan> {
 public:
  using PlanExecutor::PlanExecutor;
  Result<bool> next(Row* row) override {
    while (true) {
      TBL_ASSIGN(bool more, child().next(row));
      if (!more) return false;
      TBL_ASSIGN(bool pass, passes(plan().conditions, context(), *row));
      if (pass) return true;
    }
  }
};

class ProjectionExecutor : public PlanExecutor<ProjectionPlan> {
 public:
  using PlanExecutor::PlanExecutor;
  Result<bool> next(Row* row) override {
    TBL_ASSIGN(bool more, child().next(&input_));
    if (!more) return false;
    row->clear();
    for (const ExprPtr& e : plan().exprs) {
      TBL_ASSIGN(Value value, e->eval(context().eval, input_));
      row->push_back(std::move(value));
    }
    return true;
  }

 private:
  Row input_;
};

class LimitExecutor : public PlanExecutor<LimitPlan> {
 public:
  using PlanExecutor::PlanExecutor;
  Status open() override {
    skip_ = plan().offset;
    left_ = plan().count;
    return PlanExecutor::open();
  }
  Result<bool> next(Row* row) override {
    for (; skip_ > 0 && left_ > 0; --skip_) {
      TBL_ASSIGN(bool more, child().next(row));
      if (!more) left_ = 0;
    }
    if (left_ == 0) return false;
    --left_;
    return child().next(row);
  }

 private:
  uint64_t skip_ = 0;
  uint64_t left_ = 0;
};

class UnionAllExecutor : public PlanExecutor<UnionAllPlan> {
 public:
  using PlanExecutor::PlanExecutor;
  Status open() override {
    at_ = 0;
    return PlanExecutor::open();
  }
  Result<bool> next(Row* row) override {
    for (; at_ < child_count(); ++at_) {
      TBL_ASSIGN(bool more, child(at_).next(row));
      if (more) return true;
    }
    return false;
  }

 private:
  size_t at_ = 0;
};

}  // namespace

ExecutorPtr make_dual(const DualPlan& plan, ExecContext& context) {
  return std::make_unique<DualExecutor>(plan, context, Children());
}
ExecutorPtr make_virtual_scan(const VirtualScanPlan& plan, ExecContext& context) {
  return std::make_unique<VirtualScanExecutor>(plan, context, Children());
}
ExecutorPtr make_selection(const SelectionPlan& plan, ExecContext& context, Children children) {
  return std::make_unique<SelectionExecutor>(plan, context, std::move(children));
}
ExecutorPtr make_projection(const ProjectionPlan& plan, ExecContext& context, Children children) {
  return std::make_unique<ProjectionExecutor>(plan, context, std::move(children));
}
ExecutorPtr make_limit(const LimitPlan& plan, ExecContext& context, Children children) {
  return std::make_unique<LimitExecutor>(plan, context, std::move(children));
}
ExecutorPtr make_union_all(const UnionAllPlan& plan, ExecContext& context, Children children) {
  return std::make_unique<UnionAllExecutor>(plan, context, std::move(children));
}

}  // namespace tbl::tidb
