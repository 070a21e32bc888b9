#include "pd/service.h"
#include "proto/pdpb.pb.h"

namespace tbl::pd {
namespace {

using rpc::Run;

void fill_region(const std::optional<RegionInfo>& region, pdpb::GetRegionResponse* response) {
  if (!region) return;
  *response->mutable_region() = region->meta;
  if (region->leader.id() != 0) *response->mutable_leader() = region->leader;
}

void fill_region(const RegionInfo& region, pdpb::Region* out) {
  *out->mutable_region() = region.meta;
  *out->mutable_leader() = region.leader;
}

Status scan_regions(Topology& topology, const pdpb::ScanRegionsRequest& request,
                    pdpb::ScanRegionsResponse* response) {
  for (const auto& region :
       topology.scan_regions(request.start_key(), request.end_key(), request.limit())) {
    *response->add_region_metas() = region.meta;
    *response->add_leaders() = region.leader;  // an empty one where it is not known
    fill_region(region, response->add_regions());
  }
  return ok_status();
}

Status batch_scan_regions(Topology& topology, const pdpb::BatchScanRegionsRequest& request,
                          pdpb::BatchScanRegionsResponse* response) {
  for (const auto& range : request.ranges()) {
    for (const auto& region : topology.scan_regions(range.start_key(), range.end_key(), 0)) {
      const int size = response->regions_size();
      if (request.limit() > 0 && size >= request.limit()) return ok_status();
      const bool repeated = size > 0 && response->regions(size - 1).region().id() ==
                                            region.meta.id();  // spans two ranges
      if (!repeated) fill_region(region, response->add_regions());
    }
  }
  return ok_status();
}

/// The stream of a store that leads regions. PD has no orders for a store without company, so it
/// only listens; errors end the stream.
class RegionHeartbeats : public rpc::CallHandler {
 public:
  RegionHeartbeats(const MethodGuard& guard, Topology& topology, rpc::ServerCallPtr call)
      : guard_(guard), topology_(topology), call_(std::move(call)) {}

  void on_message(std::string message) override {
    pdpb::RegionHeartbeatRequest request;
    if (!request.ParseFromString(message)) {
      return call_->finish(internal_error("RegionHeartbeatRequest: cannot be parsed"));
    }
    if (const Status status = guard_.check(request.header()); !status.ok()) {
      return call_->finish(status);
    }
    pdpb::RegionHeartbeatResponse response;
    response.mutable_header()->set_cluster_id(guard_.cluster_id());
    if (!guard_.check_bootstrapped(response.mutable_header())) {
      return call_->send(response.SerializeAsString());
    }
    topology_.region_heartbeat({request.region(), request.leader(), request.term(),
                                request.approximate_size(), request.approximate_keys()});
  }
  void on_half_close() override { call_->finish(ok_status()); }

