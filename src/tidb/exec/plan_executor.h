// What executors of a plan node have in common.
#pragma once

#include <utility>
#include <vector>

#include "tidb/exec/executor.h"

namespace tbl::tidb {

/// Opens and closes its children with itself.
template <typename Plan>
class PlanExecutor : public Executor {
 public:
  PlanExecutor(const Plan& plan, ExecContext& context, std::vector<ExecutorPtr> children)
      : plan_(plan), context_(context), children_(std::move(children)) {}
  Status open() override {
    for (ExecutorPtr& child : children_) TBL_TRY(child->open());
    return ok_status();
  }
  void close() override {
    for (ExecutorPtr& child : children_) child->close();
  }

 protected:
  const Plan& plan() const { return plan_; }
  ExecContext& context() { return context_; }
  Executor& child(size_t i = 0) { return *children_[i]; }
  size_t child_count() const { return children_.size(); }

 private:
  const Plan& plan_;
  ExecContext& context_;
  std::vector<ExecutorPtr> children_;
};

}  // namespace tbl::tidb
