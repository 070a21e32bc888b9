#include "pump/metrics_push.h"

#include <fmt/format.h>

#include "base/metrics.h"
#include "rpc/client.h"

namespace tbl::pump {
namespace {

std::string percent_encoded(const std::string& text) {
  std::string out;
  for (unsigned char c : text) {
    bool plain = isalnum(c) || c == '-' || c == '_' || c == '.' || c == '~' || c == ':';
    out += plain ? std::string(1, static_cast<char>(c)) : fmt::format("%{:02X}", c);
  }
  return out;
}

}  // namespace

Status push_metrics(const std::string& address, const std::string& instance) {
  std::string url = address.find("://") == address.npos ? "http://" + address : address;
  url += "/metrics/job/binlog/instance/" + percent_encoded(instance);
  auto reply = rpc::http_request("POST", url, metrics().expose() + expose_process_metrics(),
                                 std::chrono::seconds(10));
  if (!reply.ok()) return reply.status().wrap("push metrics to " + address);
  if (reply->status / 100 == 2) return ok_status();
  return unknown_error("push metrics to " + address + ": HTTP " + std::to_string(reply->status));
}

}  // namespace tbl::pump
