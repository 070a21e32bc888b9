#include "rpc/metrics_http.h"

#include <fmt/format.h>

#include "base/log.h"
#include "base/metrics.h"
#include "base/secret.h"
#include "rpc/client.h"
#include "rpc/server.h"

namespace tbl::rpc {
namespace {

constexpr std::chrono::seconds kPushTimeout(10);

std::string all_metrics() { return metrics().expose() + expose_process_metrics(); }

std::string percent_encoded(const std::string& text) {
  std::string out;
  for (unsigned char c : text) {
    bool plain = isalnum(c) || c == '-' || c == '_' || c == '.' || c == '~' || c == ':';
    out += plain ? std::string(1, static_cast<char>(c)) : fmt::format("%{:02X}", c);
  }
  return out;
}

Status push(const std::string& address, const std::string& instance) {
  std::string url = address.find("://") == address.npos ? "http://" + address : address;
  if (without_passwords(url) != url) {
    return invalid_argument("a user and a password in the address are not supported");
  }
  while (url.ends_with('/')) url.pop_back();
  url += "/metrics/job/binlog/instance/" + percent_encoded(instance);
  TBL_ASSIGN(HttpResponse reply, http_request("POST", url, all_metrics(), kPushTimeout));
  if (reply.status / 100 == 2) return ok_status();
  return unknown_error("HTTP " + std::to_string(reply.status) + " " + reply.body);
}

}  // namespace

void add_metrics_paths(Server& server) {
  server.add_http("GET", "/metrics", [](const HttpRequest&) {
    return HttpResponse{200, kMetricsContentType, all_metrics()};
  });
  auto no_profiles = [](const HttpRequest&) {
    return HttpResponse{404, "text/plain; charset=utf-8",
                        "this program has no Go runtime to profile; use perf or gdb\n"};
  };
  server.add_http("GET", "/debug/pprof", no_profiles);
  server.add_http("GET", "/debug/pprof/{profile...}", no_profiles);
}

Status push_metrics(const std::string& address, const std::string& instance) {
  Status pushed = push(address, instance);
  if (!pushed.ok()) {
    const std::string why = "push metrics to " + address + ": " + pushed.message();
    pushed = Status(pushed.code(), without_passwords(why));
  }
  if (!pushed.ok()) {
    log_error("could not push metrics to Prometheus Pushgateway", {{"error", pushed}});
  }
  return pushed;
}

}  // namespace tbl::rpc
