#include "tidb/binlog/pump_set.h"

#include <set>

#include "base/log.h"

namespace tbl::tidb {
namespace {

constexpr int kFailuresMax = 10;

}  // namespace

void PumpSet::put_locked(const cluster::NodeStatus& status) {
  Entry& entry = pumps_[status.node_id];
  const bool online = status.state == cluster::kStateOnline;
  const bool moved = entry.pump == nullptr || entry.pump->address != status.host;
  if (moved) {
    entry.pump = std::make_shared<Pump>(Pump{status.node_id, status.host, connect_(status.host)});
  }
  if (!moved && entry.online == online) return;
  log_info("pump changes",
           {{"node id", status.node_id}, {"address", status.host}, {"state", status.state}});
  entry.online = online;
  entry.available = online;
  entry.failures = 0;
  offset_ = 0;
}

void PumpSet::put(const cluster::NodeStatus& status) {
  std::lock_guard lock(mutex_);
  put_locked(status);
}

void PumpSet::remove(const std::string& node_id) {
  std::lock_guard lock(mutex_);
  pumps_.erase(node_id);
  offset_ = 0;
}

void PumpSet::replace(const std::vector<cluster::NodeStatus>& statuses) {
  std::lock_guard lock(mutex_);
  std::set<std::string> named;
  for (const auto& status : statuses) {
    named.insert(status.node_id);
    put_locked(status);
  }
  if (std::erase_if(pumps_, [&](const auto& p) { return !named.contains(p.first); }) > 0) {
    offset_ = 0;
  }
}

PumpPtr PumpSet::choose(uint64_t start_ts, uint64_t retry) {
  std::lock_guard lock(mutex_);
  std::vector<PumpPtr> available, online;
  for (const auto& [_, entry] : pumps_) {
    if (entry.available) available.push_back(entry.pump);
    if (entry.online) online.push_back(entry.pump);
  }
  const auto& candidates = available.empty() ? online : available;
  if (candidates.empty()) return nullptr;
  const uint64_t number = strategy_ == PumpStrategy::kHash ? start_ts + retry : offset_++;
  return candidates[number % candidates.size()];
}

PumpPtr PumpSet::reconnected(const Pump& pump) {
  auto fresh =
      std::make_shared<const Pump>(Pump{pump.node_id, pump.address, connect_(pump.address)});
  std::lock_guard lock(mutex_);
  auto it = pumps_.find(pump.node_id);
  if (it != pumps_.end() && it->second.pump->address == pump.address) it->second.pump = fresh;
  return fresh;
}

size_t PumpSet::available_count() const {
  std::lock_guard lock(mutex_);
  size_t count = 0;
  for (const auto& [_, entry] : pumps_) count += entry.available;
  return count;
}

std::vector<PumpPtr> PumpSet::online() const {
  std::lock_guard lock(mutex_);
  std::vector<PumpPtr> pumps;
  for (const auto& [_, entry] : pumps_) {
    if (entry.online) pumps.push_back(entry.pump);
  }
  return pumps;
}

std::vector<PumpPtr> PumpSet::lost() const {
  std::lock_guard lock(mutex_);
  std::vector<PumpPtr> pumps;
  for (const auto& [_, entry] : pumps_) {
    if (entry.online && !entry.available) pumps.push_back(entry.pump);
  }
  return pumps;
}

void PumpSet::failed(const Pump& pump) {
  std::lock_guard lock(mutex_);
  auto it = pumps_.find(pump.node_id);
  if (it == pumps_.end() || ++it->second.failures <= kFailuresMax || !it->second.available) return;
  log_warn("pump does not answer and is left out", {{"node id", pump.node_id}});
  it->second.available = false;
  offset_ = 0;
}

void PumpSet::succeeded(const Pump& pump) {
  std::lock_guard lock(mutex_);
  auto it = pumps_.find(pump.node_id);
  if (it == pumps_.end()) return;
  it->second.failures = 0;
  if (it->second.available || !it->second.online) return;
  log_info("pump answers again", {{"node id", pump.node_id}});
  it->second.available = true;
  offset_ = 0;
}

}  // namespace tbl::tidb
