// The DDL engine: takes statements, makes jobs of them, runs the jobs, waits for their end.
//
// Statement -> build_*.cc checks it against the current schema and makes jobs -> queue in meta ->
// DdlWorker runs them one step after another -> history.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "schema/job.h"
#include "tidb/catalog/schema_holder.h"
#include "tidb/ddl/ddl_storage.h"

namespace tbl::tidb {

class VirtualCatalog;
struct EvalContext;
namespace ast {
struct Statement;
}

/// What of the client's session a DDL statement depends on. Valid during run().
struct DdlSession {
  /// Required: current database, user, sql mode, time zone, clock, warnings.
  EvalContext* eval = nullptr;
  std::string
      query;  ///< the client's text without a `;` at its end; goes to history and downstream
  const VirtualCatalog* virtuals = nullptr;  ///< for views over information_schema; null: none
  /// Asked while waiting for a job; true: stop waiting (the job goes on). May be empty.
  std::function<bool()> is_killed;
};

struct DdlOptions {
  std::string default_charset = "utf8mb4";
  std::string default_collate = "utf8mb4_bin";
  int64_t max_index_length = 3072;  ///< bytes of one key
  /// An integer primary key is an index beside a hidden row id, as with TiDB's option of this name.
  bool alter_primary_key = false;
};

/// A row of ADMIN SHOW DDL JOBS.
struct JobRow {
  schema::DdlJob job;
  std::string db_name;
  std::string table_name;
};

/// Any thread. Owns the worker's thread.
class Ddl {
 public:
  struct Deps {
    DdlStorage* storage = nullptr;
    SchemaHolder* schemas = nullptr;
    IndexBackfill* backfill = nullptr;
    SqlRunner* sql = nullptr;  ///< for mysql.gc_delete_range; may be null until bootstrap is done
    /// Called when the counter of a table moved or was set, before anybody can use the changed
    /// table: cached values are void. Must not block.
    std::function<void(int64_t table_id)> forget_auto_ids = {};
  };
  Ddl(Deps deps, DdlOptions options);
  ~Ddl();
  Ddl(const Ddl&) = delete;
  Ddl& operator=(const Ddl&) = delete;

  /// Loads the schema into the SchemaHolder and starts the worker, which goes on with the jobs of
  /// an earlier run first.
  Status start();
  void stop();
  /// Set once SQL can be run; ranges of drops before that are not recorded.
  void set_sql_runner(SqlRunner* sql);

  /// Is it a statement for run()?
  static bool handles(const ast::Statement& statement);
  /// Runs a statement to its end. The error is the client's (MySQL's number and text); warnings and
  /// notes go to session.warnings.
  Status run(const ast::Statement& statement, const DdlSession& session);

  /// ADMIN CANCEL DDL JOBS: per id "successful" or "error: ...".
  Result<std::vector<std::string>> cancel(const std::vector<int64_t>& job_ids);
  /// Queued jobs, then the newest `history_limit` finished ones.
  Result<std::vector<JobRow>> jobs(size_t history_limit);

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace tbl::tidb
