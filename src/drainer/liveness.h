// Is another drainer still running?
#pragma once

#include <chrono>
#include <string>

#include "base/stop.h"
#include "cluster/cluster.h"
#include "rpc/tls.h"

namespace tbl::drainer {

/// True when a drainer of that node id answers at `address`, or its registry entry is written again
/// within `watch`: a paused or hanging program keeps still on one of the two ways, hardly on both.
/// To be asked before this process serves or registers itself.
bool drainer_is_alive(cluster::Cluster& cluster, const rpc::TlsOptions& tls,
                      const std::string& node_id, const std::string& address,
                      std::chrono::seconds watch = std::chrono::seconds(15));

/// The first half: it answers there.
bool node_answers(const rpc::TlsOptions& tls, const std::string& node_id,
                  const std::string& address);

/// What the reply to an action nobody knows tells: whether it came from that node.
bool reply_is_of_node(const std::string& body);

}  // namespace tbl::drainer
