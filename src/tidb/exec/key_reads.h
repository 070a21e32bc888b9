// Statements that look at single rows whose handle is known before they begin.
#pragma once

#include "tidb/plan/planner.h"

namespace tbl::tidb {

/// All that the statement reads is one row by its handle (a SELECT, UPDATE or DELETE), or nothing
/// but the keys that it writes (an INSERT of values). Without subqueries.
bool reads_keys_only(const StatementPlan& plan);

}  // namespace tbl::tidb
