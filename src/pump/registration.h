// Pump's entry in the node registry: who it is, what it says, its heartbeat.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>

#include "base/env.h"
#include "base/status.h"
#include "base/stop.h"
#include "cluster/registry.h"
#include "pump/state.h"
#include "pump/storage/storage.h"

namespace tbl::pump {

/// The id in <data_dir>/.node wins, then `configured`, then "<host name>:<port>", which is saved.
Result<std::string> read_node_id(Env& env, const std::string& data_dir,
                                 const std::string& configured, int port);

struct RegistrationOptions {
  std::string node_id;
  std::string host;  ///< advertised "host:port"
  std::chrono::seconds heartbeat{2};
};

/// How the last write of the entry went.
struct HeartbeatInfo {
  std::string error;           ///< of the last try, "" if it succeeded
  int64_t success_age_ms = 0;  ///< since the last success
};

/// Any thread, except that start and stop of the heartbeat come from one.
class Registration {
 public:
  Registration(RegistrationOptions options, cluster::Registry& registry, StateMachine& state,
               const Storage& storage);
  ~Registration() { stop_heartbeat(); }

  /// The entry in the registry before this start; state "offline" and no host if there is none.
  /// Error: "fail to get previous node status: ...".
  Result<cluster::NodeStatus> previous();
  /// Base of update ts: `ts` was fresh now. The original extrapolates from there, and so do we,
  /// since a heartbeat must not depend on PD's TSO.
  void set_base_ts(uint64_t ts);
  /// Writes the present state.
  Status write();
  void start_heartbeat();
  void stop_heartbeat();

  /// What would be written now.
  cluster::NodeStatus status() const;
  HeartbeatInfo last_write() const;
  /// PD's time in ms, extrapolated too.
  int64_t pd_now_ms() const;
  const std::string& node_id() const { return options_.node_id; }

 private:
  void beat();

  const RegistrationOptions options_;
  cluster::Registry& registry_;
  StateMachine& state_;
  const Storage& storage_;
  mutable std::mutex mutex_;
  uint64_t base_ts_ = 0;
  std::chrono::steady_clock::time_point base_time_;
  std::string write_error_;
  std::chrono::steady_clock::time_point written_at_ = std::chrono::steady_clock::now();
  StopSource stop_;
  Thread thread_;
};

}  // namespace tbl::pump
