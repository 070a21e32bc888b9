#include "pd/service.h"
#include "proto/pdpb.pb.h"

namespace tbl::pd {
namespace {

using rpc::Run;

Status update_service(Parts& parts, const pdpb::UpdateServiceGCSafePointRequest& request,
                      pdpb::UpdateServiceGCSafePointResponse* response) {
  const int64_t now_s = parts.clock.unix_ms() / 1000;
  TBL_ASSIGN(const auto least,
             parts.safe_points.update_service(
                 {request.service_id(), request.ttl(), request.safe_point(), now_s}));
  response->set_service_id(least.service_id);
  response->set_ttl(least.expired_at - now_s);
  response->set_min_safe_point(least.safe_point);
  return ok_status();
}

/// Reports of a store that nothing here depends on.
class IgnoredReports : public rpc::CallHandler {
 public:
  IgnoredReports(uint64_t cluster_id, rpc::ServerCallPtr call)
      : cluster_id_(cluster_id), call_(std::move(call)) {}
  void on_message(std::string) override {}
  void on_half_close() override {
    pdpb::ReportBucketsResponse response;
    response.mutable_header()->set_cluster_id(cluster_id_);
    call_->send(response.SerializeAsString());
    call_->finish(ok_status());
  }

 private:
  const uint64_t cluster_id_;
  rpc::ServerCallPtr call_;
};

}  // namespace

void PdService::register_gc(rpc::Server& server) {
  add_method<pdpb::GetGCSafePointRequest, pdpb::GetGCSafePointResponse>(
      server, *this, "GetGCSafePoint", {Access::kBootstrappedOnly, Run::kLoop},
      [this](const auto&, auto* response) {
        response->set_safe_point(parts_.safe_points.gc_safe_point());
        return ok_status();
      });
  add_method<pdpb::UpdateGCSafePointRequest, pdpb::UpdateGCSafePointResponse>(
      server, *this, "UpdateGCSafePoint", {Access::kBootstrappedOnly, Run::kPool},
      [this](const auto& request, auto* response) -> Status {
        TBL_ASSIGN(const uint64_t safe_point,
                   parts_.safe_points.update_gc_safe_point(request.safe_point()));
        response->set_new_safe_point(safe_point);
        return ok_status();
      });
  add_method<pdpb::UpdateServiceGCSafePointRequest, pdpb::UpdateServiceGCSafePointResponse>(
      server, *this, "UpdateServiceGCSafePoint", {Access::kBootstrappedOnly, Run::kPool},
      [this](const auto& request, auto* response) {
        return update_service(parts_, request, response);
      });
  add_method<pdpb::ReportMinResolvedTsRequest, pdpb::ReportMinResolvedTsResponse>(
      server, *this, "ReportMinResolvedTS", {Access::kBootstrappedOnly, Run::kLoop},
      [](const auto&, auto*) { return ok_status(); });
  server.add_stream("/pdpb.PD/ReportBuckets", [this](rpc::ServerCallPtr call) {
    return std::make_unique<IgnoredReports>(parts_.cluster_id, std::move(call));
  });
}

}  // namespace tbl::pd
