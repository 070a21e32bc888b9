#include "tikv/pd_session.h"

#include "base/log.h"
#include "cluster/call.h"
#include "cluster/urls.h"
#include "proto/pdpb.pb.h"

namespace tbl::tikv {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kCallTimeout(3000);
constexpr milliseconds kRetryDelay(200);

}  // namespace

PdSession::PdSession(rpc::ClientRuntime& runtime, std::vector<std::string> endpoints,
                     rpc::TlsOptions tls, StopToken stop)
    : runtime_(runtime),
      endpoints_(std::move(endpoints)),
      tls_(std::move(tls)),
      stop_(std::move(stop)) {}

Status PdSession::connect() {
  LogEvery failure(10000);
  while (true) {
    const auto found = leader();
    if (found.ok()) return ok_status();
    if (failure.due()) log_warn("waiting for PD", {{"error", found.status()}});
    if (!wait_for(stop_, kRetryDelay)) return cancelled("stopped while waiting for PD");
  }
}

Result<std::shared_ptr<rpc::Channel>> PdSession::leader() {
  std::lock_guard lock(mutex_);
  if (leader_) return leader_;
  Status last = unavailable("no PD endpoint");
  for (const auto& endpoint : endpoints_) {
    auto found = find_leader(endpoint);
    if (found.ok()) {
      leader_ = *found;
      return leader_;
    }
    last = std::move(found).status().wrap("PD " + endpoint);
  }
  return last;
}

Result<std::shared_ptr<rpc::Channel>> PdSession::find_leader(const std::string& endpoint) {
  rpc::ChannelOptions options;
  options.tls = tls_;
  const auto channel = runtime_.channel(cluster::url_address(endpoint), options);
  pdpb::GetMembersResponse members;
  TBL_TRY(cluster::call(*channel, "/pdpb.PD/GetMembers", pdpb::GetMembersRequest(), &members,
                        {kCallTimeout, stop_}));
  const uint64_t cluster_id = members.header().cluster_id();
  if (cluster_id_ != 0 && cluster_id_ != cluster_id) {
    return failed_precondition("belongs to cluster " + std::to_string(cluster_id) + ", not " +
                               std::to_string(cluster_id_));
  }
  cluster_id_ = cluster_id;
  if (members.leader().client_urls_size() == 0) return unavailable("knows no leader");
  return runtime_.channel(cluster::url_address(members.leader().client_urls(0)), options);
}

void PdSession::forget_leader() {
  std::lock_guard lock(mutex_);
  leader_.reset();
}

Status PdSession::call(const std::string& method, const google::protobuf::MessageLite& request,
                       google::protobuf::MessageLite* response) {
  TBL_ASSIGN(const auto channel, leader());
  Status status =
      cluster::call(*channel, "/pdpb.PD/" + method, request, response, {kCallTimeout, stop_});
  if (!status.ok()) forget_leader();
  return std::move(status).wrap("PD " + method);
}

Status PdSession::call_until_answered(const std::string& method,
                                      const google::protobuf::MessageLite& request,
                                      google::protobuf::MessageLite* response) {
  while (true) {
    Status status = call(method, request, response);
    const bool again =
        status.code() == StatusCode::kUnavailable || status.code() == StatusCode::kDeadlineExceeded;
    if (!again) return status;
    log_warn("PD does not answer, trying again", {{"error", status}});
    if (!wait_for(stop_, kRetryDelay)) return cancelled("stopped while waiting for PD");
  }
}

Result<std::unique_ptr<rpc::AsyncCall>> PdSession::open(
    const std::string& method, std::unique_ptr<rpc::ClientHandler> handler) {
  TBL_ASSIGN(const auto channel, leader());
  return channel->open_async("/pdpb.PD/" + method, std::move(handler));
}

}  // namespace tbl::tikv
