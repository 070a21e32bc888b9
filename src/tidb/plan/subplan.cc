#include "tidb/plan/subplan.h"

#include "tidb/types/append_key.h"
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
  if (kept_in_ != engine_->attempt) forget();
  kept_in_ = engine_->attempt;
  std::string key;
  for (const Value& value : values) append_key(&key, value);
  auto found = kept_.find(key);
  // Values that compare equal may still show differently, as 1.0 and 1.00 do.
  if (found == kept_.end() || found->second.outer != values) {
    return run_anew(std::move(values), std::move(key), on_row);
  }
  for (const Row& row : found->second.rows) {
    if (!on_row(row)) break;
  }
  return ok_status();
}

Status PlanSubquery::run_anew(Row values, std::string key,
                              const std::function<bool(const Row&)>& on_row) {
  std::vector<Row> rows;
  slot_row_ = std::move(values);
  plan_->slot->row = &slot_row_;
  bool keep = !plan_->is_volatile;
  bool wanted = true;
  Status status = engine_->engine->run(*plan_->root, [&](const Row& row) {
    if (keep && rows.size() < kKeptRows) {
      rows.push_back(row);
    } else {
      keep = false;
    }
    if (wanted) wanted = on_row(row);
    // `x IN (...)` may stop early for this x and want the other rows for the next one.
    return wanted || (keep && plan_->all_rows_matter);
  });
  plan_->slot->row = nullptr;
  TBL_TRY(std::move(status));
  if (keep) this->keep(std::move(key), std::move(rows));
  return ok_status();
}

void PlanSubquery::keep(std::string key, std::vector<Row> rows) {
  const size_t more = rows.size() + 1;
  if (kept_rows_ + more > kKeptRows) forget();
  kept_rows_ += more;
  kept_.insert_or_assign(std::move(key), Kept{slot_row_, std::move(rows)});
}

void PlanSubquery::forget() {
  kept_.clear();
  kept_rows_ = 0;
}

std::unique_ptr<SubqueryRunner> PlanSubquery::clone() const {
  std::vector<ExprPtr> outer;
  for (const ExprPtr& e : outer_) outer.push_back(e->clone());
  return std::make_unique<PlanSubquery>(plan_, std::move(outer), engine_);
}

}  // namespace tbl::tidb
