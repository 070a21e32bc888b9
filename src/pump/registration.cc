#include "pump/registration.h"

#include "base/log.h"
#include "base/net_address.h"

namespace tbl::pump {
namespace {

std::string trim(const std::string& text) {
  size_t begin = text.find_first_not_of(" \t\r\n");
  if (begin == text.npos) return "";
  return text.substr(begin, text.find_last_not_of(" \t\r\n") - begin + 1);
}

}  // namespace

Result<std::string> read_node_id(Env& env, const std::string& data_dir,
                                 const std::string& configured, int port) {
  std::string path = join_path(data_dir, ".node");
  auto saved = env.read_file(path);
  if (saved.ok() && !trim(*saved).empty()) {
    std::string id = trim(*saved);
    if (!configured.empty() && configured != id) {
      log_warn(
          "you had a node ID in local file.[if you want to change the node ID, you should "
          "delete the file data-dir/.node file]",
          {{"node ID", id}, {"configured", configured}});
    }
    return id;
  }
  if (!saved.ok() && saved.status().code() != StatusCode::kNotFound) return saved.status();
  if (!configured.empty()) return trim(configured);
  std::string id = host_name() + ":" + std::to_string(port);
  TBL_TRY(env.write_file_atomically(path, id, 0600));
  return id;
}

Registration::Registration(RegistrationOptions options, cluster::Registry& registry,
                           StateMachine& state, const Storage& storage)
    : options_(std::move(options)), registry_(registry), state_(state), storage_(storage) {}

Result<cluster::NodeStatus> Registration::previous() {
  auto node = registry_.node(cluster::NodeKind::kPump, options_.node_id);
  if (node.ok()) return node;
  if (node.status().code() != StatusCode::kNotFound) {
    return std::move(node).status().wrap("fail to get previous node status");
  }
  cluster::NodeStatus none;
  none.node_id = options_.node_id;
  none.state = cluster::kStateOffline;
  return none;
}

void Registration::set_base_ts(uint64_t ts) {
  std::lock_guard lock(mutex_);
  base_ts_ = ts;
  base_time_ = std::chrono::steady_clock::now();
}

Status Registration::write() {
  Status written = registry_.update_node(cluster::NodeKind::kPump, status());
  std::lock_guard lock(mutex_);
  write_error_ = written.message();
  if (written.ok()) written_at_ = std::chrono::steady_clock::now();
  return written;
}

int64_t Registration::pd_now_ms() const {
  std::lock_guard lock(mutex_);
  const auto elapsed = std::chrono::steady_clock::now() - base_time_;
  return tso_physical_ms(base_ts_) +
         std::chrono::duration_cast<std::chrono::milliseconds>(elapsed).count();
}

HeartbeatInfo Registration::last_write() const {
  std::lock_guard lock(mutex_);
  const auto age = std::chrono::steady_clock::now() - written_at_;
  return {write_error_, std::chrono::duration_cast<std::chrono::milliseconds>(age).count()};
}

cluster::NodeStatus Registration::status() const {
  std::lock_guard lock(mutex_);
  auto elapsed = std::chrono::duration_cast<std::chrono::seconds>(std::chrono::steady_clock::now() -
                                                                  base_time_);
  cluster::NodeStatus status;
  status.node_id = options_.node_id;
  status.host = options_.host;
  status.state = state_.name();
  status.max_commit_ts = static_cast<int64_t>(storage_.max_commit_ts());
  if (base_ts_ != 0) {
    status.update_ts = static_cast<int64_t>(base_ts_ + make_tso(elapsed.count() * 1000, 0));
  }
  return status;
}

void Registration::start_heartbeat() {
  thread_ = Thread("heartbeat", [this] { beat(); });
}

void Registration::stop_heartbeat() {
  stop_.request_stop();
  thread_.join();
}

void Registration::beat() {
  while (wait_for(stop_.get_token(), options_.heartbeat)) {
    if (Status status = write(); !status.ok() && !stop_.stop_requested()) {
      log_error("send heartbeat error", {{"error", status}});
    }
  }
}

}  // namespace tbl::pump
