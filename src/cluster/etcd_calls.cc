#include "cluster/etcd_calls.h"

#include <algorithm>

#include "base/log.h"
#include "cluster/urls.h"
#include "proto/etcdserverpb.pb.h"

namespace tbl::cluster {
namespace {

using Millis = std::chrono::milliseconds;

/// A dead endpoint must not eat the time of the others.
constexpr Millis kShortestTry{1000};

std::vector<std::string> to_addresses(const std::vector<std::string>& urls) {
  std::vector<std::string> addresses;
  for (const auto& url : urls) addresses.push_back(url_address(url));
  return addresses;
}

void add_unique(std::vector<std::string>& list, const std::string& item) {
  if (!item.empty() && std::find(list.begin(), list.end(), item) == list.end()) {
    list.push_back(item);
  }
}

bool is_out_of_reach(const Status& status) {
  return status.code() == StatusCode::kUnavailable ||
         status.code() == StatusCode::kDeadlineExceeded;
}

}  // namespace

EtcdCalls::EtcdCalls(rpc::ClientRuntime& runtime, const EtcdOptions& options)
    : options_(options),
      configured_(to_addresses(options.endpoints)),
      channels_(runtime, options.tls),
      members_(configured_),
      next_sync_(std::chrono::steady_clock::now() + options.sync_interval) {}

std::vector<std::string> EtcdCalls::candidates() const {
  std::lock_guard lock(mutex_);
  std::vector<std::string> all;
  add_unique(all, current_);
  for (const auto& address : members_) add_unique(all, address);
  for (const auto& address : configured_) add_unique(all, address);
  return all;
}

void EtcdCalls::answered(const std::string& address) {
  std::lock_guard lock(mutex_);
  current_ = address;
}

void EtcdCalls::failed(const std::string& address) {
  std::lock_guard lock(mutex_);
  if (members_.empty()) return;
  if (current_ == address || current_.empty()) {
    // The next one after it, so that streams do not come back to a dead endpoint at once.
    auto at = std::find(members_.begin(), members_.end(), address);
    current_ = at == members_.end() || at + 1 == members_.end() ? members_.front() : *(at + 1);
  }
}

std::shared_ptr<rpc::Channel> EtcdCalls::channel() {
  const auto addresses = candidates();
  return channels_.get(addresses.empty() ? "" : addresses.front());
}

Status EtcdCalls::call_each(const std::string& path, const google::protobuf::MessageLite& request,
                            google::protobuf::MessageLite* response, Kind kind, Backoff& backoff) {
  const auto addresses = candidates();
  const Millis share =
      std::max(kShortestTry, options_.timeout / static_cast<int>(addresses.size()));
  Status status;
  for (const auto& address : addresses) {
    status = cluster::call(*channels_.get(address), path, request, response,
                           {backoff.left(share), options_.stop});
    if (status.ok()) answered(address);
    if (!is_out_of_reach(status)) return status;
    if (kind == Kind::kWrite && !surely_not_sent(status)) return status;
  }
  return status;
}

Status EtcdCalls::call(const std::string& path, const google::protobuf::MessageLite& request,
                       google::protobuf::MessageLite* response, Kind kind) {
  if (configured_.empty()) return invalid_argument("etcd: no endpoints");
  sync_if_due();
  Backoff backoff(options_.timeout, options_.stop);
  while (true) {
    const Status status = call_each(path, request, response, kind, backoff);
    if (!is_out_of_reach(status)) return status;
    if (kind == Kind::kWrite && !surely_not_sent(status)) return status;
    TBL_TRY(backoff.wait(status));
  }
}

void EtcdCalls::sync_if_due() {
  if (options_.sync_interval.count() == 0) return;
  {
    std::lock_guard lock(mutex_);
    const auto now = std::chrono::steady_clock::now();
    if (now < next_sync_) return;
    next_sync_ = now + options_.sync_interval;
  }
  if (const Status status = sync(); !status.ok()) {
    log_warn("cannot read etcd's members, keeping the endpoints", {{"error", status}});
  }
}

Status EtcdCalls::sync() {
  etcdserverpb::MemberListResponse response;
  Backoff backoff(options_.timeout, options_.stop);
  TBL_TRY(call_each("/etcdserverpb.Cluster/MemberList", etcdserverpb::MemberListRequest(),
                    &response, Kind::kRead, backoff));
  std::vector<std::string> members;
  for (const auto& member : response.members()) {
    for (const auto& url : member.clienturls()) add_unique(members, url_address(url));
  }
  if (members.empty()) return unavailable("etcd: no member has a client url");
  std::lock_guard lock(mutex_);
  members_ = std::move(members);
  return ok_status();
}

std::vector<std::string> EtcdCalls::addresses() const {
  std::lock_guard lock(mutex_);
  return members_;
}

}  // namespace tbl::cluster
