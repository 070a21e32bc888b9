#include "binlogctl/commands.h"

#include <chrono>
#include <cstdio>
#include <functional>
#include <map>
#include <memory>

#include "base/env.h"
#include "base/log.h"
#include "base/secret.h"
#include "base/urls.h"
#include "binlogctl/why.h"
#include "cluster/etcd.h"
#include "cluster/pd.h"
#include "cluster/registry.h"
#include "rpc/client.h"

namespace tbl::binlogctl {
namespace {

using cluster::NodeKind;

/// The registry in PD's etcd, connected.
struct RegistryClient {
  rpc::ClientRuntime runtime;
  std::unique_ptr<cluster::Etcd> etcd;
  std::unique_ptr<cluster::Registry> registry;
};

Result<std::vector<std::string>> pd_urls(const Options& options) {
  return parse_etcd_urls(options.pd_urls, UrlRule::kBareAllowed);
}

Result<std::unique_ptr<RegistryClient>> open_registry(const Options& options) {
  auto client = std::make_unique<RegistryClient>();
  cluster::EtcdOptions etcd_options;
  TBL_ASSIGN(etcd_options.endpoints, pd_urls(options));
  etcd_options.tls = options.tls;
  client->etcd = std::make_unique<cluster::Etcd>(client->runtime, etcd_options);
  client->registry = std::make_unique<cluster::Registry>(*client->etcd);
  return client;
}

Status list_nodes(const Options& options, NodeKind kind) {
  TBL_ASSIGN(const auto client, open_registry(options));
  TBL_ASSIGN(const auto nodes, client->registry->nodes(kind));
  const char* type = kind == NodeKind::kPump ? "pump" : "drainer";
  for (const cluster::NodeStatus& node : nodes) {
    if (node.state == cluster::kStateOffline && !options.show_offline_nodes) continue;
    log_info("query node", {{"type", type}, {"node", node.to_text()}});
  }
  return ok_status();
}

Status wants_node_id(const Options& options) {
  if (!options.node_id.empty()) return ok_status();
  return invalid_argument("cmd " + options.command + " wants -node-id; -cmd pumps and -cmd " +
                          "drainers list them");
}

Status update_node(const Options& options, NodeKind kind) {
  TBL_TRY(wants_node_id(options));
  TBL_ASSIGN(const auto client, open_registry(options));
  return client->registry->set_state(kind, options.node_id, options.state);
}

/// Asks the node itself, over HTTP. As with the original any answer counts: the node decides, and
/// its state in the registry shows what it did. What it refused is said as a warning.
Status act_on_node(const Options& options, NodeKind kind, const std::string& action) {
  TBL_TRY(wants_node_id(options));
  TBL_ASSIGN(const auto client, open_registry(options));
  TBL_ASSIGN(const auto node, client->registry->node(kind, options.node_id));
  const std::string scheme = options.tls.enabled() ? "https" : "http";
  const std::string url = scheme + "://" + node.host + "/state/" + node.node_id + "/" + action;
  TBL_ASSIGN(const auto reply,
             rpc::http_request("PUT", url, "", std::chrono::seconds(10), options.tls));
  if (reply.status != 200 || reply.body.find("\"code\": 200") == std::string::npos) {
    log_warn("the node did not accept the action",
             {{"NodeID", node.node_id}, {"reply", reply.body}});
  }
  log_info("Apply action on node success", {{"action", action}, {"NodeID", node.node_id}});
  return ok_status();
}

Status show_why(const Options& options) {
  TBL_ASSIGN(const auto client, open_registry(options));
  const auto text = why_text(*client->registry, options.tls);
  if (!text.ok()) {
    return {text.status().code(),
            text.status().message() +
                " (without PD each node says it by itself: GET http://<its address>/debug/why)"};
  }
  std::fwrite(text->data(), 1, text->size(), stdout);
  return ok_status();
}

Status generate_meta(const Options& options) {
  rpc::ClientRuntime runtime;
  cluster::PdOptions pd_options;
  TBL_ASSIGN(pd_options.urls, pd_urls(options));
  pd_options.tls = options.tls;
  pd_options.connect_tries = 1;
  TBL_ASSIGN(const auto pd, cluster::PdClient::connect(runtime, pd_options));
  TBL_ASSIGN(const uint64_t ts, pd->get_ts());
  TBL_ASSIGN(const std::string text, savepoint_text(ts, options.time_zone));
  Env& env = posix_env();
  TBL_TRY(env.create_dirs(options.data_dir, 0700));
  TBL_TRY(env.write_file_atomically(join_path(options.data_dir, "savepoint"), text, 0644));
  log_info("save meta", {{"meta", "commitTS: " + std::to_string(ts)}});
  return ok_status();
}

Status encrypt(const Options& options) {
  if (options.text.empty()) return invalid_argument("need to specify the text to be encrypt");
  if (!has_own_secret_key()) log_warn("use the default secret key to encrypt");
  TBL_ASSIGN(const std::string key, secret_key());
  TBL_ASSIGN(const std::string encrypted, encrypt_secret(options.text, key));
  log_info("encrypt text", {{"encrypted", encrypted}});
  return ok_status();
}

using Command = std::function<Status(const Options&)>;

Command on_nodes(Status (*run)(const Options&, NodeKind), NodeKind kind) {
  return [run, kind](const Options& options) { return run(options, kind); };
}

Command action(NodeKind kind, std::string name) {
  return [kind, name](const Options& options) { return act_on_node(options, kind, name); };
}

}  // namespace

Status run_command(const Options& options) {
  static const std::map<std::string, Command> kCommands = {
      {"pumps", on_nodes(list_nodes, NodeKind::kPump)},
      {"drainers", on_nodes(list_nodes, NodeKind::kDrainer)},
      {"update-pump", on_nodes(update_node, NodeKind::kPump)},
      {"update-drainer", on_nodes(update_node, NodeKind::kDrainer)},
      {"pause-pump", action(NodeKind::kPump, "pause")},
      {"pause-drainer", action(NodeKind::kDrainer, "pause")},
      {"offline-pump", action(NodeKind::kPump, "close")},
      {"offline-drainer", action(NodeKind::kDrainer, "close")},
      {"why", show_why},
      {"generate_meta", generate_meta},
      {"encrypt", encrypt},
  };
  const auto command = kCommands.find(options.command);
  if (command == kCommands.end())
    return invalid_argument("cmd " + options.command + " not supported");
  return command->second(options);
}

}  // namespace tbl::binlogctl
