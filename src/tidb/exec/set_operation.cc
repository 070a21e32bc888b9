#include <unordered_map>

#include "tidb/exec/exec_util.h"
#include "tidb/exec/make.h"
#include "tidb/exec/plan_executor.h"
#include "tidb/exec/row_bytes.h"
#include "tidb/types/append_key.h"

namespace tbl::tidb {

namespace {

/// Counts the rows of the right side, then lets pass those of the left that are (INTERSECT) or are
/// not (EXCEPT) among them; without ALL each different row once.
class SetOperationExecutor : public PlanExecutor<SetOperationPlan> {
 public:
  SetOperationExecutor(const SetOperationPlan& plan, ExecContext& context, Children children)
      : PlanExecutor(plan, context, std::move(children)), quota_(context.memory) {}

  Status open() override {
    close();
    return PlanExecutor::open();
  }

  Result<bool> next(Row* row) override {
    if (!counted_) TBL_TRY(count_right());
    while (true) {
      TBL_ASSIGN(bool more, child(0).next(row));
      if (!more) return false;
      TBL_ASSIGN(bool wanted, take(key_of(*row)));
      if (wanted) return true;
    }
  }

  void close() override {
    counted_ = false;
    right_.clear();
    quota_.release();
    PlanExecutor::close();
  }

 private:
  static constexpr uint64_t kGiven = UINT64_MAX;

  static std::string key_of(const Row& row) {
    std::string key;
    for (const Value& v : row) append_key(&key, v);
    return key;
  }

  Status count_right() {
    counted_ = true;
    Row row;
    while (true) {
      TBL_ASSIGN(bool more, child(1).next(&row));
      if (!more) return ok_status();
      std::string key = key_of(row);
      TBL_TRY(quota_.consume(static_cast<int64_t>(key.size())));
      ++right_[std::move(key)];
    }
  }

  Result<bool> take(std::string key) {
    auto found = right_.find(key);
    if (plan().all) {
      bool there = found != right_.end() && found->second > 0;
      if (there) --found->second;
      return plan().except ? !there : there;
    }
    // A row that was given is marked, so that it is not given again.
    if (found == right_.end()) {
      if (!plan().except) return false;
      TBL_TRY(quota_.consume(static_cast<int64_t>(key.size())));
      right_.emplace(std::move(key), kGiven);
      return true;
    }
    if (plan().except || found->second == kGiven) return false;
    found->second = kGiven;
    return true;
  }

  QuotaUse quota_;
  bool counted_ = false;
  std::unordered_map<std::string, uint64_t> right_;
};

}  // namespace

ExecutorPtr make_set_operation(const SetOperationPlan& plan, ExecContext& context,
                               Children children) {
  return std::make_unique<SetOperationExecutor>(plan, context, std::move(children));
}

}  // namespace tbl::tidb
