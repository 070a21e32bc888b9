#include "pd/service.h"
#include "proto/health.pb.h"
#include "proto/pdpb.pb.h"

namespace tbl::pd {
namespace {

using rpc::Run;

/// Health/Check: new clients leave a leader that does not answer SERVING.
void answer_health(const rpc::CallInfo&, const std::string& bytes, const rpc::UnaryReply& reply) {
  grpc::health::v1::HealthCheckRequest request;
  if (!request.ParseFromString(bytes)) {
    return reply(internal_error("HealthCheckRequest: cannot be parsed"), "");
  }
  if (!request.service().empty()) return reply(not_found("unknown service"), "");
  grpc::health::v1::HealthCheckResponse response;
  response.set_status(grpc::health::v1::HealthCheckResponse::SERVING);
  reply(ok_status(), response.SerializeAsString());
}

}  // namespace

void PdService::register_methods(rpc::Server& server) {
  register_members(server);
  register_stores(server);
  register_regions(server);
  register_splits(server);
  register_gc(server);
}

void PdService::register_members(rpc::Server& server) {
  add_method<pdpb::GetMembersRequest, pdpb::GetMembersResponse>(
      server, *this, "GetMembers", {Access::kAnyHeader, Run::kLoop},
      [this](const auto&, auto* response) {
        const auto view = parts_.election.view();
        for (const auto& member : view.members) fill_member(member, response->add_members());
        if (view.leader) fill_member(*view.leader, response->mutable_leader());
        if (view.etcd_leader) fill_member(*view.etcd_leader, response->mutable_etcd_leader());
        return ok_status();
      });
  add_method<pdpb::GetClusterInfoRequest, pdpb::GetClusterInfoResponse>(
      server, *this, "GetClusterInfo", {Access::kAnyHeader, Run::kLoop},
      [](const auto&, auto* response) {
        response->add_service_modes(pdpb::PD_SVC_MODE);
        return ok_status();
      });
  add_method<pdpb::GetMinTSRequest, pdpb::GetMinTSResponse>(
      server, *this, "GetMinTS", {Access::kBeforeBootstrap, Run::kLoop},
      [this](const auto&, auto* response) {
        const uint64_t term = parts_.election.term();
        const auto ts = parts_.tso.allocate(1);
        if (term == 0 || parts_.election.term() != term) return not_leader();
        if (!ts) return unavailable("timestamps of this moment are used up");
        response->mutable_timestamp()->set_physical(ts->physical_ms);
        response->mutable_timestamp()->set_logical(ts->logical);
        return ok_status();
      });
  server.add_unary("/grpc.health.v1.Health/Check", Run::kLoop, answer_health);
}

}  // namespace tbl::pd
