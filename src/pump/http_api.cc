#include "pump/http_api.h"

#include <charconv>
#include <future>
#include <map>
#include <nlohmann/json.hpp>

#include "base/log.h"
#include "proto/binlog.pb.h"
#include "proto/kvrpcpb.pb.h"
#include "pump/proto_text.h"
#include "rpc/metrics_http.h"

namespace tbl::pump {
namespace {

using rpc::HttpRequest;
using rpc::HttpResponse;
using Json = nlohmann::ordered_json;

HttpResponse text(std::string body) { return {200, "text/plain; charset=utf-8", std::move(body)}; }

HttpResponse action_reply(int code, const std::string& message) {
  Json reply = {{"message", message}, {"code", code}, {"data", nullptr}};
  return {200, "application/json; charset=UTF-8",
          reply.dump(2, ' ', false, Json::error_handler_t::replace) + "\n"};
}
constexpr int kDone = 200;
constexpr int kRefused = 3;

bool parse_ts(const std::string& digits, uint64_t* ts) {
  auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), *ts);
  return error == std::errc() && end == digits.data() + digits.size();
}

std::string quoted(const std::string& value) {
  return Json(value).dump(-1, ' ', false, Json::error_handler_t::replace);
}

/// {"<id>":{...},...}, sorted by id.
std::string status_map(const std::map<std::string, cluster::NodeStatus>& nodes) {
  std::string out;
  for (const auto& [id, node] : nodes) {
    out += (out.empty() ? "" : ",") + quoted(id) + ":" + node.to_json();
  }
  return "{" + out + "}";
}

/// The stored bytes and what their prewrite value says, for a person.
std::string describe(const binlog::Binlog& record) {
  std::string out = compact_text(record);
  if (!record.has_prewrite_value()) return out;
  binlog::PrewriteValue value;
  if (!value.ParseFromString(record.prewrite_value())) {
    return out + "\n\n PrewriteValue: \n(not a PrewriteValue)";
  }
  return out + "\n\n PrewriteValue: \n" + compact_text(value);
}

}  // namespace

void HttpApi::add_to(rpc::Server& server) {
  server.add_http("GET", "/status", [this](const HttpRequest&) { return status(); });
  server.add_http("GET", "/drainers", [this](const HttpRequest&) { return drainers(); });
  server.add_http("PUT", "/state/{nodeID}/{action}", [this](const HttpRequest& request) {
    return apply_action(request.params[0], request.params[1]);
  });
  server.add_http("GET", "/debug/binlog/{ts}",
                  [this](const HttpRequest& request) { return show_binlog(request.params[0]); });
  server.add_http("POST", "/debug/gc/trigger", [this](const HttpRequest&) {
    return text(parts_.gc.trigger() ? "trigger gc success\n" : "gc is working\n");
  });
  rpc::add_metrics_paths(server);
  server.add_http("GET", "/debug/why", [this](const HttpRequest&) {
    return HttpResponse{200, "application/json; charset=UTF-8", parts_.why.to_json()};
  });
  server.add_http("PUT", "/txn/{startTS}/drop",
                  [this](const HttpRequest& request) { return decide(request.params[0], ""); });
  server.add_http("PUT", "/txn/{startTS}/commit/{commitTS}", [this](const HttpRequest& request) {
    return decide(request.params[0], request.params[1]);
  });
}

HttpResponse HttpApi::status() const {
  auto reply = [](const std::string& nodes, uint64_t ts, const std::string& error) {
    return text("{\"status\":" + nodes + ",\"CommitTS\":" + std::to_string(ts) +
                ",\"Checkpoint\":{},\"ErrMsg\":" + quoted(error) + "}\n");
  };
  auto pumps = parts_.cluster.registry().nodes(cluster::NodeKind::kPump);
  if (!pumps.ok()) return reply("null", 0, pumps.status().message());
  std::map<std::string, cluster::NodeStatus> nodes;
  for (cluster::NodeStatus& node : *pumps) nodes[node.node_id] = std::move(node);
  // Of ourselves we know more than the last heartbeat said.
  nodes[parts_.registration.node_id()] = parts_.registration.status();
  auto ts = parts_.cluster.pd().get_ts();
  if (!ts.ok()) return reply(status_map(nodes), 0, ts.status().message());
  return reply(status_map(nodes), *ts, parts_.storage.corruption());
}

