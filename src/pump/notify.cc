#include "pump/notify.h"

#include <algorithm>

#include "base/log.h"
#include "cluster/call.h"
#include "proto/pump.pb.h"

namespace tbl::pump {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

constexpr int kNotifyTries = 3;

struct Limits {
  StopToken stop;
  Clock::time_point deadline;

  std::chrono::milliseconds left() const {
    return std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now());
  }
};

/// A drainer that cannot be reached is tried until the deadline, since it may be starting; one that
/// refuses is asked three times.
Status notify(rpc::Channel& channel, const Limits& limits) {
  const std::string& address = channel.address();
  std::chrono::milliseconds pause = 1s;
  for (int tries = 1;;) {
    if (limits.left() <= 0ms) {
      return deadline_exceeded("connect drainer(" + address + "): context deadline exceeded");
    }
    binlog::NotifyResp answer;
    Status status = cluster::call(channel, "/binlog.Cistern/Notify", binlog::NotifyReq(), &answer,
                                  {limits.left(), limits.stop});
    if (status.ok()) return status;
    log_warn("notify drainer failed", {{"addr", address}, {"error", status}});
    bool connected = !cluster::surely_not_sent(status);
    if (connected && ++tries > kNotifyTries) {
      return std::move(status).wrap("notify drainer(" + address + ")");
    }
    std::chrono::milliseconds step = connected ? pause : 1s;
    if (connected) pause *= 2;
    if (!wait_for(limits.stop, std::clamp<std::chrono::milliseconds>(limits.left(), 0ms, step))) {
      return cancelled("notify drainer(" + address + "): pump is closing");
    }
  }
}

}  // namespace

Status notify_drainers(cluster::Cluster& cluster, const rpc::TlsOptions& tls, const StopToken& stop,
                       std::chrono::milliseconds limit) {
  Limits limits{stop, Clock::now() + limit};
  TBL_ASSIGN(auto drainers, cluster.registry().nodes(cluster::NodeKind::kDrainer));
  for (const cluster::NodeStatus& drainer : drainers) {
    if (drainer.state != cluster::kStateOnline) continue;
    rpc::ChannelOptions options;
    options.tls = tls;
    auto channel = cluster.runtime().channel(drainer.host, options);
    TBL_TRY(notify(*channel, limits));
    log_info("notify drainer done", {{"node ID", drainer.node_id}, {"addr", drainer.host}});
  }
  log_info("notify success", {});
  return ok_status();
}

}  // namespace tbl::pump
