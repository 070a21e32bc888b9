#include "drainer/service.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/log.h"
#include "rpc/metrics_http.h"

namespace tbl::drainer {

namespace {

using Json = nlohmann::ordered_json;

constexpr char kJsonType[] = "application/json; charset=UTF-8";
constexpr int kDone = 200;
constexpr int kRefused = 3;

rpc::HttpResponse reply(const std::string& message, int code, Json data) {
  Json body;
  body["message"] = message;
  body["code"] = code;
  body["data"] = std::move(data);
  rpc::HttpResponse response;
  response.content_type = kJsonType;
  response.body = body.dump(2) + "\n";
  return response;
}

rpc::HttpResponse show_status(const StatusReport& report) {
  Json body;
  body["PumpPos"] = report.pump_positions ? Json(*report.pump_positions) : Json(nullptr);
  body["Synced"] = report.synced;
  body["LastTS"] = report.pump_positions ? report.last_ts : 0;
  body["TsMap"] = "";
  rpc::HttpResponse response;
  response.body = body.dump() + "\n";
  return response;
}

/// The pump that the merge has heard least of is the one that everything waits for.
std::string reason(const StatusReport& report) {
  if (!report.pump_positions) return "the pumps are not known yet";
  if (report.pump_positions->empty()) return "there is no pump to read from";
  const auto slowest =
      std::min_element(report.pump_positions->begin(), report.pump_positions->end(),
                       [](const auto& a, const auto& b) { return a.second < b.second; });
  return fmt::format("pump {} has sent the least, up to ts {}; downstream is at {}", slowest->first,
                     slowest->second, report.last_ts);
}

rpc::HttpResponse show_why(const Node& node, const StatusReport& report) {
  Json body;
  body["nodeID"] = node.id();
  body["state"] = state_name(node.state());
  body["reasons"] = report.hold_ups;
  body["reasons"].push_back(reason(report));
  body["checkpointTS"] = report.last_ts;
  body["synced"] = report.synced;
  body["pumpPositions"] = report.pump_positions ? Json(*report.pump_positions) : Json(nullptr);
  rpc::HttpResponse response;
  response.content_type = kJsonType;
  response.body = body.dump(2) + "\n";
  return response;
}

rpc::HttpResponse apply_action(Node& node, const ServiceHooks& hooks,
                               const rpc::HttpRequest& request) {
  const std::string& node_id = request.params.at(0);
  const std::string& action = request.params.at(1);
  if (node_id != node.id()) {
    return reply(fmt::format("invalid nodeID {}, this pump's nodeID is {}", node_id, node.id()),
                 kRefused, nullptr);
  }
  if (node.state() == State::kOnline && action != "pause" && action != "close") {
    return reply("invalid action " + action, kRefused, nullptr);
  }
  const State next = action == "close" ? State::kClosing : State::kPausing;
  if (!node.change(State::kOnline, next)) {
    return reply(
        fmt::format("this pump's state is {}, apply {} failed!", state_name(node.state()), action),
        kRefused, nullptr);
  }
  log_info("receive action", {{"nodeID", node_id}, {"action", action}});
  hooks.begin_leaving(next);
  return reply(fmt::format("apply action {} success!", action), kDone, nullptr);
}

/// DumpBinlog: obsolete, ends at once.
class EmptyStream final : public rpc::CallHandler {
 public:
  explicit EmptyStream(rpc::ServerCallPtr call) : call_(std::move(call)) {}
  void on_message(std::string) override {}
  void on_half_close() override { call_->finish(ok_status()); }

 private:
  rpc::ServerCallPtr call_;
};

void add_cistern(rpc::Server& server, const ServiceHooks& hooks) {
  auto notify = [hooks](const rpc::CallInfo& info, const std::string&,
                        const rpc::UnaryReply& answer) {
    log_info("recv Notify", {{"peer", info.peer}});
    answer(hooks.refresh_pumps(), "");
  };
  server.add_unary("/binlog.Cistern/Notify", rpc::Run::kPool, notify);
  server.add_unary("/binlog.Cistern/DumpDDLJobs", rpc::Run::kLoop,
                   [](const rpc::CallInfo&, const std::string&, const rpc::UnaryReply& answer) {
                     answer(internal_error("DumpDDLJobs is obsolete"), "");
                   });
  server.add_stream("/binlog.Cistern/DumpBinlog", [](rpc::ServerCallPtr call) {
    return std::make_unique<EmptyStream>(std::move(call));
  });
}

}  // namespace

void add_service(rpc::Server& server, Node& node, const ServiceHooks& hooks) {
  add_cistern(server, hooks);
  server.add_http("GET", "/status",
                  [hooks](const rpc::HttpRequest&) { return show_status(hooks.status()); });
  server.add_http("GET", "/commit_ts", [hooks](const rpc::HttpRequest&) {
    return reply("get drainer's latest ts success!", kDone, Json{{"ts", hooks.commit_ts()}});
  });
  server.add_http("PUT", "/state/{nodeID}/{action}",
                  [hooks, &node](const rpc::HttpRequest& request) {
                    return apply_action(node, hooks, request);
                  });
  server.add_http("GET", "/debug/why", [hooks, &node](const rpc::HttpRequest&) {
    return show_why(node, hooks.status());
  });
  rpc::add_metrics_paths(server);
}

}  // namespace tbl::drainer
