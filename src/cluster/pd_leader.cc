#include "cluster/pd_leader.h"

#include <algorithm>

#include "base/log.h"
#include "cluster/urls.h"
#include "proto/pdpb.pb.h"

namespace tbl::cluster {
namespace {

void add_unique(std::vector<std::string>& list, const std::string& item) {
  if (std::find(list.begin(), list.end(), item) == list.end()) list.push_back(item);
}

}  // namespace

PdLeader::PdLeader(rpc::ClientRuntime& runtime, const PdOptions& options)
    : options_(options), channels_(runtime, options.tls), direct_channels_(options.tls) {
  for (const auto& url : options.urls) add_unique(addresses_, url_address(url));
}

std::string PdLeader::address() const {
  std::lock_guard lock(mutex_);
  return leader_;
}

Status PdLeader::discover() {
  std::vector<std::string> addresses;
  {
    std::lock_guard lock(mutex_);
    addresses = addresses_;
  }
  Status last = invalid_argument("no PD urls");
  for (const auto& address : addresses) {
    last = ask(address);
    if (last.ok() || options_.stop.stop_requested()) return last;
  }
  return last;
}

Status PdLeader::ask(const std::string& address) {
  pdpb::GetMembersResponse response;
  const Status status =
      cluster::call(*channel(address), "/pdpb.PD/GetMembers", pdpb::GetMembersRequest(), &response,
                    {options_.call_timeout, options_.stop});
  if (!status.ok()) return status.wrap("PD " + address);
  return take(address, response);
}

Status PdLeader::take(const std::string& address, const pdpb::GetMembersResponse& response) {
  if (response.header().error().type() != pdpb::OK) {
    return unavailable("PD " + address + ": " + response.header().error().message());
  }
  const uint64_t id = response.header().cluster_id();
  uint64_t expected = 0;
  if (id == 0) return unavailable("PD " + address + ": no cluster id yet");
  if (!cluster_id_.compare_exchange_strong(expected, id) && expected != id) {
    return failed_precondition("PD " + address + ": mismatch cluster id, need " +
                               std::to_string(expected) + " but got " + std::to_string(id));
  }
  if (response.leader().client_urls().empty()) {
    return unavailable("PD " + address + ": no leader");
  }
  const std::string leader = url_address(response.leader().client_urls(0));
  std::lock_guard lock(mutex_);
  for (const auto& member : response.members()) {
    for (const auto& url : member.client_urls()) add_unique(addresses_, url_address(url));
  }
  if (leader != leader_) {
    log_info("PD leader", {{"address", leader}, {"previous", leader_}, {"cluster id", id}});
    leader_ = leader;
  }
  return ok_status();
}

Status PdLeader::rediscover(const std::string& failed) {
  std::lock_guard lock(discovering_);
  if (address() != failed) return ok_status();
  return discover();
}

bool PdLeader::is_worth_retrying(const Status& status) {
  switch (status.code()) {
    case StatusCode::kUnavailable:
    case StatusCode::kDeadlineExceeded:
      return true;
    case StatusCode::kUnknown:
      // What a PD says that is losing or gaining the leadership.
      return status.message().find("not leader") != std::string::npos ||
             status.message().find("no leader") != std::string::npos;
    default:
      return false;
  }
}

Status PdLeader::call(const std::string& method, const google::protobuf::MessageLite& request,
                      google::protobuf::MessageLite* response) {
  Backoff backoff(options_.total_timeout, options_.stop);
  while (true) {
    const std::string leader = address();
    const Status status = cluster::call(*channel(leader), "/pdpb.PD/" + method, request, response,
                                        {backoff.left(options_.call_timeout), options_.stop});
    if (!is_worth_retrying(status)) return status;
    TBL_TRY(backoff.wait(status));
    if (const Status found = rediscover(leader); !found.ok()) {
      log_warn("no PD leader yet", {{"error", found}});
    }
  }
}

}  // namespace tbl::cluster
