// Constructors of the executors, for make_executor().
#pragma once

#include <vector>

#include "tidb/exec/executor.h"

namespace tbl::tidb {

using Children = std::vector<ExecutorPtr>;

/// The executor of a stored table; an index join gives it its ranges before open().
class SourceExecutor : public Executor {
 public:
  virtual void set_ranges(std::vector<ValueRange> ranges) = 0;
};
std::unique_ptr<SourceExecutor> make_source(const DataSourcePlan& plan, ExecContext& context);

ExecutorPtr make_virtual_scan(const VirtualScanPlan& plan, ExecContext& context);
ExecutorPtr make_dual(const DualPlan& plan, ExecContext& context);
ExecutorPtr make_selection(const SelectionPlan& plan, ExecContext& context, Children children);
ExecutorPtr make_projection(const ProjectionPlan& plan, ExecContext& context, Children children);
ExecutorPtr make_limit(const LimitPlan& plan, ExecContext& context, Children children);
ExecutorPtr make_union_all(const UnionAllPlan& plan, ExecContext& context, Children children);
ExecutorPtr make_sort(const SortPlan& plan, ExecContext& context, Children children);
ExecutorPtr make_top_n(const TopNPlan& plan, ExecContext& context, Children children);
ExecutorPtr make_aggregation(const AggregationPlan& plan, ExecContext& context, Children children);
ExecutorPtr make_hash_join(const JoinPlan& plan, ExecContext& context, Children children);
ExecutorPtr make_index_join(const JoinPlan& plan, ExecContext& context, ExecutorPtr left,
                            std::unique_ptr<SourceExecutor> right);
ExecutorPtr make_set_operation(const SetOperationPlan& plan, ExecContext& context,
                               Children children);

}  // namespace tbl::tidb
