// The pump process: makes the parts in the right order, and takes them down in the right order.
#pragma once

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/env.h"
#include "base/log.h"
#include "base/periodic.h"
#include "base/status.h"
#include "base/stop.h"
#include "cluster/cluster.h"
#include "pump/config.h"
#include "pump/disk_watch.h"
#include "pump/fake_writer.h"
#include "pump/feed.h"
#include "pump/gc_job.h"
#include "pump/http_api.h"
#include "pump/ingest.h"
#include "pump/large_write.h"
#include "pump/metrics.h"
#include "pump/oracle.h"
#include "pump/registration.h"
#include "pump/resolver.h"
#include "pump/state.h"
#include "pump/storage/storage.h"
#include "pump/why.h"
#include "pump/write_gate.h"
#include "rpc/server.h"

namespace tbl::pump {

/// One thread calls create(), start(), run() and the destructor.
class Pump {
 public:
  /// Connects PD, opens the data directory, finds the node id. `stop` (a signal) ends it early.
  static Result<std::unique_ptr<Pump>> create(PumpConfig config, StopToken stop);
  ~Pump();
  Pump(const Pump&) = delete;
  Pump& operator=(const Pump&) = delete;

  /// Listens, registers, tells the drainers about a pump they do not know; then prewrites are
  /// taken. After an error only the destructor may follow.
  Status start();
  /// Serves until a signal or an HTTP action, then says good-bye to the registry and closes
  /// everything.
  void run();

 private:
  Pump(PumpConfig config, StopToken stop);

  Status connect();
  Status open_storage();
  Status listen();
  void add_methods();
  void start_jobs();
  std::string unannounced_path() const;
  Status enter_registry();
  Status notify_if_new();
  void check_drainers();
  void info_tick();

  void begin_close();
  void wait_for_close();
  void commit_state();
  void shut_down();

  const PumpConfig config_;
  const StopToken signal_;
  Env& env_ = posix_env();
  PumpMetrics metrics_;
  StateMachine state_;
  WriteGate gate_;

  StopSource cluster_stop_;
  std::unique_ptr<cluster::Cluster> cluster_;
  std::unique_ptr<Storage> storage_;
  std::unique_ptr<DiskWatch> disk_;
  std::unique_ptr<Ingest> ingest_;
  std::unique_ptr<LargeWrites> large_writes_;
  std::unique_ptr<FakeWriter> fakes_;
  std::unique_ptr<Registration> registration_;
  bool is_new_ = false;  ///< drainers may not know this pump
  std::unique_ptr<Oracle> oracle_;
  std::unique_ptr<Resolver> resolver_;
  std::unique_ptr<Feed> feed_;
  std::unique_ptr<GcJob> gc_;
  std::unique_ptr<Why> why_;
  std::unique_ptr<HttpApi> api_;
  std::unique_ptr<rpc::Server> server_;
  std::vector<std::unique_ptr<Periodic>> jobs_;
  LogEvery lag_every_{600'000};

  std::mutex mutex_;
  std::condition_variable_any changed_;
  bool closing_ = false;
};

}  // namespace tbl::pump
