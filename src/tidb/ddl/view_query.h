// The SELECT of a view as it is kept: its text with every name in full, and its column names.
#pragma once

#include <string>
#include <vector>

#include "base/status.h"
#include "tidb/ast/query.h"
#include "tidb/ddl/plan_jobs.h"

namespace tbl::tidb {

struct ViewQuery {
  std::string text;  ///< `*` written out as columns
  std::vector<std::string> columns;
};

/// Errors are those of the SELECT: 1146, 1054, ...
Result<ViewQuery> resolve_view_query(const ast::Query& query, const PlanScope& scope);

}  // namespace tbl::tidb
