#include "cluster/registry.h"

#include <filesystem>

namespace tbl::cluster {
namespace {

/// Tries of a write that a lost connection left open.
constexpr int kWriteTries = 3;

}  // namespace

std::string_view node_kind_prefix(NodeKind kind) {
  return kind == NodeKind::kPump ? "pumps" : "drainers";
}

std::string Registry::key(NodeKind kind, const std::string& node_id) const {
  std::string joined = root_ + "/" + std::string(node_kind_prefix(kind)) + "/" + node_id;
  std::string clean = std::filesystem::path(joined).lexically_normal().string();
  while (clean.size() > 1 && clean.back() == '/') clean.pop_back();
  return clean;
}

Status Registry::update_node(NodeKind kind, const NodeStatus& status) {
  const std::string where = key(kind, status.node_id);
  const std::string value = status.to_json();
  Status result;
  for (int i = 0; i < kWriteTries; ++i) {
    const auto present = etcd_.get(where);
    if (!present.ok() && present.status().code() != StatusCode::kNotFound) return present.status();
    result = present.ok() ? etcd_.update(where, value) : etcd_.create(where, value);
    if (result.code() != StatusCode::kUnavailable) break;
  }
  return result;
}

Result<NodeStatus> Registry::node(NodeKind kind, const std::string& node_id) {
  TBL_ASSIGN(const EtcdKeyValue kv, etcd_.get(key(kind, node_id)));
  auto status = NodeStatus::from_json(kv.value);
  if (!status.ok()) {
    return std::move(status).status().wrap("error unmarshal NodeStatus with nodeID(" + node_id +
                                           "), node value(" + kv.value + ")");
  }
  return status;
}

Result<std::vector<NodeStatus>> Registry::nodes(NodeKind kind) {
  const std::string prefix = root_ + "/" + std::string(node_kind_prefix(kind)) + "/";
  TBL_ASSIGN(const EtcdRangeResult found, etcd_.get_prefix(prefix));
  std::vector<NodeStatus> nodes;
  for (const auto& kv : found.kvs) {
    // Only what stands directly below the prefix is a node; a deeper key makes a node without a
    // value.
    const std::string_view rest = std::string_view(kv.key).substr(prefix.size());
    const std::string_view id = rest.substr(0, rest.find('/'));
    const std::string_view value = id.size() == rest.size() ? std::string_view(kv.value) : "";
    auto status = NodeStatus::from_json(value);
    if (!status.ok()) {
      return std::move(status).status().wrap("error unmarshal NodeStatus with nodeID(" +
                                             std::string(id) + "), node value(" +
                                             std::string(value) + ")");
    }
    nodes.push_back(std::move(status).value());
  }
  return nodes;
}

Status Registry::set_state(NodeKind kind, const std::string& node_id, const std::string& state) {
  if (!is_known_state(state)) return invalid_argument("state " + state + " is illegal");
  TBL_ASSIGN(NodeStatus status, node(kind, node_id));
  status.state = state;
  return update_node(kind, status);
}

}  // namespace tbl::cluster
