#include "binlogctl/why.h"

#include <nlohmann/json.hpp>

#include "rpc/client.h"

namespace tbl::binlogctl {
namespace {

using Json = nlohmann::ordered_json;
using cluster::NodeKind;

constexpr std::chrono::seconds kPatience{10};

Json failed(const cluster::NodeStatus& node, const std::string& error) {
  return {{"nodeID", node.node_id},
          {"state", node.state},
          {"host", node.host},
          {"maxCommitTS", node.max_commit_ts},
          {"error", error}};
}

Json ask(const cluster::NodeStatus& node, const rpc::TlsOptions& tls) {
  const std::string url = (tls.enabled() ? "https://" : "http://") + node.host + "/debug/why";
  const auto reply = rpc::http_request("GET", url, "", kPatience, tls);
  if (!reply.ok()) return failed(node, reply.status().message());
  if (reply->status != 200) {
    return failed(node, url + " answers with HTTP status " + std::to_string(reply->status));
  }
  Json answer = Json::parse(reply->body, nullptr, false);
  if (!answer.is_object()) return failed(node, url + " does not answer with JSON");
  if (answer.value("nodeID", "") != node.node_id) {
    return failed(node, "another node answers at " + node.host);
  }
  return answer;
}

Result<Json> ask_all(cluster::Registry& registry, NodeKind kind, const rpc::TlsOptions& tls) {
  TBL_ASSIGN(const auto nodes, registry.nodes(kind));
  Json answers = Json::object();
  for (const cluster::NodeStatus& node : nodes) {
    if (node.state != cluster::kStateOffline) answers[node.node_id] = ask(node, tls);
  }
  return answers;
}

}  // namespace

Result<std::string> why_text(cluster::Registry& registry, const rpc::TlsOptions& tls) {
  Json out;
  TBL_ASSIGN(out["pumps"], ask_all(registry, NodeKind::kPump, tls));
  TBL_ASSIGN(out["drainers"], ask_all(registry, NodeKind::kDrainer, tls));
  return out.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace tbl::binlogctl
