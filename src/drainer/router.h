// Which rows and DDL are for us: the user's filter, and what belongs to drainers themselves.
#pragma once

#include <string>
#include <string_view>

#include "drainer/event_filter.h"
#include "drainer/filter.h"
#include "drainer/routes.h"

namespace tbl::drainer {

/// Where this drainer keeps its own tables downstream. An upstream that is somebody's downstream
/// has tables of these names too; replicating them would overwrite ours.
struct OwnTables {
  std::string schema;      ///< `checkpoint.schema`
  std::string checkpoint;  ///< `checkpoint.table`; the others' names begin with it
};

/// Immutable; any thread. Names match without regard to case, as the downstream may.
class Router {
 public:
  Router(Filter filter, OwnTables own, EventFilter events = {}, Routes routes = {})
      : filter_(std::move(filter)),
        own_(std::move(own)),
        events_(std::move(events)),
        routes_(std::move(routes)) {}

  bool skips_rows(std::string_view schema, std::string_view table) const;
  /// `table` is empty for DDL of a database. DDL of the table of loop marks is never replicated:
  /// each side makes its own.
  bool skips_ddl(std::string_view schema, std::string_view table) const;
  const EventFilter& events() const { return events_; }
  /// The name downstream; filters are about the one upstream.
  schedule::TableName route(std::string_view schema, std::string_view table) const {
    return routes_.route(schema, table);
  }
  bool has_routes() const { return !routes_.empty(); }

 private:
  bool is_own(std::string_view schema, std::string_view table) const;

  Filter filter_;
  OwnTables own_;
  EventFilter events_;
  Routes routes_;
};

struct SyncerConfig;
/// Of a configuration that was checked.
Router make_router(const SyncerConfig& config);

}  // namespace tbl::drainer