 private:
  const MethodGuard& guard_;
  Topology& topology_;
  rpc::ServerCallPtr call_;
};

Result<std::vector<uint64_t>> allocate(IdAllocator& ids, int count) {
  std::vector<uint64_t> out;
  for (int i = 0; i < count; ++i) {
    TBL_ASSIGN(const uint64_t id, ids.next());
    out.push_back(id);
  }
  return out;
}

Status ask_batch_split(IdAllocator& ids, const pdpb::AskBatchSplitRequest& request,
                       pdpb::AskBatchSplitResponse* response) {
  for (uint32_t i = 0; i < request.split_count(); ++i) {
    auto* split = response->add_ids();
    TBL_ASSIGN(const auto numbers, allocate(ids, 1 + request.region().peers_size()));
    split->set_new_region_id(numbers[0]);
    for (size_t n = 1; n < numbers.size(); ++n) split->add_new_peer_ids(numbers[n]);
  }
  return ok_status();
}

}  // namespace

void PdService::register_regions(rpc::Server& server) {
  add_method<pdpb::GetRegionRequest, pdpb::GetRegionResponse>(
      server, *this, "GetRegion", {Access::kBootstrappedOnly, Run::kLoop},
      [this](const auto& request, auto* response) {
        fill_region(parts_.topology.region_by_key(request.region_key()), response);
        return ok_status();
      });
  add_method<pdpb::GetRegionRequest, pdpb::GetRegionResponse>(
      server, *this, "GetPrevRegion", {Access::kBootstrappedOnly, Run::kLoop},
      [this](const auto& request, auto* response) {
        fill_region(parts_.topology.region_before(request.region_key()), response);
        return ok_status();
      });
  add_method<pdpb::GetRegionByIDRequest, pdpb::GetRegionResponse>(
      server, *this, "GetRegionByID", {Access::kBootstrappedOnly, Run::kLoop},
      [this](const auto& request, auto* response) {
        fill_region(parts_.topology.region_by_id(request.region_id()), response);
        return ok_status();
      });
  add_method<pdpb::ScanRegionsRequest, pdpb::ScanRegionsResponse>(
      server, *this, "ScanRegions", {Access::kBootstrappedOnly, Run::kLoop},
      [this](const auto& request, auto* response) {
        return scan_regions(parts_.topology, request, response);
      });
  add_method<pdpb::BatchScanRegionsRequest, pdpb::BatchScanRegionsResponse>(
      server, *this, "BatchScanRegions", {Access::kBootstrappedOnly, Run::kLoop},
      [this](const auto& request, auto* response) {
        return batch_scan_regions(parts_.topology, request, response);
      });
  server.add_stream("/pdpb.PD/RegionHeartbeat", [this](rpc::ServerCallPtr call) {
    parts_.streams.add(call);
    return std::make_unique<RegionHeartbeats>(*this, parts_.topology, std::move(call));
  });
}

void PdService::register_splits(rpc::Server& server) {
  add_method<pdpb::AskSplitRequest, pdpb::AskSplitResponse>(
      server, *this, "AskSplit", {Access::kBootstrappedOnly, Run::kPool},
      [this](const auto& request, auto* response) -> Status {
        TBL_ASSIGN(const auto numbers, allocate(parts_.ids, 1 + request.region().peers_size()));
        response->set_new_region_id(numbers[0]);
        for (size_t n = 1; n < numbers.size(); ++n) response->add_new_peer_ids(numbers[n]);
        return ok_status();
      });
  add_method<pdpb::AskBatchSplitRequest, pdpb::AskBatchSplitResponse>(
      server, *this, "AskBatchSplit", {Access::kBootstrappedOnly, Run::kPool},
      [this](const auto& request, auto* response) {
        return ask_batch_split(parts_.ids, request, response);
      });
  // The regions that a split has made report themselves by their heartbeats.
  add_method<pdpb::ReportSplitRequest, pdpb::ReportSplitResponse>(
      server, *this, "ReportSplit", {Access::kBootstrappedOnly, Run::kLoop},
      [](const auto&, auto*) { return ok_status(); });
  add_method<pdpb::ReportBatchSplitRequest, pdpb::ReportBatchSplitResponse>(
      server, *this, "ReportBatchSplit", {Access::kBootstrappedOnly, Run::kLoop},
      [](const auto&, auto*) { return ok_status(); });
  add_method<pdpb::ScatterRegionRequest, pdpb::ScatterRegionResponse>(
      server, *this, "ScatterRegion", {Access::kBootstrappedOnly, Run::kLoop},
      [](const auto& request, auto*) {
        return unknown_error("region " + std::to_string(request.region_id()) +
                             " is not fully replicated");
      });
  add_method<pdpb::GetOperatorRequest, pdpb::GetOperatorResponse>(
      server, *this, "GetOperator", {Access::kBootstrappedOnly, Run::kLoop},
      [](const auto&, auto* response) {
        response->mutable_header()->mutable_error()->set_type(pdpb::REGION_NOT_FOUND);
        response->mutable_header()->mutable_error()->set_message("Not Found");
        return ok_status();
      });
}

}  // namespace tbl::pd
