#include <unordered_map>

#include "tidb/exec/exec_util.h"
#include "tidb/exec/make.h"
#include "tidb/exec/plan_executor.h"
#include "tidb/exec/row_bytes.h"
#include "tidb/expr/aggregate.h"
#include "tidb/types/append_key.h"

namespace tbl::tidb {

namespace {

/// Hash aggregation: groups come out in the order in which they were first seen.
class AggregationExecutor : public PlanExecutor<AggregationPlan> {
 public:
  AggregationExecutor(const AggregationPlan& plan, ExecContext& context, Children children)
      : PlanExecutor(plan, context, std::move(children)), quota_(context.memory) {}

  Status open() override {
    close();
    return PlanExecutor::open();
  }

  Result<bool> next(Row* row) override {
    if (!read_) TBL_TRY(read_all());
    if (at_ == groups_.size()) return false;
    Group& group = groups_[at_++];
    row->clear();
    for (auto& state : group.states) {
      TBL_ASSIGN(Value value, state->result(context().eval));
      row->push_back(std::move(value));
    }
    for (Value& key : group.keys) row->push_back(std::move(key));
    group.states.clear();
    return true;
  }

  void close() override {
    read_ = false;
    at_ = 0;
    groups_.clear();
    index_.clear();
    quota_.release();
    PlanExecutor::close();
  }

 private:
  struct Group {
    std::vector<std::unique_ptr<AggregateState>> states;
    Row keys;
  };

  Status read_all() {
    read_ = true;
    KillCheck kill(context());
    Row row;
    while (true) {
      TBL_TRY(kill.step());
      TBL_ASSIGN(bool more, child().next(&row));
      if (!more) break;
      TBL_ASSIGN(Group * group, group_of(row));
      for (auto& state : group->states) TBL_TRY(update(*state, row));
    }
    if (groups_.empty() && plan().scalar) groups_.push_back(new_group({}));
    return ok_status();
  }

  Status update(AggregateState& state, const Row& row) {
    size_t before = state.memory();
    TBL_TRY(state.update(context().eval, row));
    size_t after = state.memory();
    return after > before ? quota_.consume(static_cast<int64_t>(after - before)) : ok_status();
  }

  Result<Group*> group_of(const Row& row) {
    Row keys;
    std::string key;
    for (const ExprPtr& e : plan().group_by) {
      TBL_ASSIGN(Value value, e->eval(context().eval, row));
      append_key(&key, value);
      keys.push_back(std::move(value));
    }
    auto found = index_.find(key);
    if (found != index_.end()) return &groups_[found->second];
    constexpr int64_t kStateBytes = 64;
    auto states = static_cast<int64_t>(plan().aggregates.size());
    TBL_TRY(
        quota_.consume(row_bytes(keys) + static_cast<int64_t>(key.size()) + states * kStateBytes));
    index_.emplace(std::move(key), groups_.size());
    groups_.push_back(new_group(std::move(keys)));
    return &groups_.back();
  }

  Group new_group(Row keys) const {
    Group group;
    group.keys = std::move(keys);
    for (const auto& call : plan().aggregates) group.states.push_back(make_state(*call));
    return group;
  }

  QuotaUse quota_;
  bool read_ = false;
  size_t at_ = 0;
  std::vector<Group> groups_;
  std::unordered_map<std::string, size_t> index_;
};

}  // namespace

ExecutorPtr make_aggregation(const AggregationPlan& plan, ExecContext& context, Children children) {
  return std::make_unique<AggregationExecutor>(plan, context, std::move(children));
}

}  // namespace tbl::tidb
