// PD's port is etcd's port too: gRPC calls and HTTP requests for etcd go on to the child.
#pragma once

#include <memory>
#include <string>

#include "rpc/client.h"
#include "rpc/http.h"
#include "rpc/server.h"

namespace tbl::pd {

/// Forwards every gRPC call of /etcdserverpb.…, /v3lockpb.… and /v3electionpb.… in both directions,
/// messages unread. A client that does not read holds etcd back by flow control. Leases get at
/// least the time to live that an etcd with PD's election timeout gives. Owns one thread; must
/// outlive the server.
class EtcdProxy {
 public:
  explicit EtcdProxy(std::shared_ptr<rpc::Channel> etcd);
  ~EtcdProxy();
  void register_methods(rpc::Server& server);

  class Resumer;

 private:
  std::shared_ptr<rpc::Channel> etcd_;
  std::unique_ptr<Resumer> resumer_;
};

/// /health, /version and /v3/… over HTTP. Blocks at most 10 s per request; watches and other
/// endless replies are not for it.
void register_etcd_http(rpc::Server& server, const std::string& socket_path);

}  // namespace tbl::pd
