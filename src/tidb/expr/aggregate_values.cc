// MIN, MAX, ANY_VALUE and the group's first row: one of the values that came.
#include "tidb/expr/aggregate_state.h"
#include "tidb/expr/call_args.h"

namespace tbl::tidb {

namespace {

/// kWanted: the order of a value to the best so far that makes it the best.
class ExtremeState : public ArgumentsState {
 public:
  ExtremeState(const AggregateCall& call, int wanted)
      : ArgumentsState(call, true), wanted_(wanted) {}
  Result<Value> result(EvalContext&) override { return std::move(best_); }

 protected:
  Status add(EvalContext&, Row& args, const Row&) override {
    Value& v = args[0];
    if (v.kind() == ValueKind::kEnum || v.kind() == ValueKind::kSet) {
      v = Value::of_string(v.as_member().text);
    }
    if (best_.is_null() || compare_same_type(v, best_) == wanted_) best_ = std::move(v);
    return {};
  }

 private:
  int wanted_;
  Value best_;
};

class FirstState : public ArgumentsState {
 public:
  explicit FirstState(const AggregateCall& call) : ArgumentsState(call, false) {}
  Result<Value> result(EvalContext&) override { return std::move(value_); }

 protected:
  Status add(EvalContext&, Row& args, const Row&) override {
    if (!taken_) value_ = std::move(args[0]);
    taken_ = true;
    return {};
  }

 private:
  bool taken_ = false;
  Value value_;
};

}  // namespace

std::unique_ptr<AggregateState> make_value_state(const AggregateCall& call) {
  if (call.name == "min") return std::make_unique<ExtremeState>(call, -1);
  if (call.name == "max") return std::make_unique<ExtremeState>(call, 1);
  if (call.name == "any_value" || call.name == "first_row") {
    return std::make_unique<FirstState>(call);
  }
  return nullptr;
}

}  // namespace tbl::tidb
