// How pdpb methods are added to a server: parsing, header checks and errors in one place.
#pragma once

#include <functional>
#include <string>
#include <utility>

#include "base/status.h"
#include "rpc/server.h"

namespace pdpb {
class RequestHeader;
class ResponseHeader;
}  // namespace pdpb

namespace tbl::pd {

/// Which requests a method takes.
enum class Access : uint8_t {
  kAnyHeader,         ///< also from clients that do not know the cluster id yet, by any member
  kBeforeBootstrap,   ///< by the leader, and with the right cluster id
  kBootstrappedOnly,  ///< and a cluster that exists: else header.error NOT_BOOTSTRAPPED
};

/// What the methods check against; a part of the service. Any thread.
class MethodGuard {
 public:
  virtual ~MethodGuard() = default;
  virtual uint64_t cluster_id() const = 0;
  virtual bool bootstrapped() const = 0;
  /// Election::term()
  virtual uint64_t leading_term() const = 0;

  /// The leader, and the right cluster: kUnavailable "not leader", else check_cluster_id().
  Status check(const pdpb::RequestHeader& header) const;
  /// kFailedPrecondition "mismatch cluster id, need A but got B".
  Status check_cluster_id(const pdpb::RequestHeader& header) const;
  /// False: header.error is filled, and this is the answer.
  bool check_bootstrapped(pdpb::ResponseHeader* header) const;
};

/// Adds /pdpb.PD/<name>. `method` fills the answer, whose header has the cluster id already; its
/// Status is the call's. `guard` must outlive the server.
template <typename Request, typename Response>
void add_method(rpc::Server& server, const MethodGuard& guard, const std::string& name,
                std::pair<Access, rpc::Run> how,
                std::function<Status(const Request&, Response*)> method) {
  server.add_unary(
      "/pdpb.PD/" + name, how.second,
      [&guard, name, how, method = std::move(method)](
          const rpc::CallInfo&, const std::string& bytes, const rpc::UnaryReply& reply) {
        Request request;
        if (!request.ParseFromString(bytes)) {
          reply(internal_error(name + ": request cannot be parsed"), "");
          return;
        }
        if (how.first != Access::kAnyHeader) {
          const Status status = guard.check(request.header());
          if (!status.ok()) return reply(status, "");
        }
        Response response;
        response.mutable_header()->set_cluster_id(guard.cluster_id());
        Status status;
        if (how.first != Access::kBootstrappedOnly ||
            guard.check_bootstrapped(response.mutable_header())) {
          status = method(request, &response);
        }
        reply(status, status.ok() ? response.SerializeAsString() : std::string());
      });
}

}  // namespace tbl::pd
