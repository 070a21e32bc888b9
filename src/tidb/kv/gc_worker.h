// The garbage collector: removes versions that no snapshot may ask for any more, and the data of
// dropped tables.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/stop.h"
#include "cluster/cluster.h"
#include "tidb/kv/kv_store.h"

namespace tbl::tidb {

/// What the collector keeps in system tables; implemented over SQL by the server.
class GcTables {
 public:
  virtual ~GcTables() = default;
  /// A row of mysql.tidb, by VARIABLE_NAME; nothing: there is none.
  virtual Result<std::optional<std::string>> get(const std::string& name) = 0;
  virtual Status set(const std::string& name, const std::string& value,
                     const std::string& comment) = 0;

  /// A row of mysql.gc_delete_range.
  struct Range {
    int64_t job_id = 0;
    int64_t element_id = 0;
    std::string start;  ///< raw key
    std::string end;
    uint64_t ts = 0;
  };
  /// Those with ts < `safe_point`.
  virtual Result<std::vector<Range>> delete_ranges(uint64_t safe_point) = 0;
  /// Moves a row to mysql.gc_delete_range_done.
  virtual Status range_done(const Range& range) = 0;
};

struct GcOptions {
  std::string leader_id;  ///< uuid of this server
  std::string leader_desc;
  std::chrono::milliseconds tick{60000};
  StopToken stop;
};

/// Its own thread from start() to destruction. Each tick: renews the leader rows of mysql.tidb, and
/// when tikv_gc_run_interval has passed since tikv_gc_last_run_time, collects below now minus
/// tikv_gc_life_time, but never above a service's safe point in PD (drainer, backups), nor above
/// the oldest transaction of this server.
class GcWorker {
 public:
  GcWorker(cluster::Cluster& cluster, KvStore& store, GcTables& tables, GcOptions options);
  ~GcWorker();

  void start();
  /// One look at the clock; true: a collection was run. Called by the thread, and by tests.
  Result<bool> tick();
  /// Collects below `safe_point` whatever the clock says.
  Status collect(uint64_t safe_point);

 private:
  Result<std::optional<uint64_t>> due_safe_point(uint64_t now_ts);
  Result<std::chrono::milliseconds> duration(const std::string& name, const std::string& standard,
                                             const std::string& comment);
  Result<uint64_t> allowed(uint64_t wanted);
  Status renew_leader(uint64_t now_ts);

  cluster::Cluster& cluster_;
  KvStore& store_;
  GcTables& tables_;
  const GcOptions options_;
  StopSource stop_;
  Thread thread_;
};

}  // namespace tbl::tidb
