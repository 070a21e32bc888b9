// What the states of aggregates share. For aggregate*.cc.
#pragma once

#include <memory>
#include <string>
#include <unordered_set>

#include "tidb/expr/aggregate.h"

namespace tbl::tidb {

/// Evaluates the arguments of each row, leaves out rows with a NULL and those DISTINCT has seen,
/// and gives the rest to add().
class ArgumentsState : public AggregateState {
 public:
  ArgumentsState(const AggregateCall& call, bool skip_nulls)
      : call_(call), skip_nulls_(skip_nulls), args_(call.args.size()) {}
  Status update(EvalContext& ctx, const Row& row) final;
  size_t memory() const override { return seen_bytes_; }

 protected:
  /// `args` may be taken from; `row` is the input row.
  virtual Status add(EvalContext& ctx, Row& args, const Row& row) = 0;
  const AggregateCall& call() const { return call_; }
  const FieldType& arg_type(size_t i) const { return call_.args[i]->type(); }

 private:
  const AggregateCall& call_;
  bool skip_nulls_;
  Row args_;
  std::unordered_set<std::string> seen_;
  size_t seen_bytes_ = 0;
};

// By name; null when the name is of another file.
std::unique_ptr<AggregateState> make_number_state(const AggregateCall& call);
std::unique_ptr<AggregateState> make_value_state(const AggregateCall& call);
std::unique_ptr<AggregateState> make_concat_state(const AggregateCall& call);
std::unique_ptr<AggregateState> make_json_state(const AggregateCall& call);

}  // namespace tbl::tidb
