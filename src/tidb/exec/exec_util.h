// Small things that several executors need.
#pragma once

#include <string>
#include <vector>

#include "tidb/exec/context.h"
#include "tidb/expr/expr.h"

namespace tbl::tidb {

/// Error 1317 when KILL has come for the statement.
Status check_killed(ExecContext& context);
/// All conditions are true for the row.
Result<bool> passes(const std::vector<ExprPtr>& conditions, ExecContext& context, const Row& row);

/// Asks for the kill flag every few rows.
class KillCheck {
 public:
  explicit KillCheck(ExecContext& context) : context_(context) {}
  Status step() { return ++steps_ % kInterval == 0 ? check_killed(context_) : ok_status(); }

 private:
  static constexpr uint32_t kInterval = 256;
  ExecContext& context_;
  uint32_t steps_ = 0;
};

/// Memory of one executor, given back when it closes.
class QuotaUse {
 public:
  explicit QuotaUse(MemoryQuota& quota) : quota_(quota) {}
  ~QuotaUse() { release(); }
  QuotaUse(const QuotaUse&) = delete;
  QuotaUse& operator=(const QuotaUse&) = delete;
  Status consume(int64_t bytes) {
    TBL_TRY(quota_.consume(bytes));
    used_ += bytes;
    return ok_status();
  }
  bool would_exceed(int64_t bytes) const { return quota_.would_exceed(bytes); }
  void release() {
    quota_.release(used_);
    used_ = 0;
  }

 private:
  MemoryQuota& quota_;
  int64_t used_ = 0;
};

}  // namespace tbl::tidb
