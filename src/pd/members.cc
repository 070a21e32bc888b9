#include "pd/members.h"

#include "base/log.h"
#include "cluster/call.h"
#include "cluster/urls.h"
#include "proto/etcdserverpb.pb.h"
#include "proto/pdpb.pb.h"

namespace tbl::pd {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kCallTimeout(1000);
constexpr milliseconds kJoinTimeout(5000);
constexpr milliseconds kJoinRetry(300);

MemberInfo to_member(const etcdserverpb::Member& member) {
  return {member.name(),
          member.id(),
          {member.peerurls().begin(), member.peerurls().end()},
          {member.clienturls().begin(), member.clienturls().end()}};
}

/// "<name>=<url>" for each peer url, as etcd wants a cluster.
std::string cluster_text(const etcdserverpb::MemberAddResponse& response, const std::string& own) {
  std::string out;
  for (const auto& member : response.members()) {
    // The one that was just added has no name yet.
    const std::string& name = member.name().empty() ? own : member.name();
    for (const auto& url : member.peerurls()) out += (out.empty() ? "" : ",") + name + "=" + url;
  }
  return out;
}

Status check_name_is_free(rpc::Channel& channel, const Options& options, const StopToken& stop) {
  etcdserverpb::MemberListResponse present;
  TBL_TRY(cluster::call(channel, "/etcdserverpb.Cluster/MemberList",
                        etcdserverpb::MemberListRequest(), &present, {kJoinTimeout, stop}));
  for (const auto& member : present.members()) {
    if (member.name() == options.name) {
      return failed_precondition("join: the cluster has a member " + options.name +
                                 " already; its data are not in " + options.data_dir);
    }
  }
  return ok_status();
}

Result<std::string> join_through(rpc::Channel& channel, const Options& options,
                                 const StopToken& stop) {
  TBL_TRY(check_name_is_free(channel, options, stop));
  etcdserverpb::MemberAddRequest request;
  for (const auto& url : options.advertise_peer_urls) request.add_peerurls(url);
  etcdserverpb::MemberAddResponse response;
  TBL_TRY(cluster::call(channel, "/etcdserverpb.Cluster/MemberAdd", request, &response,
                        {kJoinTimeout, stop}));
  return cluster_text(response, options.name);
}

}  // namespace

void fill_member(const MemberInfo& member, pdpb::Member* out) {
  out->set_name(member.name);
  out->set_member_id(member.id);
  for (const auto& url : member.peer_urls) out->add_peer_urls(url);
  for (const auto& url : member.client_urls) out->add_client_urls(url);
}

MemberInfo to_member(const pdpb::Member& member) {
  return {member.name(),
          member.member_id(),
          {member.peer_urls().begin(), member.peer_urls().end()},
          {member.client_urls().begin(), member.client_urls().end()}};
}

Result<std::vector<MemberInfo>> EtcdMembers::list() const {
  etcdserverpb::MemberListResponse response;
  TBL_TRY(cluster::call(*etcd_, "/etcdserverpb.Cluster/MemberList",
                        etcdserverpb::MemberListRequest(), &response, {kCallTimeout, {}}));
  std::vector<MemberInfo> members;
  for (const auto& member : response.members()) members.push_back(to_member(member));
  return members;
}

Result<uint64_t> EtcdMembers::leader_id() const {
  etcdserverpb::StatusResponse response;
  TBL_TRY(cluster::call(*etcd_, "/etcdserverpb.Maintenance/Status", etcdserverpb::StatusRequest(),
                        &response, {kCallTimeout, {}}));
  return response.leader();
}

Status EtcdMembers::move_leader(uint64_t to) const {
  etcdserverpb::MoveLeaderRequest request;
  request.set_targetid(to);
  etcdserverpb::MoveLeaderResponse response;
  return cluster::call(*etcd_, "/etcdserverpb.Maintenance/MoveLeader", request, &response,
                       {kJoinTimeout, {}});
}

Result<std::string> join_members(rpc::ClientRuntime& runtime, const Options& options,
                                 const StopToken& stop) {
  rpc::ChannelOptions channel_options;
  channel_options.tls = options.tls;
  LogEvery failure(10000);
  while (true) {
    for (const auto& url : options.join) {
      const auto channel = runtime.channel(cluster::url_address(url), channel_options);
      auto joined = join_through(*channel, options, stop);
      if (joined.ok()) return joined;
      if (joined.status().code() == StatusCode::kFailedPrecondition) return joined;
      if (failure.due()) log_warn("cannot join, trying again", {{"error", joined.status()}});
    }
    if (!wait_for(stop, kJoinRetry)) return cancelled("stopped while joining");
  }
}

}  // namespace tbl::pd
