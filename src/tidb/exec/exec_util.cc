#include "tidb/exec/exec_util.h"

#include "tidb/types/sql_error.h"

namespace tbl::tidb {

Status MemoryQuota::consume(int64_t bytes) {
  if (would_exceed(bytes)) return sql_error(kErrUnknown, "Out Of Memory Quota!");
  used_ += bytes;
  return ok_status();
}

Status check_killed(ExecContext& context) {
  if (context.eval.hooks && context.eval.hooks->killed()) return query_interrupted();
  return ok_status();
}

Result<bool> passes(const std::vector<ExprPtr>& conditions, ExecContext& context, const Row& row) {
  for (const ExprPtr& condition : conditions) {
    TBL_ASSIGN(bool pass, eval_condition(*condition, context.eval, row));
    if (!pass) return false;
  }
  return true;
}

}  // namespace tbl::tidb
