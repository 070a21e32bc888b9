#include "tidb/plan/subplan.h"

#include "tidb/types/sql_error.h"

namespace tbl::tidb {

PlanSubquery::PlanSubquery(std::shared_ptr<SubPlan> plan, std::vector<ExprPtr> outer,
                           std::shared_ptr<SubquerySlot> engine)
    : plan_(std::move(plan)), outer_(std::move(outer)), engine_(std::move(engine)) {}

Status PlanSubquery::run(EvalContext& ctx, const Row& outer,
                         const std::function<bool(const Row&)>& on_row) {
  if (!engine_->engine) return not_supported_yet("subqueries in this place");
  Row values;
  values.reserve(outer_.size());
  for (const ExprPtr& e : outer_) {
    TBL_ASSIGN(Value value, e->eval(ctx, outer));
    values.push_back(std::move(value));
  }
  if (kept_ && kept_in_ == engine_->attempt && values == kept_for_) {
    for (const Row& row : rows_) {
      if (!on_row(row)) break;
    }
    return ok_status();
  }
  return run_anew(std::move(values), on_row);
}

Status PlanSubquery::run_anew(Row values, const std::function<bool(const Row&)>& on_row) {
  kept_ = false;
  rows_.clear();
  slot_row_ = values;
  plan_->slot->row = &slot_row_;
  bool keep = !plan_->is_volatile;
  bool wanted = true;
  Status status = engine_->engine->run(*plan_->root, [&](const Row& row) {
    if (keep && rows_.size() < kKeptRows) {
      rows_.push_back(row);
    } else {
      keep = false;
    }
    if (wanted) wanted = on_row(row);
    // `x IN (...)` may stop early for this x and want the other rows for the next one.
    return wanted || (keep && plan_->all_rows_matter);
  });
  plan_->slot->row = nullptr;
  TBL_TRY(std::move(status));
  kept_ = keep;
  kept_in_ = engine_->attempt;
  if (!keep) rows_.clear();
  kept_for_ = std::move(values);
  return ok_status();
}

std::unique_ptr<SubqueryRunner> PlanSubquery::clone() const {
  std::vector<ExprPtr> outer;
  for (const ExprPtr& e : outer_) outer.push_back(e->clone());
  return std::make_unique<PlanSubquery>(plan_, std::move(outer), engine_);
}

}  // namespace tbl::tidb
