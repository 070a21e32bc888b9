// DDL that renames tables, as the downstream has to do it.
#pragma once

#include <string>
#include <vector>

#include "drainer/router.h"
#include "drainer/schedule/applier.h"
#include "schema/tracker.h"

namespace tbl::drainer {

/// RENAME TABLE and ALTER TABLE … RENAME, of one or of several tables.
class RenameDdl {
 public:
  static bool is_rename(schema::ActionType type);
  /// Looks at the names before the job is applied; `job` must live longer.
  RenameDdl(const schema::SchemaTracker& schema, const schema::DdlJob& job);

  /// The database to execute the statement in: a name without one is that of the client's session.
  const std::string& session_database() const { return session_database_; }

  /// After the job was applied: every name from which and to which tables went, old ones first.
  std::vector<schedule::TableName> touched(const schema::SchemaTracker& schema) const;
  /// After the job was applied: `query` if all tables are for us, by their new names; a statement
  /// that renames only those that are; empty if none is.
  std::string statement(const std::string& query, const schema::SchemaTracker& schema,
                        const Router& router) const;

 private:
  const schema::DdlJob& job_;
  std::vector<int64_t> table_ids_;  ///< in order of the renames; a table may come twice
  std::vector<schema::SchemaAndTable> before_;
  std::string session_database_;
};

}  // namespace tbl::drainer
