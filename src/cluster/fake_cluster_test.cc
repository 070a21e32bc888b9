#include "cluster/fake_cluster.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "base/clock.h"
#include "cluster/fake_rpc.h"
#include "codec/memcomparable.h"

namespace tbl::cluster::testing {
namespace {

std::string encoded(const std::string& key) {
  std::string out;
  if (!key.empty()) codec::put_comparable_bytes(out, key);
  return out;
}

std::string decoded(const std::string& key) {
  std::string out;
  ByteReader in(key);
  EXPECT_TRUE(key.empty() || codec::read_comparable_bytes(in, &out)) << to_hex(key);
  return out;
}

void fill(const Region& region, metapb::Region* out) {
  out->set_id(region.id);
  out->set_start_key(encoded(region.start_key));
  out->set_end_key(encoded(region.end_key));
  out->mutable_region_epoch()->set_conf_ver(region.conf_ver);
  out->mutable_region_epoch()->set_version(region.version);
  for (const Peer& peer : region.peers) {
    auto* p = out->add_peers();
    p->set_id(peer.id);
    p->set_store_id(peer.store_id);
  }
}

void fill(const Peer& peer, metapb::Peer* out) {
  out->set_id(peer.id);
  out->set_store_id(peer.store_id);
}

template <typename Request>
std::vector<std::string> one_key(const Request& request) {
  return {request.key()};
}

template <typename Request>
std::vector<std::string> many_keys(const Request& request) {
  return {request.keys().begin(), request.keys().end()};
}

}  // namespace

FakeCluster::FakeCluster(const FakeClusterOptions& options) : cluster_id_(options.cluster_id) {
  Region all{.id = 2,
             .conf_ver = 1,
             .version = 1,
             .start_key = "",
             .end_key = "",
             .peers = {},
             .leader = {}};
  for (int i = 1; i <= options.stores; ++i) {
    all.peers.push_back(
        {.id = 10 + static_cast<uint64_t>(i), .store_id = static_cast<uint64_t>(i)});
  }
  all.leader = all.peers.front();
  regions_.push_back(all);
  for (const auto& key : options.split_keys) split(key);
  stores_.resize(static_cast<size_t>(options.stores));
  pds_.resize(static_cast<size_t>(options.pd_members));
  for (int i = 1; i <= options.stores; ++i) start_store(static_cast<uint64_t>(i));
  for (int i = 0; i < options.pd_members; ++i) start_pd(i);
}

FakeCluster::~FakeCluster() {
  for (auto& pd : pds_) pd.server->stop();
  for (auto& store : stores_) store.server->stop();
}

std::vector<std::string> FakeCluster::pd_urls() const {
  std::vector<std::string> urls;
  for (const auto& pd : pds_) urls.push_back("http://" + pd.address);
  return urls;
}

void FakeCluster::set_pd_leader(int member) {
  std::lock_guard lock(mutex_);
  pd_leader_ = member;
}

void FakeCluster::stop_pd(int member) { pds_[static_cast<size_t>(member)].server->stop(); }
void FakeCluster::stop_store(uint64_t id) { stores_[id - 1].server->stop(); }

size_t FakeCluster::index_of(const std::string& key) const {
  size_t i = 0;
  while (!regions_[i].contains(key)) ++i;
  return i;
}

void FakeCluster::split(const std::string& key) {
  std::lock_guard lock(mutex_);
  const size_t i = index_of(key);
  Region right = regions_[i];
  right.id = next_id_++;
  right.start_key = key;
  right.version = ++regions_[i].version;
  regions_[i].end_key = key;
  for (Peer& peer : right.peers) {
    const bool leads = peer.id == right.leader.id;
    peer.id = next_id_++;
    if (leads) right.leader = peer;
  }
  regions_.insert(regions_.begin() + static_cast<ptrdiff_t>(i) + 1, right);
}

void FakeCluster::move_leader(const std::string& key, uint64_t store_id) {
  std::lock_guard lock(mutex_);
  Region& region = regions_[index_of(key)];
  for (const Peer& peer : region.peers) {
    if (peer.store_id == store_id) region.leader = peer;
  }
}

Region FakeCluster::region_of(const std::string& key) {
  std::lock_guard lock(mutex_);
  return regions_[index_of(key)];
}

void FakeCluster::inject(const std::string& method, Fault fault) {
  std::lock_guard lock(mutex_);
  faults_[method].push_back(std::move(fault));
}

int FakeCluster::calls(const std::string& method) const {
  std::lock_guard lock(mutex_);
  auto it = calls_.find(method);
  return it == calls_.end() ? 0 : it->second;
}

void FakeCluster::set_unimplemented(const std::string& method) {
  std::lock_guard lock(mutex_);
  unimplemented_[method] = true;
}

uint64_t FakeCluster::next_ts() {
  std::lock_guard lock(mutex_);
  return make_tso(physical_ms_, ++logical_);
}

void FakeCluster::advance_ms(int64_t ms) {
  std::lock_guard lock(mutex_);
  physical_ms_ += ms;
  logical_ = 0;
}

bool FakeCluster::region_error(uint64_t store, const kvrpcpb::Context& context,
                               const std::vector<std::string>& keys, errorpb::Error* error) {
  if (context.peer().store_id() != store) {
    error->set_message("store not match");
    error->mutable_store_not_match()->set_actual_store_id(store);
    return true;
  }
  auto region = std::find_if(regions_.begin(), regions_.end(),
                             [&](const Region& r) { return r.id == context.region_id(); });
  if (region == regions_.end()) {
    error->set_message("region not found");
    error->mutable_region_not_found()->set_region_id(context.region_id());
    return true;
  }
  if (region->leader.store_id != store) {
    error->set_message("not leader");
    error->mutable_not_leader()->set_region_id(region->id);
    fill(region->leader, error->mutable_not_leader()->mutable_leader());
    return true;
  }
  if (region->version != context.region_epoch().version()) {
    error->set_message("stale epoch");
    for (const Region& one : regions_) {
      const bool same = one.id == region->id || one.start_key == region->end_key;
      if (same) fill(one, error->mutable_epoch_not_match()->add_current_regions());
    }
    return true;
  }
  for (const auto& key : keys) {
    // The upper bound of a reverse scan may be the region's end.
    if (region->contains(key) || key == region->end_key) continue;
    error->set_message("key not in region");
    error->mutable_key_not_in_region()->set_key(key);
    return true;
  }
  return false;
}

template <typename Request, typename Response>
void FakeCluster::add_store_method(
    rpc::Server& server, uint64_t store, const std::string& method,
    std::function<std::vector<std::string>(const Request&)> keys_of) {
  auto handle = [this, store, method, keys_of](const Request& request, Response* response) {
    std::lock_guard lock(mutex_);
    ++calls_[method];
    if (unimplemented_[method]) return unimplemented("unknown method " + method);
    Fault fault;
    if (auto& faults = faults_[method]; !faults.empty()) {
      fault = std::move(faults.front());
      faults.pop_front();
      if (fault.is_region_error) {
        *response->mutable_region_error() = fault.region_error;
        return ok_status();
      }
      if (!fault.execute_first) return fault.status;
    }
    errorpb::Error error;
    if (region_error(store, request.context(), keys_of(request), &error)) {
      *response->mutable_region_error() = error;
    } else {
      mvcc_.handle(request, response);
    }
    return fault.status;
  };
  add_method<Request, Response>(server, "/tikvpb.Tikv/" + method, handle);
}

void FakeCluster::start_store(uint64_t id) {
  using namespace kvrpcpb;  // NOLINT: every message of the service
  StoreServer& store = stores_[id - 1];
  store.id = id;
  store.server = std::make_unique<rpc::Server>(rpc::ServerOptions{});
  rpc::Server& s = *store.server;
  add_store_method<GetRequest, GetResponse>(s, id, "KvGet", one_key<GetRequest>);
  add_store_method<ScanRequest, ScanResponse>(s, id, "KvScan", [](const ScanRequest& r) {
    return std::vector<std::string>{r.start_key()};
  });
  add_store_method<BatchGetRequest, BatchGetResponse>(s, id, "KvBatchGet",
                                                      many_keys<BatchGetRequest>);
  add_store_method<PrewriteRequest, PrewriteResponse>(s, id, "KvPrewrite",
                                                      [](const PrewriteRequest& r) {
                                                        std::vector<std::string> keys;
                                                        for (const auto& mutation : r.mutations())
                                                          keys.push_back(mutation.key());
                                                        return keys;
                                                      });
  add_store_method<CommitRequest, CommitResponse>(s, id, "KvCommit", many_keys<CommitRequest>);
  add_store_method<BatchRollbackRequest, BatchRollbackResponse>(s, id, "KvBatchRollback",
                                                                many_keys<BatchRollbackRequest>);
  add_store_method<CleanupRequest, CleanupResponse>(s, id, "KvCleanup", one_key<CleanupRequest>);
  add_store_method<CheckTxnStatusRequest, CheckTxnStatusResponse>(
      s, id, "KvCheckTxnStatus",
      [](const CheckTxnStatusRequest& r) { return std::vector<std::string>{r.primary_key()}; });
  add_store_method<CheckSecondaryLocksRequest, CheckSecondaryLocksResponse>(
      s, id, "KvCheckSecondaryLocks", many_keys<CheckSecondaryLocksRequest>);
  add_store_method<ResolveLockRequest, ResolveLockResponse>(s, id, "KvResolveLock",
                                                            many_keys<ResolveLockRequest>);
  add_store_method<PessimisticRollbackRequest, PessimisticRollbackResponse>(
      s, id, "KVPessimisticRollback", many_keys<PessimisticRollbackRequest>);
  add_store_method<PessimisticLockRequest, PessimisticLockResponse>(
      s, id, "KvPessimisticLock", [](const PessimisticLockRequest& r) {
        std::vector<std::string> keys;
        for (const auto& mutation : r.mutations()) keys.push_back(mutation.key());
        return keys;
      });
  add_store_method<TxnHeartBeatRequest, TxnHeartBeatResponse>(
      s, id, "KvTxnHeartBeat",
      [](const TxnHeartBeatRequest& r) { return std::vector<std::string>{r.primary_lock()}; });
  add_store_method<ScanLockRequest, ScanLockResponse>(
      s, id, "KvScanLock",
      [](const ScanLockRequest& r) { return std::vector<std::string>{r.start_key()}; });
  add_store_method<MvccGetByKeyRequest, MvccGetByKeyResponse>(s, id, "MvccGetByKey",
                                                              one_key<MvccGetByKeyRequest>);
  EXPECT_TRUE(s.listen("127.0.0.1:0").ok());
  EXPECT_TRUE(s.start().ok());
  store.address = "127.0.0.1:" + std::to_string(s.port());
}

void FakeCluster::fill_members(pdpb::GetMembersResponse* response) const {
  response->mutable_header()->set_cluster_id(cluster_id_);
  for (size_t i = 0; i < pds_.size(); ++i) {
    if (pds_[i].address.empty()) continue;
    auto* member = response->add_members();
    member->set_name("pd-" + std::to_string(i));
    member->add_client_urls("http://" + pds_[i].address);
    if (static_cast<int>(i) == pd_leader_) *response->mutable_leader() = *member;
  }
}

void FakeCluster::fill_region(const Region& region, pdpb::GetRegionResponse* response) const {
  fill(region, response->mutable_region());
  fill(region.leader, response->mutable_leader());
}

Result<std::string> FakeCluster::answer_tso(int member, const std::string& message) {
  std::lock_guard lock(mutex_);
  ++calls_["Tso"];
  if (member != pd_leader_) return unavailable("not leader");
  if (auto& faults = faults_["Tso"]; !faults.empty()) {
    const Status status = faults.front().status;
    faults.pop_front();
    return status;
  }
  pdpb::TsoRequest request;
  EXPECT_TRUE(request.ParseFromString(message));
  EXPECT_EQ(request.header().cluster_id(), cluster_id_);
  logical_ += request.count();
  pdpb::TsoResponse response;
  response.mutable_header()->set_cluster_id(cluster_id_);
  response.set_count(request.count());
  response.mutable_timestamp()->set_physical(physical_ms_);
  response.mutable_timestamp()->set_logical(static_cast<int64_t>(logical_));
  return response.SerializeAsString();
}

template <typename Request, typename Response>
void FakeCluster::add_pd_method(rpc::Server& server, int member, const std::string& method,
                                std::function<Status(const Request&, Response*)> handle) {
  auto checked = [this, member, method, handle](const Request& request, Response* response) {
    std::lock_guard lock(mutex_);
    ++calls_[method];
    if (member != pd_leader_) return unavailable("not leader");
    if (request.header().cluster_id() != cluster_id_) {
      return failed_precondition("mismatch cluster id, need " + std::to_string(cluster_id_) +
                                 " but got " + std::to_string(request.header().cluster_id()));
    }
    if (auto& faults = faults_[method]; !faults.empty()) {
      const Status status = faults.front().status;
      faults.pop_front();
      return status;
    }
    response->mutable_header()->set_cluster_id(cluster_id_);
    return handle(request, response);
  };
  add_method<Request, Response>(server, "/pdpb.PD/" + method, checked);
}

void FakeCluster::start_pd(int member) {
  PdServer& pd = pds_[static_cast<size_t>(member)];
  pd.server = std::make_unique<rpc::Server>(rpc::ServerOptions{});
  add_pd_methods(*pd.server, member);
  EXPECT_TRUE(pd.server->listen("127.0.0.1:0").ok());
  EXPECT_TRUE(pd.server->start().ok());
  std::lock_guard lock(mutex_);
  pd.address = "127.0.0.1:" + std::to_string(pd.server->port());
}

void FakeCluster::add_pd_methods(rpc::Server& server, int member) {
  using namespace pdpb;  // NOLINT: every message of the service
  add_method<GetMembersRequest, GetMembersResponse>(
      server, "/pdpb.PD/GetMembers", [this](const GetMembersRequest&, GetMembersResponse* out) {
        std::lock_guard lock(mutex_);
        ++calls_["GetMembers"];
        fill_members(out);
        return ok_status();
      });
  server.add_stream("/pdpb.PD/Tso", [this, member](rpc::ServerCallPtr call) {
    return std::make_unique<EchoStream>(
        std::move(call), [this, member](std::string m) { return answer_tso(member, m); });
  });
  add_pd_method<GetRegionRequest, GetRegionResponse>(
      server, member, "GetRegion", [this](const GetRegionRequest& in, GetRegionResponse* out) {
        fill_region(regions_[index_of(decoded(in.region_key()))], out);
        return ok_status();
      });
  add_pd_method<GetRegionRequest, GetRegionResponse>(
      server, member, "GetPrevRegion", [this](const GetRegionRequest& in, GetRegionResponse* out) {
        const size_t i = index_of(decoded(in.region_key()));
        if (i > 0) fill_region(regions_[i - 1], out);
        return ok_status();
      });
  add_pd_method<ScanRegionsRequest, ScanRegionsResponse>(
      server, member, "ScanRegions",
      [this](const ScanRegionsRequest& in, ScanRegionsResponse* out) {
        for (size_t i = index_of(decoded(in.start_key())); i < regions_.size(); ++i) {
          if (out->region_metas_size() >= in.limit()) break;
          fill(regions_[i], out->add_region_metas());
          fill(regions_[i].leader, out->add_leaders());
        }
        return ok_status();
      });
  add_pd_method<GetStoreRequest, GetStoreResponse>(
      server, member, "GetStore", [this](const GetStoreRequest& in, GetStoreResponse* out) {
        if (in.store_id() == 0 || in.store_id() > stores_.size()) {
          return unknown_error("invalid store ID " + std::to_string(in.store_id()) + ", not found");
        }
        out->mutable_store()->set_id(in.store_id());
        out->mutable_store()->set_address(stores_[in.store_id() - 1].address);
        return ok_status();
      });
  add_pd_method<UpdateGCSafePointRequest, UpdateGCSafePointResponse>(
      server, member, "UpdateGCSafePoint",
      [this](const UpdateGCSafePointRequest& in, UpdateGCSafePointResponse* out) {
        safe_point_ = std::max(safe_point_, in.safe_point());
        out->set_new_safe_point(safe_point_);
        return ok_status();
      });
  add_pd_method<GetGCSafePointRequest, GetGCSafePointResponse>(
      server, member, "GetGCSafePoint",
      [this](const GetGCSafePointRequest&, GetGCSafePointResponse* out) {
        auto* error = out->mutable_header()->mutable_error();
        error->set_type(NOT_BOOTSTRAPPED);
        error->set_message("cluster is not bootstrapped");
        return ok_status();
      });
}

FakeClients::FakeClients(const FakeCluster& cluster, std::chrono::milliseconds total) {
  PdOptions pd_options;
  pd_options.urls = cluster.pd_urls();
  pd_options.total_timeout = total;
  pd_options.connect_tries = 1;
  pd_options.stop = stop.get_token();
  auto connected = PdClient::connect(runtime, pd_options);
  EXPECT_TRUE(connected.ok()) << connected.status().message();
  pd = std::move(connected).value();
  TikvOptions tikv_options;
  tikv_options.total_timeout = total;
  tikv_options.stop = stop.get_token();
  tikv = std::make_unique<TikvClient>(*pd, tikv_options);
}

}  // namespace tbl::cluster::testing
