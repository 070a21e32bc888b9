// Pump's HTTP API: status, state changes, a look into the log.
#pragma once

#include <functional>
#include <string>

#include "cluster/cluster.h"
#include "pump/gc_job.h"
#include "pump/registration.h"
#include "pump/resolver.h"
#include "pump/state.h"
#include "pump/storage/storage.h"
#include "pump/why.h"
#include "rpc/server.h"

namespace tbl::pump {

/// What the API shows; all outlive the server.
struct ApiParts {
  cluster::Cluster& cluster;
  Storage& storage;
  StateMachine& state;
  Registration& registration;
  GcJob& gc;
  Resolver& resolver;
  const Why& why;
  /// Called after a state change was accepted and answered; must not wait.
  std::function<void()> begin_close;
};

/// Replies have the original's texts; they are HTTP 200 also when they say that something failed.
///
///   GET  /status                       all pumps
///   GET  /drainers
///   PUT  /state/{node id}/{action}     pause, close
///   GET  /debug/binlog/{ts}            a record of the log as text
///   POST /debug/gc/trigger
///   GET  /metrics
/// and of our own:
///   GET  /debug/why                    what holds back what, as JSON
///   PUT  /txn/{start ts}/drop          a person decides about a transaction that TiKV cannot tell
///   PUT  /txn/{start ts}/commit/{ts}
class HttpApi {
 public:
  explicit HttpApi(ApiParts parts) : parts_(std::move(parts)) {}
  void add_to(rpc::Server& server);

 private:
  rpc::HttpResponse status() const;
  rpc::HttpResponse drainers() const;
  rpc::HttpResponse apply_action(const std::string& node_id, const std::string& action);
  rpc::HttpResponse show_binlog(const std::string& ts) const;
  rpc::HttpResponse decide(const std::string& start_ts, const std::string& commit_ts);

  ApiParts parts_;
};

}  // namespace tbl::pump
