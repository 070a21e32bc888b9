// `target` of `table-migrate-rule`: tables whose names differ downstream.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "drainer/event_filter.h"
#include "drainer/schedule/applier.h"

namespace tbl::drainer {

/// A rule that names a table goes before one for its whole database; of several the first counts.
/// Immutable; any thread.
class Routes {
 public:
  Routes() = default;
  explicit Routes(const EventFilterConfig& config);

  /// `table` is empty for a database.
  schedule::TableName route(std::string_view schema, std::string_view table) const;
  bool empty() const { return rules_.empty(); }

 private:
  std::vector<MigrateRuleConfig> rules_;  ///< those with a target; patterns in lower case
  bool case_sensitive_ = false;
};

class Router;

/// The statement with the names that its tables have downstream; all of them with their database.
/// Empty: nothing of it is to be done (a database that goes elsewhere is not dropped there, where
/// others may have gone too). Error: a table that is routed stands in a statement whose names
/// cannot be told.
Result<std::string> route_ddl(const schedule::DdlTask& task, const Router& router);

}  // namespace tbl::drainer
