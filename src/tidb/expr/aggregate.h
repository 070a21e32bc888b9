// Aggregate functions: what the planner knows of one, and the state of one group.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "tidb/expr/function.h"

namespace tbl::tidb {

/// One key of GROUP_CONCAT's ORDER BY.
struct AggregateOrder {
  ExprPtr key;
  bool descending = false;
};

/// An aggregate of a query, bound. Immutable; states refer to it and must not outlive it.
struct AggregateCall {
  std::string name;  ///< lower case; "count" with no args never occurs: COUNT(*) is count(1)
  std::vector<ExprPtr> args;  ///< over the input row of the aggregation
  bool distinct = false;
  std::vector<AggregateOrder> order_by;  ///< group_concat
  std::string separator = ",";           ///< group_concat
  FieldType type;

  /// "count(distinct test.t.a)".
  std::string to_string() const;
  std::unique_ptr<AggregateCall> clone() const;
};

/// Sets `type` and checks the arguments. Names: count sum avg min max group_concat bit_and bit_or
/// bit_xor std stddev stddev_pop stddev_samp variance var_pop var_samp json_arrayagg
/// json_objectagg any_value first_row (value of the group's first row, for columns that the
/// planner knows to be constant in a group). Error 1305 for others, 1582 for argument counts.
Result<std::unique_ptr<AggregateCall>> make_aggregate(AggregateCall call, const BuildContext& ctx);

/// True for the names above, but for first_row.
bool is_aggregate_function(std::string_view lower_name);

/// Values of one group so far. One thread.
class AggregateState {
 public:
  virtual ~AggregateState() = default;
  /// Takes an input row.
  virtual Status update(EvalContext& ctx, const Row& row) = 0;
  /// Value of what was taken; also right for no row at all. Called once.
  virtual Result<Value> result(EvalContext& ctx) = 0;
  /// Bytes of memory it holds beyond its own size, for the statement's quota.
  virtual size_t memory() const { return 0; }
};

/// A state for an empty group, with distinct already taken care of.
std::unique_ptr<AggregateState> make_state(const AggregateCall& call);

}  // namespace tbl::tidb
