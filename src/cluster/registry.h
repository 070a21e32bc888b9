// The registry of pumps and drainers in etcd: /tidb-binlog/v1/{pumps,drainers}/<node id>.
//
// Keys have no lease and are never deleted; a node that left for good is "offline".
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "cluster/etcd.h"
#include "cluster/node_status.h"

namespace tbl::cluster {

enum class NodeKind : uint8_t { kPump, kDrainer };

/// "pumps" or "drainers".
std::string_view node_kind_prefix(NodeKind kind);

/// Reads and writes node statuses. Any thread; does not own the client.
class Registry {
 public:
  explicit Registry(Etcd& etcd, std::string root = "/tidb-binlog/v1")
      : etcd_(etcd), root_(std::move(root)) {}

  /// Creates or overwrites, whoever wrote before. After a lost connection it reads again, so that a
  /// write that was done after all is no error.
  Status update_node(NodeKind kind, const NodeStatus& status);
  /// kNotFound: "key <key> in etcd not found".
  Result<NodeStatus> node(NodeKind kind, const std::string& node_id);
  /// Every node, the offline ones too, by id. A value that is not a status is an error: "error
  /// unmarshal NodeStatus with nodeID(<id>), node value(<value>): <why>".
  Result<std::vector<NodeStatus>> nodes(NodeKind kind);
  /// Reads, sets the state, writes back. "state <x> is illegal" for a word that is none of the
  /// five.
  Status set_state(NodeKind kind, const std::string& node_id, const std::string& state);

  /// The key of a node, with slashes and dots cleaned away.
  std::string key(NodeKind kind, const std::string& node_id) const;

 private:
  Etcd& etcd_;
  const std::string root_;
};

}  // namespace tbl::cluster
