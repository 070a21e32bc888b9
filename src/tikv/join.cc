#include "tikv/join.h"

#include "base/clock.h"
#include "base/log.h"
#include "proto/pdpb.pb.h"
#include "tikv/region_log.h"

namespace tbl::tikv {
namespace {

metapb::Store store_meta(uint64_t store_id, const std::string& address, const Options& options) {
  metapb::Store store;
  store.set_id(store_id);
  store.set_address(address);
  store.set_version(kApiVersion);
  store.set_status_address(options.advertise_status_addr);
  store.set_start_timestamp(system_clock().unix_ms() / 1000);
  for (const auto& [key, value] : options.labels) {
    auto* label = store.add_labels();
    label->set_key(key);
    label->set_value(value);
  }
  return store;
}

Result<uint64_t> allocate_id(PdSession& pd) {
  pdpb::AllocIDRequest request;
  request.mutable_header()->set_cluster_id(pd.cluster_id());
  pdpb::AllocIDResponse response;
  TBL_TRY(pd.call_until_answered("AllocID", request, &response));
  return response.id();
}

Result<bool> is_bootstrapped(PdSession& pd) {
  pdpb::IsBootstrappedRequest request;
  request.mutable_header()->set_cluster_id(pd.cluster_id());
  pdpb::IsBootstrappedResponse response;
  TBL_TRY(pd.call_until_answered("IsBootstrapped", request, &response));
  return response.bootstrapped();
}

Result<Identity> make_identity(Engine& engine, PdSession& pd) {
  TBL_ASSIGN(const bool taken, is_bootstrapped(pd));
  if (taken) {
    return failed_precondition(
        "cluster " + std::to_string(pd.cluster_id()) +
        " has a store already, and this tikv-server is always the only one: its data directory is "
        "another one, or was lost");
  }
  Identity identity;
  identity.cluster_id = pd.cluster_id();
  TBL_ASSIGN(identity.store_id, allocate_id(pd));
  TBL_ASSIGN(const uint64_t region_id, allocate_id(pd));
  TBL_ASSIGN(const uint64_t peer_id, allocate_id(pd));
  identity.region.set_id(region_id);
  identity.region.mutable_region_epoch()->set_conf_ver(1);
  identity.region.mutable_region_epoch()->set_version(1);
  auto* peer = identity.region.add_peers();
  peer->set_id(peer_id);
  peer->set_store_id(identity.store_id);
  TBL_TRY(save_identity(engine, identity));
  return identity;
}

/// Done before, or by this call: both fine, as long as it was this store.
Status bootstrap(PdSession& pd, const Identity& identity, const Options& options) {
  TBL_ASSIGN(const bool done, is_bootstrapped(pd));
  if (done) return ok_status();
  pdpb::BootstrapRequest request;
  request.mutable_header()->set_cluster_id(pd.cluster_id());
  *request.mutable_store() = store_meta(identity.store_id, options.advertise_addr, options);
  *request.mutable_region() = identity.region;
  pdpb::BootstrapResponse response;
  TBL_TRY(pd.call_until_answered("Bootstrap", request, &response));
  const auto& error = response.header().error();
  if (error.type() != pdpb::OK && error.type() != pdpb::ALREADY_BOOTSTRAPPED) {
    return failed_precondition("PD Bootstrap: " + error.message());
  }
  log_info("cluster bootstrapped", {{"cluster id", identity.cluster_id},
                                    {"store id", identity.store_id},
                                    {"region id", identity.region.id()}});
  return ok_status();
}

/// A cluster that another store has bootstrapped since this one got its ids does not know it.
Status check_store(PdSession& pd, const Identity& identity) {
  pdpb::GetStoreRequest request;
  request.mutable_header()->set_cluster_id(pd.cluster_id());
  request.set_store_id(identity.store_id);
  pdpb::GetStoreResponse response;
  const Status status = pd.call_until_answered("GetStore", request, &response);
  if (status.code() != StatusCode::kUnknown) return status;
  return failed_precondition("cluster " + std::to_string(pd.cluster_id()) + " has no store " +
                             std::to_string(identity.store_id) +
                             ", whose data these are: " + status.message());
}

Status put_store(PdSession& pd, const metapb::Store& store) {
  pdpb::PutStoreRequest request;
  request.mutable_header()->set_cluster_id(pd.cluster_id());
  *request.mutable_store() = store;
  pdpb::PutStoreResponse response;
  TBL_TRY(pd.call_until_answered("PutStore", request, &response));
  if (response.header().has_error()) {
    return failed_precondition("PD PutStore: " + response.header().error().message());
  }
  return ok_status();
}

Status put_more_stores(Engine& engine, PdSession& pd, const Options& options, Identity* identity) {
  const auto& addresses = options.unrest.store_addrs;
  auto& ids = identity->more_stores;
  if (ids.size() > addresses.size()) {
    return failed_precondition("the data in " + options.data_dir + " are of " +
                               std::to_string(ids.size() + 1) + " stores, test.store-addrs names " +
                               std::to_string(addresses.size()) + " beside the first");
  }
  while (ids.size() < addresses.size()) {
    TBL_ASSIGN(const uint64_t id, allocate_id(pd));
    ids.push_back(id);
    TBL_TRY(save_identity(engine, *identity));
  }
  for (size_t i = 0; i < ids.size(); ++i) {
    TBL_TRY(put_store(pd, store_meta(ids[i], addresses[i], options)));
  }
  return ok_status();
}

Status add_missing_peers(Regions& regions, PdSession& pd, const std::vector<uint64_t>& stores) {
  for (RegionPtr region : regions.all()) {
    for (const uint64_t store : stores) {
      if (region->peer_on(store) != nullptr) continue;
      TBL_ASSIGN(const uint64_t peer, allocate_id(pd));
      TBL_ASSIGN(region, regions.add_peer(region, peer, store));
    }
  }
  return ok_status();
}

}  // namespace

Result<Identity> join_cluster(Engine& engine, PdSession& pd, const Options& options) {
  TBL_TRY(pd.connect());
  TBL_ASSIGN(auto stored, load_identity(engine));
  if (stored && stored->cluster_id != pd.cluster_id()) {
    return failed_precondition("cluster ID mismatch: the data in " + options.data_dir +
                               " belong to cluster " + std::to_string(stored->cluster_id) +
                               ", PD to " + std::to_string(pd.cluster_id()));
  }
  Identity identity;
  if (stored) {
    identity = std::move(*stored);
  } else {
    TBL_ASSIGN(identity, make_identity(engine, pd));
  }
  TBL_TRY(bootstrap(pd, identity, options));
  TBL_TRY(check_store(pd, identity));
  TBL_TRY(put_store(pd, store_meta(identity.store_id, options.advertise_addr, options)));
  TBL_TRY(put_more_stores(engine, pd, options, &identity));
  return identity;
}

Result<std::unique_ptr<Regions>> open_regions(Engine& engine, PdSession& pd,
                                              const Identity& identity) {
  TBL_ASSIGN(auto saved, load_regions(engine));
  if (saved.empty()) {
    TBL_ASSIGN(auto first, to_region(identity.region));
    saved.push_back(std::move(first));
  }
  auto regions = std::make_unique<Regions>(engine, std::move(saved));
  TBL_TRY(add_missing_peers(*regions, pd, identity.more_stores));
  return regions;
}

}  // namespace tbl::tikv
