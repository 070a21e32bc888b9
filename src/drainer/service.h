// Drainer's port: gRPC service Cistern for pumps, HTTP for people and scripts.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/status.h"
#include "drainer/node.h"
#include "rpc/server.h"

namespace tbl::drainer {

/// What /status tells.
struct StatusReport {
  std::optional<std::map<std::string, uint64_t>> pump_positions;
  bool synced = false;
  uint64_t last_ts = 0;
  std::vector<std::string> hold_ups = {};  ///< sentences about what fails or takes long
};

/// What the port gives access to. Called on the server's threads, several at once.
struct ServiceHooks {
  /// Lists pumps now; returns when they are sources.
  std::function<Status()> refresh_pumps;
  std::function<StatusReport()> status;
  std::function<uint64_t()> commit_ts;
  /// Begins to pause (State::kPausing) or to close (State::kClosing); returns at once. Called only
  /// when the node's state has been changed to that.
  std::function<void(State)> begin_leaving;
};

/// Adds all methods and paths to the server, which must not outlive `node` and what the hooks use.
void add_service(rpc::Server& server, Node& node, const ServiceHooks& hooks);

}  // namespace tbl::drainer
