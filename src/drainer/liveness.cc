#include "drainer/liveness.h"

#include "base/log.h"
#include "rpc/client.h"

namespace tbl::drainer {

namespace {

using namespace std::chrono_literals;

constexpr auto kHttpTimeout = 3s;
constexpr auto kLookInterval = 500ms;

}  // namespace

bool reply_is_of_node(const std::string& body) {
  return body.find("\"message\"") != body.npos && body.find("invalid nodeID") == body.npos;
}

bool node_answers(const rpc::TlsOptions& tls, const std::string& node_id,
                  const std::string& address) {
  // An action that no drainer knows changes nothing, and only the node itself does not complain of
  // the id.
  const std::string scheme = tls.enabled() ? "https://" : "http://";
  const std::string url = scheme + address + "/state/" + node_id + "/are-you-there";
  const auto reply = rpc::http_request("PUT", url, "", kHttpTimeout, tls);
  return reply.ok() && reply_is_of_node(reply->body);
}

bool drainer_is_alive(cluster::Cluster& cluster, const rpc::TlsOptions& tls,
                      const std::string& node_id, const std::string& address,
                      std::chrono::seconds watch) {
  if (node_answers(tls, node_id, address)) return true;

  auto update_ts = [&]() -> int64_t {
    auto node = cluster.registry().node(cluster::NodeKind::kDrainer, node_id);
    return node.ok() ? node->update_ts : 0;
  };
  log_info("watch whether another drainer lives", {{"node id", node_id}, {"addr", address}});
  const int64_t first = update_ts();
  const auto end = std::chrono::steady_clock::now() + watch;
  while (std::chrono::steady_clock::now() < end) {
    if (!wait_for({}, kLookInterval)) break;
    if (int64_t now = update_ts(); now != 0 && now != first) return true;
  }
  return false;
}

}  // namespace tbl::drainer
