// This drainer in the node registry: its state, what it says about itself, its heartbeat.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>

#include "base/status.h"
#include "base/stop.h"
#include "cluster/node_status.h"

namespace tbl::drainer {

/// online -> pausing -> paused, or online -> closing -> offline.
enum class State : uint8_t { kOnline, kPausing, kPaused, kClosing, kOffline };

/// As in the registry.
std::string_view state_name(State state);

struct NodeOptions {
  std::string node_id = {};
  std::string host = {};  ///< advertised "host:port"
  uint64_t base_ts = 0;   ///< fresh from PD at start: updateTS counts on from here
  std::chrono::milliseconds heartbeat{1000};
};

/// Any thread, except that start and stop of the heartbeat come from one.
class Node {
 public:
  using Write = std::function<Status(const cluster::NodeStatus&)>;
  using GetCommitTs = std::function<uint64_t()>;

  Node(NodeOptions options, Write write, GetCommitTs commit_ts);
  ~Node() { stop_heartbeat(); }

  const std::string& id() const { return options_.node_id; }
  State state() const { return state_.load(); }
  /// False: the state was not `from`; nothing changed.
  bool change(State from, State to) { return state_.compare_exchange_strong(from, to); }
  void set(State state) { state_.store(state); }

  /// Writes the present status. Error: "fail to ..." of the registry.
  Status write();
  /// Writes at once and then at every interval; `on_lost` runs on the heartbeat's thread after 20
  /// failures in a row, with "fail to send heartbeat".
  void start_heartbeat(std::function<void(const Status&)> on_lost);
  void stop_heartbeat();

  /// What would be written now.
  cluster::NodeStatus status() const;

 private:
  void beat(const std::function<void(const Status&)>& on_lost);

  const NodeOptions options_;
  const Write write_;
  const GetCommitTs commit_ts_;
  const std::chrono::steady_clock::time_point begun_;
  std::atomic<State> state_{State::kOnline};
  std::mutex write_mutex_;  // an older status must not overtake a newer one
  StopSource stop_;
  Thread thread_;
};

}  // namespace tbl::drainer
