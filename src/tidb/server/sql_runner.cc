#include "tidb/server/sql_runner.h"

#include "tidb/session/internal_sql.h"

namespace tbl::tidb {

Status SessionSqlRunner::execute(std::string_view sql) { return run_internal(domain_, sql); }

Result<bool> SessionSqlRunner::any_row(std::string_view select) {
  TBL_ASSIGN(const TextResult result, query_internal(domain_, select));
  return !result.rows.empty();
}

}  // namespace tbl::tidb
