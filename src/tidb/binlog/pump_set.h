// The pumps that the registry names, and which of them can be used now.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "cluster/node_status.h"
#include "rpc/client.h"

namespace tbl::tidb {

/// A pump and the connection to it. Immutable but for the channel's own state.
struct Pump {
  std::string node_id;
  std::string address;
  std::shared_ptr<rpc::Channel> channel;
};
using PumpPtr = std::shared_ptr<const Pump>;

enum class PumpStrategy : uint8_t { kRange, kHash };

/// Any thread. A pump is available when the registry says online and calls to it do not keep
/// failing.
class PumpSet {
 public:
  using Connect = std::function<std::shared_ptr<rpc::Channel>(const std::string& address)>;
  PumpSet(PumpStrategy strategy, Connect connect)
      : strategy_(strategy), connect_(std::move(connect)) {}

  /// What the registry says. A change to online makes a pump available, whatever it was before.
  void put(const cluster::NodeStatus& status);
  void remove(const std::string& node_id);
  /// Every pump that was put and is not in `statuses` goes.
  void replace(const std::vector<cluster::NodeStatus>& statuses);

  /// The pump for a transaction's try number `retry`: an available one, else one that is online at
  /// least, since the first one that comes back must not be missed; null: none is online.
  PumpPtr choose(uint64_t start_ts, uint64_t retry);
  /// The same pump with a connection of its own.
  PumpPtr reconnected(const Pump& pump);
  size_t available_count() const;
  std::vector<PumpPtr> online() const;
  /// Online but not available.
  std::vector<PumpPtr> lost() const;

  /// More than 10 failures in a row make a pump unavailable.
  void failed(const Pump& pump);
  void succeeded(const Pump& pump);

 private:
  struct Entry {
    PumpPtr pump;
    bool online = false;
    bool available = false;
    int failures = 0;
  };
  void put_locked(const cluster::NodeStatus& status);

  const PumpStrategy strategy_;
  const Connect connect_;
  mutable std::mutex mutex_;
  std::map<std::string, Entry> pumps_;
  uint64_t offset_ = 0;  ///< of the round robin
};

}  // namespace tbl::tidb
