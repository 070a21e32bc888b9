#include "drainer/own_entry.h"

#include <fmt/format.h>

#include "base/net_address.h"
#include "base/urls.h"
#include "drainer/liveness.h"

namespace tbl::drainer {

Result<std::string> node_id_of(const DrainerConfig& config) {
  if (!config.node_id.empty()) return config.node_id;
  TBL_ASSIGN(HostPort listen, parse_host_port(config.addr));
  return fmt::format("{}:{}", host_name(), listen.port);
}

Status check_id_is_free(cluster::Registry& registry, const DrainerConfig& config,
                        const std::string& node_id) {
  auto node = registry.node(cluster::NodeKind::kDrainer, node_id);
  if (!node.ok() || node->state != cluster::kStateOnline) return ok_status();
  const bool is_ours = node->host == config.advertise_addr;
  if (is_ours || !node_answers(config.tls, node_id, node->host)) return ok_status();
  return failed_precondition(fmt::format(
      "node id {} is in use: a drainer answers as it at {}; give this one another -node-id",
      node_id, node->host));
}

uint64_t applied_before(cluster::Registry& registry, const std::string& node_id) {
  auto node = registry.node(cluster::NodeKind::kDrainer, node_id);
  return node.ok() && node->max_commit_ts > 0 ? static_cast<uint64_t>(node->max_commit_ts) : 0;
}

std::string advice_on_lost_checkpoint(const DrainerConfig& config, uint64_t applied_ts) {
  const CheckpointConfig& where = config.syncer.checkpoint;
  return fmt::format(
      "this drainer had applied everything up to {0}, but there is no checkpoint: it begins now, "
      "and what was committed in between is left out. To begin where it was: stop it, delete its "
      "row of {1}.{2}, start once with -initial-commit-ts={0} -safe-mode",
      applied_ts, where.schema, where.table);
}

}  // namespace tbl::drainer
