#include "tidb/exec/join_table.h"

#include "tidb/exec/row_bytes.h"
#include "tidb/types/append_key.h"

namespace tbl::tidb {

Result<JoinKeyValue> join_key(const JoinPlan& plan, JoinSide side, ExecContext& context,
                              const Row& row) {
  JoinKeyValue result;
  for (const JoinPlan::Key& key : plan.keys) {
    const Expr& e = side == JoinSide::kLeft ? *key.left : *key.right;
    TBL_ASSIGN(Value value, e.eval(context.eval, row));
    result.has_null = result.has_null || (value.is_null() && !key.null_safe);
    append_key(&result.key, value);
  }
  return result;
}

Status JoinTable::add(Row row) {
  TBL_ASSIGN(JoinKeyValue key, join_key(plan_, side_, context_, row));
  ++rows_;
  if (key.has_null) {
    has_null_key_ = true;
    return ok_status();
  }
  TBL_TRY(quota_.consume(row_bytes(row) + static_cast<int64_t>(key.key.size())));
  buckets_[std::move(key.key)].push_back(std::move(row));
  return ok_status();
}

const std::vector<Row>* JoinTable::find(const std::string& key) const {
  auto found = buckets_.find(key);
  return found == buckets_.end() ? nullptr : &found->second;
}

void JoinTable::clear() {
  buckets_.clear();
  rows_ = 0;
  has_null_key_ = false;
  quota_.release();
}

Status JoinProbe::start(Row row, const JoinTable& table) {
  row_ = std::move(row);
  at_ = 0;
  matched_ = false;
  done_ = false;
  refused_ = false;
  TBL_ASSIGN(JoinKeyValue key, join_key(plan_, side_, context_, row_));
  matches_ = key.has_null ? nullptr : table.find(key.key);
  if (plan_.null_aware && !table.empty()) refused_ = key.has_null || table.has_null_key();
  return ok_status();
}

void JoinProbe::combine(const Row& other, Row* out) const {
  const Row& left = side_ == JoinSide::kLeft ? row_ : other;
  const Row& right = side_ == JoinSide::kLeft ? other : row_;
  out->assign(left.begin(), left.end());
  out->insert(out->end(), right.begin(), right.end());
}

void JoinProbe::reset() {
  done_ = true;
  matches_ = nullptr;
}

Result<bool> JoinProbe::next_match(Row* out) {
  while (matches_ && at_ < matches_->size()) {
    combine((*matches_)[at_++], out);
    TBL_ASSIGN(bool pass, passes(plan_.other, context_, *out));
    if (pass) return true;
  }
  return false;
}

Result<bool> JoinProbe::next(Row* out) {
  if (done_) return false;
  if (plan_.join == JoinKind::kSemi || plan_.join == JoinKind::kAntiSemi) {
    done_ = true;
    TBL_ASSIGN(bool found, next_match(&joined_));
    bool wanted = plan_.join == JoinKind::kSemi ? found : !found && !refused_;
    if (wanted) *out = std::move(row_);
    return wanted;
  }
  TBL_ASSIGN(bool found, next_match(out));
  if (found) {
    matched_ = true;
    return true;
  }
  done_ = true;
  if (plan_.join != JoinKind::kLeft || matched_) return false;
  *out = std::move(row_);
  out->resize(out->size() + right_width_);
  return true;
}

}  // namespace tbl::tidb
