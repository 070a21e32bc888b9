// Which partitions of a table a query has to read.
#pragma once

#include "tidb/plan/rules.h"

namespace tbl::tidb {

/// Fills DataSourcePlan::physical_ids: the table's id, or those of the partitions that rows passing
/// the filters can be in. Error 1735 for a partition that was named and does not exist.
Status prune_partitions(DataSourcePlan* node, const RuleContext& ctx);

}  // namespace tbl::tidb
