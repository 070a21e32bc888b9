#include "pd/http_api.h"

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>

#include "base/log.h"
#include "base/metrics.h"
#include "pd/http_json.h"
#include "rpc/client.h"

namespace tbl::pd {
namespace {

using Json = nlohmann::ordered_json;
using rpc::HttpRequest;
using rpc::HttpResponse;

constexpr char kRoot[] = "/pd/api/v1/";
/// In the query of a request that another member passes on.
constexpr char kForwarded[] = "pd-forwarded";
constexpr std::chrono::milliseconds kForwardTimeout(5000);
constexpr std::chrono::milliseconds kHealthTimeout(1000);
constexpr char kJsonType[] = "application/json; charset=UTF-8";

HttpResponse reply(const Json& json, int status = 200) {
  return {status, kJsonType, json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n"};
}

std::optional<uint64_t> parse_id(const std::string& text) {
  uint64_t id = 0;
  const char* end = text.data() + text.size();
  const auto result = std::from_chars(text.data(), end, id);
  if (result.ec != std::errc() || result.ptr != end) return std::nullopt;
  return id;
}

HttpResponse bad_request(const std::string& what) { return reply(what, 400); }

std::string query_value(const HttpRequest& request, const std::string& name) {
  const auto it = request.query.find(name);
  return it == request.query.end() ? std::string() : it->second;
}

/// All but letters, digits, "-._~" and what is `kept`.
std::string url_encode(const std::string& text, std::string_view kept = "") {
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool plain = std::isalnum(byte) != 0 || Bytes("-._~").find(c) != Bytes::npos ||
                       kept.find(c) != std::string_view::npos;
    out += plain ? std::string(1, c) : "%" + upper_hex(Bytes(&c, 1));
  }
  return out;
}

Json replication_config() {
  return {{"max-replicas", 3},
          {"location-labels", ""},
          {"strictly-match-label", "false"},
          {"enable-placement-rules", "true"}};
}

Json schedule_config() {
  return {{"max-store-down-time", "30m0s"},
          {"leader-schedule-limit", 4},
          {"region-schedule-limit", 2048},
          {"replica-schedule-limit", 64},
          {"merge-schedule-limit", 8}};
}

}  // namespace

void HttpApi::add(rpc::Server& server, const std::string& method, const std::string& pattern,
                  rpc::HttpHandler handler) {
  server.add_http(method, pattern,
                  [this, handler = std::move(handler)](const HttpRequest& request) {
                    return parts_.election.term() != 0 ? handler(request) : ask_leader(request);
                  });
}

HttpResponse HttpApi::ask_leader(const HttpRequest& request) const {
  const auto leader = parts_.election.view().leader;
  // One that was asked by another member does not ask on: they may each take the other for it.
  if (!leader || leader->client_urls.empty() || request.query.contains(kForwarded)) {
    return reply("no leader", 503);
  }
  std::string url = leader->client_urls[0] + url_encode(request.path, "/");
  url += std::string("?") + kForwarded + "=1";
  for (const auto& [name, value] : request.query) {
    url += "&" + url_encode(name) + "=" + url_encode(value);
  }
  auto answer = rpc::http_request(request.method, url, request.body, kForwardTimeout, options_.tls);
  if (answer.ok()) return std::move(answer).value();
  return reply("PD's leader " + leader->name + ": " + answer.status().message(), 503);
}

void HttpApi::register_handlers(rpc::Server& server) {
  const auto get = [&server](const std::string& pattern, rpc::HttpHandler handler) {
    server.add_http("GET", pattern, std::move(handler));
  };
  const std::string root = kRoot;
  get("/pd/ping", [](const auto&) { return HttpResponse(); });
  get("/pd/health", [this](const auto&) { return health(); });
  get(root + "health", [this](const auto&) { return health(); });
  get(root + "ping", [](const auto&) { return HttpResponse(); });
  get("/metrics", [](const auto&) {
    return HttpResponse{200, kMetricsContentType, metrics().expose() + expose_process_metrics()};
  });
  get(root + "version", [](const auto&) {
    return reply({{"version", kApiVersion}, {"build_time", ""}, {"hash", ""}, {"branch", ""}});
  });
  get(root + "status", [this](const auto&) {
    return reply({{"build_ts", ""},
                  {"version", kApiVersion},
                  {"git_hash", ""},
                  {"start_timestamp", start_s_}});
  });
  register_members(server);
  register_stores(server);
  register_regions(server);
  register_cluster(server);
}

void HttpApi::register_members(rpc::Server& server) {
  const std::string root = kRoot;
  server.add_http("GET", root + "members", [this](const auto&) { return members(); });
  server.add_http("GET", root + "leader", [this](const auto&) { return leader(); });
  add(server, "POST", root + "leader/resign", [this](const auto&) { return resign(""); });
  add(server, "POST", root + "leader/transfer/{name}",
      [this](const auto& request) { return resign(request.params.at(0)); });
}

void HttpApi::register_stores(rpc::Server& server) {
  const std::string root = kRoot;
  add(server, "GET", root + "stores", [this](const auto&) { return stores(); });
  add(server, "GET", root + "store/{id}",
      [this](const auto& request) { return store(request.params.at(0)); });
}

void HttpApi::register_regions(rpc::Server& server) {
  const std::string root = kRoot;
  Topology& topology = parts_.topology;
  const auto get = [this, &server](const std::string& pattern, rpc::HttpHandler handler) {
    add(server, "GET", pattern, std::move(handler));
  };
  get(root + "regions",
      [this, &topology](const auto&) { return regions(topology.scan_regions("", "", 0)); });
  get(root + "regions/key", [this, &topology](const HttpRequest& request) {
    const auto limit = parse_id(query_value(request, "limit")).value_or(16);
    const int count = static_cast<int>(std::min<uint64_t>(limit, 10240));
    return regions(topology.scan_regions(query_value(request, "key"), "", count));
  });
  get(root + "regions/store/{id}", [this](const HttpRequest& request) {
    const auto id = parse_id(request.params.at(0));
    return id ? regions(regions_of(*id)) : bad_request("no store id: " + request.params[0]);
  });
  get(root + "region/id/{id}", [this, &topology](const HttpRequest& request) {
    const auto id = parse_id(request.params.at(0));
    return id ? region(topology.region_by_id(*id))
              : bad_request("no region id: " + request.params[0]);
  });
  get(root + "region/key/{key}", [this, &topology](const HttpRequest& request) {
    return region(topology.region_by_key(request.params.at(0)));
  });
  get(root + "stats/region", [this](const auto&) { return region_stats(); });
}

void HttpApi::register_cluster(rpc::Server& server) {
  const std::string root = kRoot;
  const auto get = [this, &server](const std::string& pattern, rpc::HttpHandler handler) {
    add(server, "GET", pattern, std::move(handler));
  };
  get(root + "cluster", [this](const auto&) {
    const auto cluster = parts_.topology.cluster();
    return reply({{"id", cluster.id()}, {"max_peer_count", cluster.max_peer_count()}});
  });
  get(root + "cluster/status", [this](const auto&) { return cluster_status(); });
  get(root + "config", [this](const auto&) { return config(); });
  get(root + "config/replicate", [](const auto&) { return reply(replication_config()); });
  get(root + "config/schedule", [](const auto&) { return reply(schedule_config()); });
  get(root + "gc/safepoint", [this](const auto&) { return gc_safe_points(); });
  get(root + "operators", [](const auto&) { return reply(Json::array()); });
  get(root + "schedulers", [](const auto&) { return reply(Json::array()); });
  get(root + "labels", [](const auto&) { return reply(Json::array()); });
}

HttpResponse HttpApi::members() const {
  const auto view = parts_.election.view();
  Json members = Json::array();
  for (const auto& member : view.members) members.push_back(member_json(member));
  Json out{{"header", {{"cluster_id", parts_.cluster_id}}}, {"members", std::move(members)}};
  if (view.leader) out["leader"] = member_json(*view.leader);
  if (view.etcd_leader) out["etcd_leader"] = member_json(*view.etcd_leader);
  return reply(out);
}

HttpResponse HttpApi::leader() const {
  const auto leader = parts_.election.view().leader;
  return leader ? reply(member_json(*leader)) : reply("no leader", 503);
}

HttpResponse HttpApi::resign(const std::string& to) {
  const Status status = parts_.election.resign(to);
  if (status.ok()) {
    return reply(to.empty() ? "The resign command is submitted."
                            : "The transfer command is submitted.");
  }
  return reply(status.message(), 500);
}

HttpResponse HttpApi::health() const {
  Json members = Json::array();
  for (const auto& member : parts_.election.view().members) {
    const bool own = member.name == options_.name;
    members.push_back({{"name", member.name},
                       {"member_id", member.id},
                       {"client_urls", member.client_urls},
                       {"health", own || serves(member)}});
  }
  return reply(members);
}

bool HttpApi::serves(const MemberInfo& member) const {
  if (member.client_urls.empty()) return false;
  return rpc::http_request("GET", member.client_urls[0] + "/pd/api/v1/ping", "", kHealthTimeout,
                           options_.tls)
      .ok();
}

HttpResponse HttpApi::stores() const {
  Json list = Json::array();
  for (const auto& store : parts_.topology.stores()) {
    list.push_back(store_json(store, regions_of(store.meta.id())));
  }
  return reply({{"count", list.size()}, {"stores", list}});
}

HttpResponse HttpApi::store(const std::string& text) const {
  const auto id = parse_id(text);
  if (!id) return bad_request("no store id: " + text);
  const auto found = parts_.topology.store(*id);
  if (!found.ok()) return reply("store " + text + " not found", 404);
  return reply(store_json(*found, regions_of(*id)));
}

HttpResponse HttpApi::regions(const std::vector<RegionInfo>& regions) const {
  Json list = Json::array();
  for (const auto& region : regions) list.push_back(region_json(region));
  const Json all{{"count", regions.size()}, {"regions", std::move(list)}};
  return {200, kJsonType, all.dump() + "\n"};
}

HttpResponse HttpApi::region(const std::optional<RegionInfo>& region) const {
  return reply(region ? region_json(*region) : Json(nullptr));
}

HttpResponse HttpApi::cluster_status() const {
  const int64_t time_ns = parts_.topology.bootstrap_time_ns();
  // Go's zero time stands for a cluster that is not bootstrapped.
  const std::string time = time_ns == 0 ? "0001-01-01T00:00:00Z" : format_rfc3339(time_ns);
  return reply({{"raft_bootstrap_time", time},
                {"is_initialized", parts_.topology.initialized()},
                {"replication_status", ""}});
}

HttpResponse HttpApi::config() const {
  return reply({{"name", options_.name},
                {"client-urls", options_.client_urls},
                {"peer-urls", options_.peer_urls},
                {"cluster-version", kApiVersion + 1},
                {"replication", replication_config()},
                {"schedule", schedule_config()}});
}

HttpResponse HttpApi::gc_safe_points() const {
  Json services = Json::array();
  for (const auto& service : parts_.safe_points.services()) {
    services.push_back({{"service_id", service.service_id},
                        {"expired_at", service.expired_at},
                        {"safe_point", service.safe_point}});
  }
  return reply({{"service_gc_safe_points", services},
                {"gc_safe_point", parts_.safe_points.gc_safe_point()}});
}

HttpResponse HttpApi::region_stats() const {
  const auto regions = parts_.topology.scan_regions("", "", 0);
  uint64_t size = 0;
  uint64_t keys = 0;
  std::map<std::string, int> leaders;
  std::map<std::string, int> peers;
  for (const auto& region : regions) {
    size += region.approximate_size_mb;
    keys += region.approximate_keys;
    if (region.leader.id() != 0) ++leaders[std::to_string(region.leader.store_id())];
    for (const auto& peer : region.meta.peers()) ++peers[std::to_string(peer.store_id())];
  }
  const auto empty = std::count_if(regions.begin(), regions.end(),
                                   [](const auto& r) { return r.approximate_size_mb <= 1; });
  return reply({{"count", regions.size()},
                {"empty_count", empty},
                {"storage_size", size},
                {"storage_keys", keys},
                {"store_leader_count", leaders},
                {"store_peer_count", peers}});
}

std::vector<RegionInfo> HttpApi::regions_of(uint64_t store_id) const {
  auto regions = parts_.topology.scan_regions("", "", 0);
  std::erase_if(regions, [store_id](const RegionInfo& region) {
    const auto& peers = region.meta.peers();
    return std::none_of(peers.begin(), peers.end(),
                        [store_id](const auto& peer) { return peer.store_id() == store_id; });
  });
  return regions;
}

}  // namespace tbl::pd
