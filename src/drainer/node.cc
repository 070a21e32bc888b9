#include "drainer/node.h"

#include "base/clock.h"
#include "base/log.h"

namespace tbl::drainer {

namespace {

constexpr int kFailuresAllowed = 20;

}  // namespace

std::string_view state_name(State state) {
  switch (state) {
    case State::kOnline:
      return cluster::kStateOnline;
    case State::kPausing:
      return cluster::kStatePausing;
    case State::kPaused:
      return cluster::kStatePaused;
    case State::kClosing:
      return cluster::kStateClosing;
    default:
      return cluster::kStateOffline;
  }
}

Node::Node(NodeOptions options, Write write, GetCommitTs commit_ts)
    : options_(std::move(options)),
      write_(std::move(write)),
      commit_ts_(std::move(commit_ts)),
      begun_(std::chrono::steady_clock::now()) {}

cluster::NodeStatus Node::status() const {
  const auto elapsed =
      std::chrono::duration_cast<std::chrono::seconds>(std::chrono::steady_clock::now() - begun_);
  cluster::NodeStatus status;
  status.node_id = options_.node_id;
  status.host = options_.host;
  status.state = state_name(state());
  status.max_commit_ts = static_cast<int64_t>(commit_ts_());
  status.update_ts = static_cast<int64_t>(options_.base_ts + make_tso(elapsed.count() * 1000, 0));
  return status;
}

Status Node::write() {
  std::lock_guard lock(write_mutex_);
  return write_(status());
}

void Node::start_heartbeat(std::function<void(const Status&)> on_lost) {
  thread_ = Thread("heartbeat", [this, on_lost = std::move(on_lost)] { beat(on_lost); });
}

void Node::stop_heartbeat() {
  stop_.request_stop();
  thread_.join();
}

void Node::beat(const std::function<void(const Status&)>& on_lost) {
  int failures = 0;
  do {
    const Status status = write();
    if (stop_.stop_requested()) return;
    failures = status.ok() ? 0 : failures + 1;
    if (!status.ok()) log_error("send heartbeat failed", {{"error", status}});
    if (failures == kFailuresAllowed) return on_lost(status.wrap("fail to send heartbeat"));
  } while (wait_for(stop_.get_token(), options_.heartbeat));
}

}  // namespace tbl::drainer
