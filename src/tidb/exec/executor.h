// Executors pull rows through a plan, one at a time, each from its children.
#pragma once

#include <memory>

#include "base/status.h"
#include "tidb/exec/context.h"
#include "tidb/exec/result.h"
#include "tidb/plan/plan.h"
#include "tidb/plan/planner.h"
#include "tidb/types/value.h"

namespace tbl::tidb {

/// One node at work. Used by one thread: open(), next() until it gives false or an error, close();
/// then it may be opened again. The plan and the context outlive it.
class Executor {
 public:
  virtual ~Executor() = default;
  virtual Status open() = 0;
  /// False: no more rows. `row` is overwritten, and has one value for each of the plan's columns.
  virtual Result<bool> next(Row* row) = 0;
  /// Frees what it holds. Allowed at any time, more than once.
  virtual void close() = 0;
};
using ExecutorPtr = std::unique_ptr<Executor>;

/// The executor of a plan and, below it, of its children.
ExecutorPtr make_executor(const PlanNode& plan, ExecContext& context);

/// Runs a planned statement to its end: rows or counters go to the sink. DML and SELECT ... FOR
/// UPDATE go through kv's run_statement(): an error leaves no writes behind, and a conflict in a
/// pessimistic transaction starts the statement again (the sink hears of the last attempt only).
/// Honours the kill flag of the context's hooks (1317) and the memory quota.
Status execute_plan(const StatementPlan& plan, ExecContext& context, ResultSink& sink);

/// The value of an expression of a statement without tables.
Result<TypedValue> evaluate(const BoundExpression& bound, ExecContext& context);

/// All rows of a query; for internal use (SHOW, DDL).
Result<std::vector<Row>> collect_rows(const StatementPlan& plan, ExecContext& context);

}  // namespace tbl::tidb
