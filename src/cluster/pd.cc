#include "cluster/pd.h"

#include "base/log.h"
#include "cluster/pd_leader.h"
#include "cluster/region_convert.h"
#include "cluster/tso_batcher.h"
#include "codec/memcomparable.h"
#include "proto/pdpb.pb.h"

namespace tbl::cluster {
namespace {

Status header_status(const pdpb::ResponseHeader& header) {
  const auto& error = header.error();
  if (error.type() == pdpb::OK) return ok_status();
  switch (error.type()) {
    case pdpb::REGION_NOT_FOUND:
    case pdpb::ENTRY_NOT_FOUND:
      return not_found(error.message());
    case pdpb::NOT_BOOTSTRAPPED:
      return failed_precondition(error.message());
    default:
      return unknown_error(error.message());
  }
}

std::string encode_key(Bytes key) {
  std::string encoded;
  codec::put_comparable_bytes(encoded, key);
  return encoded;
}

Result<Region> take_region(const pdpb::GetRegionResponse& response, const std::string& what) {
  if (!response.has_region()) return not_found("region not found for " + what);
  return to_region(response.region(), response.leader());
}

}  // namespace

class PdClient::Impl {
 public:
  Impl(rpc::ClientRuntime& runtime, const PdOptions& options) : leader(runtime, options) {}

  /// A call with its header filled, and the header of the answer looked at.
  template <typename Request, typename Response>
  Status call(const std::string& method, Request& request, Response* response) {
    request.mutable_header()->set_cluster_id(leader.cluster_id());
    TBL_TRY(leader.call(method, request, response));
    return header_status(response->header());
  }

  Result<Region> region_by_key(const std::string& method, Bytes key) {
    pdpb::GetRegionRequest request;
    request.set_region_key(encode_key(key));
    pdpb::GetRegionResponse response;
    TBL_TRY(call(method, request, &response));
    return take_region(response, "key " + to_hex(key));
  }

  PdLeader leader;
  std::unique_ptr<TsoBatcher> tso;  ///< made once a leader is known
};

PdClient::PdClient(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
PdClient::~PdClient() = default;

Result<std::unique_ptr<PdClient>> PdClient::connect(rpc::ClientRuntime& runtime,
                                                    PdOptions options) {
  auto impl = std::make_unique<Impl>(runtime, options);
  Status status = impl->leader.discover();
  for (int i = 1; i < options.connect_tries && !status.ok(); ++i) {
    log_warn("cannot reach PD, trying again",
             {{"try", i}, {"of", options.connect_tries}, {"error", status}});
    if (!wait_for(options.stop, std::chrono::seconds(1))) return stopped_status();
    status = impl->leader.discover();
  }
  if (!status.ok()) return std::move(status).wrap("connect to PD");
  impl->tso = std::make_unique<TsoBatcher>(impl->leader);
  return std::unique_ptr<PdClient>(new PdClient(std::move(impl)));
}

uint64_t PdClient::cluster_id() const { return impl_->leader.cluster_id(); }
std::string PdClient::leader_address() const { return impl_->leader.address(); }
Result<uint64_t> PdClient::get_ts() { return impl_->tso->get(); }

Result<Region> PdClient::get_region(Bytes key) { return impl_->region_by_key("GetRegion", key); }
Result<Region> PdClient::get_prev_region(Bytes key) {
  return impl_->region_by_key("GetPrevRegion", key);
}

Result<Region> PdClient::get_region_by_id(uint64_t id) {
  pdpb::GetRegionByIDRequest request;
  request.set_region_id(id);
  pdpb::GetRegionResponse response;
  TBL_TRY(impl_->call("GetRegionByID", request, &response));
  return take_region(response, "id " + std::to_string(id));
}

Result<std::vector<Region>> PdClient::scan_regions(Bytes start, Bytes end, int limit) {
  pdpb::ScanRegionsRequest request;
  request.set_start_key(encode_key(start));
  if (!end.empty()) request.set_end_key(encode_key(end));
  request.set_limit(limit);
  pdpb::ScanRegionsResponse response;
  TBL_TRY(impl_->call("ScanRegions", request, &response));
  std::vector<Region> regions;
  for (const auto& one : response.regions()) {
    TBL_ASSIGN(Region region, to_region(one.region(), one.leader()));
    regions.push_back(std::move(region));
  }
  // PD before 4.0.7 fills only the older pair of fields.
  for (int i = 0; response.regions().empty() && i < response.region_metas_size(); ++i) {
    const auto leader = i < response.leaders_size() ? response.leaders(i) : metapb::Peer();
    TBL_ASSIGN(Region region, to_region(response.region_metas(i), leader));
    regions.push_back(std::move(region));
  }
  return regions;
}

Result<Store> PdClient::get_store(uint64_t id) {
  pdpb::GetStoreRequest request;
  request.set_store_id(id);
  pdpb::GetStoreResponse response;
  TBL_TRY(impl_->call("GetStore", request, &response));
  if (!response.has_store()) {
    return unknown_error("[pd] store field in rpc response not set, store " + std::to_string(id));
  }
  return to_store(response.store());
}

Result<std::vector<Store>> PdClient::get_all_stores() {
  pdpb::GetAllStoresRequest request;
  pdpb::GetAllStoresResponse response;
  TBL_TRY(impl_->call("GetAllStores", request, &response));
  std::vector<Store> stores;
  for (const auto& store : response.stores()) stores.push_back(to_store(store));
  return stores;
}

Result<uint64_t> PdClient::get_gc_safe_point() {
  pdpb::GetGCSafePointRequest request;
  pdpb::GetGCSafePointResponse response;
  TBL_TRY(impl_->call("GetGCSafePoint", request, &response));
  return response.safe_point();
}

Result<uint64_t> PdClient::update_gc_safe_point(uint64_t safe_point) {
  pdpb::UpdateGCSafePointRequest request;
  request.set_safe_point(safe_point);
  pdpb::UpdateGCSafePointResponse response;
  TBL_TRY(impl_->call("UpdateGCSafePoint", request, &response));
  return response.new_safe_point();
}

Result<ServiceSafePoint> PdClient::update_service_gc_safe_point(const std::string& service_id,
                                                                int64_t ttl_s,
                                                                uint64_t safe_point) {
  pdpb::UpdateServiceGCSafePointRequest request;
  request.set_service_id(service_id);
  request.set_ttl(ttl_s);
  request.set_safe_point(safe_point);
  pdpb::UpdateServiceGCSafePointResponse response;
  TBL_TRY(impl_->call("UpdateServiceGCSafePoint", request, &response));
  return ServiceSafePoint{.service_id = response.service_id(),
                          .ttl_s = response.ttl(),
                          .min_safe_point = response.min_safe_point()};
}

}  // namespace tbl::cluster
