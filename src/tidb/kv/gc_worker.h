// The garbage collector: removes versions that no snapshot may ask for any more, and the data of
// dropped tables.
#pragma once

#include <chrono>
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

/// What the collector asks of the cluster; ClusterGc, or a test's model.
class GcCluster {
 public:
  virtual ~GcCluster() = default;
  virtual Result<uint64_t> now_ts() = 0;
  /// Registers the wish as service "gc_worker"; the lowest safe point of all services (drainer,
  /// backups), which may be below it.
  virtual Result<uint64_t> agree(uint64_t wanted) = 0;
  /// Tells clients that older snapshots may be gone (etcd).
  virtual Status announce(uint64_t safe_point) = 0;
  virtual Status resolve_locks(uint64_t safe_point) = 0;
  virtual Status destroy_range(const std::string& start, const std::string& end) = 0;
  /// Lets the stores remove old versions: they look at PD's safe point.
  virtual Status collect(uint64_t safe_point) = 0;
};

struct GcOptions {
  std::string leader_id;    ///< uuid of this server
  std::string leader_desc;  ///< host and pid
  std::chrono::milliseconds tick{60000};
  StopToken stop;
};

/// Its own thread from start() to destruction. Each tick, the first one a while after start() so
/// that pumps can first ask the stores about what a crash left: renews the leader rows of
/// mysql.tidb, and when tikv_gc_run_interval has passed since tikv_gc_last_run_time, collects below
/// now minus tikv_gc_life_time, but never above a service's safe point in PD, nor above the oldest
/// transaction of this server. Rows of mysql.tidb that are missing are written with their standard
/// values, from the start on. Another server's unexpired lease is respected.
class GcWorker {
 public:
  GcWorker(GcCluster& cluster, KvStore& store, GcTables& tables, GcOptions options);
  /// With the real cluster.
  GcWorker(cluster::Cluster& cluster, KvStore& store, GcTables& tables, GcOptions options);
  ~GcWorker();

  void start();
  /// One look at the clock; true: a collection was run. Called by the thread, and by tests.
  Result<bool> tick();
  /// Collects below `safe_point` whatever the clock says.
  Status collect(uint64_t safe_point);

 private:
  struct Settings {
    int64_t now_ms = 0;  ///< PD's clock
    std::chrono::milliseconds run_interval{0};
    std::chrono::milliseconds life_time{0};
  };
  /// Renews the leader rows and reads the settings. Nothing: another server leads, or it is
  /// switched off.
  Result<std::optional<Settings>> prepare();
  Result<std::optional<uint64_t>> due_safe_point(const Settings& settings);
  void complain(const Status& status) const;
  Result<bool> is_enabled();
  Result<std::string> setting(const std::string& name, const std::string& standard,
                              const std::string& comment);
  Result<std::chrono::milliseconds> interval(const std::string& name, const std::string& comment);
  /// False: another server leads.
  Result<bool> lead(int64_t now_ms);
  void destroy_ranges(const std::vector<GcTables::Range>& ranges);

  std::unique_ptr<GcCluster> own_cluster_;
  GcCluster& cluster_;
  KvStore& store_;
  GcTables& tables_;
  const GcOptions options_;
  StopSource stop_;
  Thread thread_;
};

}  // namespace tbl::tidb
