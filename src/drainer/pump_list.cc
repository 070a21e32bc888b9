#include "drainer/pump_list.h"

#include "base/log.h"

namespace tbl::drainer {

namespace {

std::string trimmed(const std::string& text) {
  const size_t begin = text.find_first_not_of(" \t\r\n");
  if (begin == text.npos) return "";
  return text.substr(begin, text.find_last_not_of(" \t\r\n") - begin + 1);
}

}  // namespace

PumpList::PumpList(PumpListOptions options, Merger& merger, List list, Puller::Connect connect,
                   std::function<void(const Status&)> on_fatal)
    : options_(options),
      merger_(merger),
      list_(std::move(list)),
      connect_(std::move(connect)),
      on_fatal_(std::move(on_fatal)) {}

PumpList::~PumpList() { stop(); }

void PumpList::start() {
  thread_ = Thread("pump-list", [this] { run(); });
}

void PumpList::stop() {
  stop_.request_stop();
  thread_.join();
  pullers_.clear();
}

void PumpList::run() {
  const StopToken stop = stop_.get_token();
  while (!stop.stop_requested()) {
    uint64_t serving = 0;
    {
      std::lock_guard lock(mutex_);
      serving = wanted_;
    }
    const Status result = list_once();
    if (result.ok()) merger_.open();
    std::unique_lock lock(mutex_);
    done_ = serving;
    last_result_ = result;
    changed_.notify_all();
    changed_.wait_for(lock, stop, options_.interval, [this] { return wanted_ > done_; });
  }
}

Status PumpList::refresh() {
  std::unique_lock lock(mutex_);
  const uint64_t number = ++wanted_;
  changed_.notify_all();
  changed_.wait(lock, stop_.get_token(), [&] { return done_ >= number; });
  if (done_ < number) return cancelled("drainer is closing");
  return last_result_;
}

std::optional<std::map<std::string, uint64_t>> PumpList::positions() const {
  std::lock_guard lock(mutex_);
  return positions_;
}

Status PumpList::list_once() {
  auto pumps = list_();
  if (!pumps.ok()) {
    log_error("update pump status failed", {{"error", pumps.status()}});
    std::lock_guard lock(mutex_);
    hold_ups_ = {"the registry of pumps cannot be read: " + pumps.status().message()};
    return pumps.status();
  }
  for (const cluster::NodeStatus& pump : *pumps) update(pump);
  std::map<std::string, uint64_t> positions;
  for (const auto& [id, puller] : pullers_) positions[id] = puller->last_received();
  std::vector<std::string> found = find_hold_ups(*pumps);
  std::lock_guard lock(mutex_);
  positions_ = std::move(positions);
  hold_ups_ = std::move(found);
  return ok_status();
}

std::vector<std::string> PumpList::hold_ups() const {
  std::lock_guard lock(mutex_);
  return hold_ups_;
}

std::vector<std::string> PumpList::find_hold_ups(
    const std::vector<cluster::NodeStatus>& pumps) const {
  std::vector<std::string> out;
  for (const cluster::NodeStatus& pump : pumps) {
    const std::string id = trimmed(pump.node_id);
    const auto it = pullers_.find(id);
    if (it == pullers_.end()) continue;
    const std::string failure = it->second->failure();
    if (pump.state == cluster::kStatePaused) {
      out.push_back("pump " + id + " is paused: nothing is applied until it is online or offline");
    } else if (!failure.empty()) {
      out.push_back("pump " + id + " (" + pump.state + ") cannot be read: " + failure);
    }
  }
  return out;
}

void PumpList::update(const cluster::NodeStatus& pump) {
  const std::string id = trimmed(pump.node_id);
  auto it = pullers_.find(id);
  if (it == pullers_.end()) {
    if (cluster::is_known_state(pump.state) && pump.state != cluster::kStateOffline) add(pump, id);
    return;
  }
  it->second->set_address(pump.host);
  if (pump.state == cluster::kStateOnline) {
    it->second->set_paused(false);
  } else if (pump.state == cluster::kStatePaused) {
    it->second->set_paused(true);
  } else if (pump.state == cluster::kStateOffline) {
    log_info("node of pump is offline, remove it", {{"id", id}});
    merger_.remove_source(id);
    pullers_.erase(it);
  }
}

void PumpList::add(const cluster::NodeStatus& pump, const std::string& id) {
  PullerOptions options{.node_id = id,
                        .cluster_id = options_.cluster_id,
                        .gzip = options_.gzip,
                        .spill = options_.spill};
  if (!merger_.add_source(id, &options.start_ts)) return;
  log_info("new pump", {{"id", id}, {"addr", pump.host}, {"start ts", options.start_ts}});
  pullers_[id] =
      std::make_unique<Puller>(std::move(options), pump.host, merger_, connect_, on_fatal_);
}

}  // namespace tbl::drainer
