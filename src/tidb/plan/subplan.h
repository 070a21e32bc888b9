// A subquery that stays in an expression: its plan, and which values of the query around it it
// needs.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "tidb/expr/subquery.h"
#include "tidb/plan/plan.h"

namespace tbl::tidb {

/// Runs plans for subqueries. Implemented by exec/, which puts itself into the statement's slot
/// before the first row.
class SubqueryEngine {
 public:
  virtual ~SubqueryEngine() = default;
  /// Runs `plan` from its beginning; `on_row` returns false when it has seen enough.
  virtual Status run(const PlanNode& plan, const std::function<bool(const Row&)>& on_row) = 0;
};

/// Where the subqueries of one statement find who runs them.
struct SubquerySlot {
  SubqueryEngine* engine = nullptr;
  /// Attempts to run the statement: rows kept in an earlier one are not used again.
  uint64_t attempt = 0;
};

/// The plan of a subquery, shared by the clones of its expression.
struct SubPlan {
  PlanPtr root;
  std::vector<FieldType> types;
  /// The CorrelatedColumns of `root` point to it: one value for each of PlanSubquery::outer().
  std::shared_ptr<OuterRow> slot;
  /// It calls rand() or the like, so every run may give other rows.
  bool is_volatile = false;
  /// A run that its reader ends early must still keep all rows: the next reader may want others.
  bool all_rows_matter = false;
  bool is_optimized = false;
};

/// The runner of one place in an expression. The rows of its runs are kept for each set of outer
/// values, up to kKeptRows in all; then it forgets them and begins anew.
class PlanSubquery : public SubqueryRunner {
 public:
  static constexpr size_t kKeptRows = 10000;

  PlanSubquery(std::shared_ptr<SubPlan> plan, std::vector<ExprPtr> outer,
               std::shared_ptr<SubquerySlot> engine);

  const std::vector<FieldType>& columns() const override { return plan_->types; }
  bool correlated() const override { return !outer_.empty(); }
  Status run(EvalContext& ctx, const Row& outer,
             const std::function<bool(const Row&)>& on_row) override;
  std::unique_ptr<SubqueryRunner> clone() const override;
  std::string to_string() const override { return "subquery"; }

  const SubPlan& plan() const { return *plan_; }
  SubPlan& mutable_plan() { return *plan_; }
  /// No other expression runs this plan.
  bool is_only_user() const { return plan_.use_count() == 1; }
  /// Values of the outer row that the plan needs: columns of the query around it.
  std::vector<ExprPtr>& outer() { return outer_; }
  const std::vector<ExprPtr>& outer() const { return outer_; }

 private:
  Status run_anew(Row values, std::string key, const std::function<bool(const Row&)>& on_row);
  void keep(std::string key, std::vector<Row> rows);
  void forget();

  std::shared_ptr<SubPlan> plan_;
  std::vector<ExprPtr> outer_;
  std::shared_ptr<SubquerySlot> engine_;
  Row slot_row_;
  struct Kept {
    Row outer;
    std::vector<Row> rows;
  };
  std::unordered_map<std::string, Kept> kept_;  ///< by the outer values
  size_t kept_rows_ = 0;                        ///< those of kept_, and one for each entry
  uint64_t kept_in_ = 0;                        ///< the attempt
};

}  // namespace tbl::tidb
