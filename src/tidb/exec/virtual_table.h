// The source of rows of a table that has no storage (information_schema, SHOW statements).
#pragma once

#include <functional>
#include <vector>

#include "base/status.h"
#include "tidb/plan/virtual_source.h"
#include "tidb/types/value.h"

namespace tbl::tidb {

struct ExecContext;

/// Every VirtualSource that a VirtualCatalog gives to the planner must be one of these: exec/ casts
/// it back when the plan runs.
class VirtualTable : public VirtualSource {
 public:
  /// All rows, each as long as info()->columns, in any order. Called once for each scan, by the
  /// statement's thread; may read what the context holds (transaction, schema, user).
  virtual Result<std::vector<Row>> rows(ExecContext& context) const = 0;
};

}  // namespace tbl::tidb
