#include "pump/id_guard.h"

#include <nlohmann/json.hpp>

#include "base/log.h"
#include "rpc/client.h"

namespace tbl::pump {
namespace {

using Json = nlohmann::json;

constexpr std::chrono::seconds kPatience{3};

/// Null when nobody answers, or something else than JSON.
Json ask(const cluster::NodeStatus& node, const char* path, const rpc::TlsOptions& tls) {
  const std::string url = (tls.enabled() ? "https://" : "http://") + node.host + path;
  const auto reply = rpc::http_request("GET", url, "", kPatience, tls);
  if (!reply.ok() || reply->status != 200) return Json();
  return Json::parse(reply->body, nullptr, false);
}

/// /status lists all pumps, so it tells that a pump is there, not which one; our own pumps tell
/// that in /debug/why. An original pump is taken for the one that is registered there.
bool is_that_node(const cluster::NodeStatus& node, const rpc::TlsOptions& tls) {
  const Json status = ask(node, "/status", tls);
  if (!status.is_object() || !status.contains("status")) return false;
  const Json why = ask(node, "/debug/why", tls);
  if (why.is_object() && why.contains("nodeID")) return why["nodeID"] == node.node_id;
  return true;
}

}  // namespace

Status check_id_is_free(const cluster::NodeStatus& registered, const rpc::TlsOptions& tls) {
  if (registered.host.empty() || !is_that_node(registered, tls)) return ok_status();
  return failed_precondition("node id " + registered.node_id +
                             " is in use: a pump answers as it at " + registered.host);
}

}  // namespace tbl::pump
