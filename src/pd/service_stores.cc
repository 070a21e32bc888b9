#include "pd/options.h"
#include "pd/service.h"
#include "proto/pdpb.pb.h"

namespace tbl::pd {
namespace {

using rpc::Run;

int64_t unix_ns(Clock& clock) {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(clock.now().time_since_epoch())
      .count();
}

Status bootstrap(Parts& parts, const pdpb::BootstrapRequest& request,
                 pdpb::BootstrapResponse* response) {
  Status status = parts.topology.bootstrap(request.store(), request.region(), unix_ns(parts.clock));
  if (status.code() == StatusCode::kAlreadyExists) {
    auto* error = response->mutable_header()->mutable_error();
    error->set_type(pdpb::ALREADY_BOOTSTRAPPED);
    error->set_message("cluster is already bootstrapped");
    return ok_status();
  }
  if (status.ok()) response->mutable_replication_status();
  return status;
}

Status get_store(Parts& parts, const pdpb::GetStoreRequest& request,
                 pdpb::GetStoreResponse* response) {
  TBL_ASSIGN(auto store, parts.topology.store(request.store_id()));
  *response->mutable_store() = std::move(store.meta);
  *response->mutable_stats() = std::move(store.stats);
  return ok_status();
}

}  // namespace

void PdService::register_stores(rpc::Server& server) {
  add_method<pdpb::BootstrapRequest, pdpb::BootstrapResponse>(
      server, *this, "Bootstrap", {Access::kBeforeBootstrap, Run::kPool},
      [this](const auto& request, auto* response) { return bootstrap(parts_, request, response); });
  add_method<pdpb::IsBootstrappedRequest, pdpb::IsBootstrappedResponse>(
      server, *this, "IsBootstrapped", {Access::kBeforeBootstrap, Run::kLoop},
      [this](const auto&, auto* response) {
        response->set_bootstrapped(bootstrapped());
        return ok_status();
      });
  add_method<pdpb::AllocIDRequest, pdpb::AllocIDResponse>(
      server, *this, "AllocID", {Access::kBeforeBootstrap, Run::kPool},
      [this](const auto&, auto* response) -> Status {
        TBL_ASSIGN(const uint64_t id, parts_.ids.next());
        response->set_id(id);
        return ok_status();
      });
  add_method<pdpb::GetStoreRequest, pdpb::GetStoreResponse>(
      server, *this, "GetStore", {Access::kBootstrappedOnly, Run::kLoop},
      [this](const auto& request, auto* response) { return get_store(parts_, request, response); });
  add_method<pdpb::PutStoreRequest, pdpb::PutStoreResponse>(
      server, *this, "PutStore", {Access::kBootstrappedOnly, Run::kPool},
      [this](const auto& request, auto* response) {
        response->mutable_replication_status();
        return parts_.topology.put_store(request.store());
      });
  add_method<pdpb::GetAllStoresRequest, pdpb::GetAllStoresResponse>(
      server, *this, "GetAllStores", {Access::kBootstrappedOnly, Run::kLoop},
      [this](const auto& request, auto* response) {
        for (auto& store : parts_.topology.stores()) {
          const bool tombstone = store.meta.state() == metapb::Tombstone;
          if (tombstone && request.exclude_tombstone_stores()) continue;
          *response->add_stores() = std::move(store.meta);
        }
        return ok_status();
      });
  add_method<pdpb::StoreHeartbeatRequest, pdpb::StoreHeartbeatResponse>(
      server, *this, "StoreHeartbeat", {Access::kBootstrappedOnly, Run::kLoop},
      [this](const auto& request, auto* response) {
        response->mutable_replication_status();
        response->set_cluster_version(kApiVersion + 1);  // without its v
        return parts_.topology.store_heartbeat(request.stats(), unix_ns(parts_.clock));
      });
  add_method<pdpb::GetClusterConfigRequest, pdpb::GetClusterConfigResponse>(
      server, *this, "GetClusterConfig", {Access::kBootstrappedOnly, Run::kLoop},
      [this](const auto&, auto* response) {
        *response->mutable_cluster() = parts_.topology.cluster();
        return ok_status();
      });
  add_method<pdpb::PutClusterConfigRequest, pdpb::PutClusterConfigResponse>(
      server, *this, "PutClusterConfig", {Access::kBootstrappedOnly, Run::kPool},
      [this](const auto& request, auto*) {
        return parts_.topology.put_cluster(request.cluster());
      });
  add_method<pdpb::IsSnapshotRecoveringRequest, pdpb::IsSnapshotRecoveringResponse>(
      server, *this, "IsSnapshotRecovering", {Access::kBeforeBootstrap, Run::kLoop},
      [](const auto&, auto*) { return ok_status(); });
}

}  // namespace tbl::pd