HttpResponse HttpApi::drainers() const {
  auto drainers = parts_.cluster.registry().nodes(cluster::NodeKind::kDrainer);
  if (!drainers.ok()) return text(drainers.status().message() + "\n");
  std::string out;
  for (const cluster::NodeStatus& node : *drainers) {
    out += (out.empty() ? "" : ",") + node.to_json();
  }
  return text(out.empty() ? "null\n" : "[" + out + "]\n");
}

HttpResponse HttpApi::apply_action(const std::string& node_id, const std::string& action) {
  const std::string& own = parts_.registration.node_id();
  auto refuse = [&](const std::string& why) {
    log_warn("refused an action", {{"action", action}, {"reason", why}});
    return action_reply(kRefused, why);
  };
  if (node_id != own) {
    return refuse("invalide nodeID " + node_id + ", this pump's nodeID is " + own);
  }
  bool known = action == "pause" || action == "close";
  State target = action == "pause" ? State::kPausing : State::kClosing;
  if (known && parts_.state.change(State::kOnline, target)) {
    log_info("apply action", {{"action", action}, {"nodeID", own}});
    parts_.begin_close();
    return action_reply(kDone, "apply action " + action + " success!");
  }
  if (parts_.state.get() != State::kOnline) {
    return refuse("this pump's state is " + std::string(parts_.state.name()) + ", apply " + action +
                  " failed!");
  }
  return refuse("invalide action " + action);
}

HttpResponse HttpApi::show_binlog(const std::string& given) const {
  uint64_t ts = 0;
  if (!parse_ts(given, &ts)) return text("invalid parameter ts: " + given);
  auto payload = parts_.storage.read_binlog(ts);
  if (!payload.ok()) {
    bool missing = payload.status().code() == StatusCode::kNotFound;
    return text("fail read binlog by ts: " + given + ": " +
                (missing ? "leveldb: not found" : payload.status().message()));
  }
  binlog::Binlog record;
  if (!record.ParseFromString(*payload)) return text("record " + given + " is not a Binlog");
  std::string out = describe(record);
  if (!record.has_prewrite_key()) return text(out);
  auto versions = parts_.cluster.tikv().mvcc_get_by_key_raw(record.prewrite_key());
  kvrpcpb::MvccGetByKeyResponse response;
  if (!versions.ok() || !response.ParseFromString(*versions)) {
    std::string why = versions.ok() ? "unexpected bytes" : versions.status().message();
    return text(out + "\n\nGetMvccByEncodedKey failed: " + why);
  }
  return text(out + "\n\n GetMvccByEncodedKey: \n" + compact_text(response));
}

HttpResponse HttpApi::decide(const std::string& start_text, const std::string& commit_text) {
  uint64_t start_ts = 0;
  uint64_t commit_ts = 0;
  bool commit = !commit_text.empty();
  if (!parse_ts(start_text, &start_ts) || (commit && !parse_ts(commit_text, &commit_ts)) ||
      (commit && commit_ts <= start_ts)) {
    return action_reply(kRefused, "invalid ts " + start_text + " " + commit_text);
  }
  auto open = parts_.resolver.open();
  bool is_open = std::any_of(open.begin(), open.end(), [&](const OpenQuestion& q) {
    return q.start_ts == start_ts && q.undecidable;
  });
  if (!is_open) {
    return action_reply(kRefused, "transaction " + start_text + " does not wait for a decision");
  }
  log_warn("a person decides about a transaction",
           {{"start ts", start_ts}, {"commit ts", commit_ts}, {"commits", commit}});
  auto done = std::make_shared<std::promise<Status>>();
  auto finish = [done](const Status& status) { done->set_value(status); };
  if (commit) {
    parts_.storage.committed(start_ts, commit_ts, finish);
  } else {
    parts_.storage.dropped(start_ts, finish);
  }
  Status status = done->get_future().get();
  return status.ok() ? action_reply(kDone, "transaction " + start_text + " is decided")
                     : action_reply(kRefused, status.message());
}

}  // namespace tbl::pump
