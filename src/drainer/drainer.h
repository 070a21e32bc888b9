// The program: makes the stations, runs them, takes them down.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "base/periodic.h"
#include "base/status.h"
#include "base/stop.h"
#include "cluster/cluster.h"
#include "drainer/config.h"
#include "drainer/ddl_jobs.h"
#include "drainer/ddl_rules.h"
#include "drainer/lag.h"
#include "drainer/meta_source.h"
#include "drainer/node.h"
#include "drainer/pump_list.h"
#include "drainer/relay_feed.h"
#include "drainer/router.h"
#include "drainer/safe_point.h"
#include "drainer/service.h"
#include "drainer/stream.h"
#include "drainer/syncer.h"
#include "rpc/server.h"
#include "spill/spill_file.h"

namespace tbl::drainer {

/// create(), run() and destroy on one thread; request_stop() from any.
class Drainer {
 public:
  /// Connects to PD and the downstream, reads checkpoint and schema. `stop` ends the waiting.
  static Result<std::unique_ptr<Drainer>> create(DrainerConfig config, const StopToken& stop);
  ~Drainer();

  /// Registers, serves and applies until request_stop(), an action over HTTP, or an error; then
  /// drains, saves the checkpoint and leaves the registry as paused or offline. The first error, if
  /// there was one.
  Status run();
  void request_stop();

 private:
  explicit Drainer(DrainerConfig config);

  Status connect();
  Status start_applier();
  void warn_of_start_point() const;
  Status add_relay(const SinkContext& context);
  Status load_schema_from_cluster();
  void make_stream();
  Status start();
  void close();
  void write_state();
  void stop_applier();
  void fail(const Status& status);
  StatusReport report() const;
  ServiceHooks hooks();

  // First, since other members' threads report through them to their end.
  std::mutex mutex_;
  std::condition_variable changed_;
  bool leaving_ = false;
  Status error_;

  const DrainerConfig config_;
  StopSource cluster_stop_;
  std::unique_ptr<cluster::Cluster> cluster_;
  std::unique_ptr<ClusterMetaReader> meta_;
  std::string node_id_;
  std::optional<relay::RelaySpan> relay_span_;  ///< what the run before has left
  uint64_t run_ts_ = 0;                         ///< name of this run in the downstream's marks
  uint64_t start_now_ts_ = 0;                   ///< from PD, at start
  schedule::StartPoint start_point_;

  StopSource leaving_stop_;  ///< ends what waits for the user
  std::unique_ptr<DdlRules> ddl_rules_;
  std::optional<Router> router_;
  schema::SchemaTracker schema_;
  std::optional<DdlJobs> jobs_;
  std::unique_ptr<Lag> lag_;
  std::atomic<relay::RelayedApplier*> relay_{nullptr};  ///< applier_, if there is a relay log
  std::unique_ptr<schedule::Applier> applier_;
  std::unique_ptr<spill::SpillDir> spill_;
  std::unique_ptr<Merger> merger_;
  std::unique_ptr<Syncer> syncer_;
  std::unique_ptr<Stream> stream_;
  std::unique_ptr<PumpList> pumps_;
  std::unique_ptr<Node> node_;
  std::unique_ptr<SafePointKeeper> safe_point_;
  std::unique_ptr<Periodic> metrics_push_;
  std::unique_ptr<rpc::Server> server_;
  bool registered_ = false;
};

}  // namespace tbl::drainer
