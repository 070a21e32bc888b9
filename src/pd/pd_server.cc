#include "pd/pd_server.h"

#include "base/env.h"
#include "base/log.h"
#include "base/urls.h"
#include "cluster/call.h"
#include "cluster/etcd.h"
#include "pd/clock_file.h"
#include "pd/etcd_child.h"
#include "pd/etcd_proxy.h"
#include "pd/http_api.h"
#include "pd/members.h"
#include "pd/service.h"
#include "pd/tso_service.h"
#include "pd/tso_storage.h"
#include "proto/etcdserverpb.pb.h"

namespace tbl::pd {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kEtcdReadyTimeout(60000);
/// Others have to be started, too.
constexpr milliseconds kQuorumTimeout(300000);
/// Of a call by which the leadership is taken and renewed.
constexpr milliseconds kElectionCallTimeout(1000);
constexpr int kEtcdDeathsMax = 3;
constexpr milliseconds kStopGrace(200);

bool is_one_of_many(const Options& o) { return !o.initial_cluster.empty() || !o.join.empty(); }

EtcdChildOptions child_options(const Options& o) {
  EtcdChildOptions out;
  out.name = o.name;
  out.data_dir = o.data_dir;
  out.advertise_client_urls = o.advertise_client_urls;
  out.advertise_peer_urls = o.advertise_peer_urls;
  if (is_one_of_many(o)) out.listen_peer_urls = o.peer_urls;
  out.initial_cluster = o.initial_cluster;
  out.peer_tls = o.tls;
  out.quota_backend_bytes = o.quota_backend_bytes;
  out.auto_compaction_mode = o.auto_compaction_mode;
  out.auto_compaction_retention = o.auto_compaction_retention;
  return out;
}

/// A member that has data has joined before.
Result<EtcdChildOptions> prepare_child(rpc::ClientRuntime& runtime, const Options& o,
                                       const StopToken& stop) {
  EtcdChildOptions out = child_options(o);
  if (o.join.empty() || posix_env().exists(join_path(o.data_dir, "etcd/member"))) return out;
  TBL_ASSIGN(out.initial_cluster, join_members(runtime, o, stop));
  out.joins = true;
  return out;
}

/// Asks until etcd answers; returns its member id.
Result<uint64_t> wait_for_etcd(const EtcdChild& child, rpc::Channel& channel, milliseconds timeout,
                               const StopToken& stop) {
  const auto deadline = std::chrono::steady_clock::now() + timeout;
  etcdserverpb::RangeRequest request;
  request.set_key("/pd/cluster_id");
  while (true) {
    etcdserverpb::RangeResponse response;
    // Answered only once a leader is elected, and it has applied what it knew.
    Status status = cluster::call(channel, "/etcdserverpb.KV/Range", request, &response,
                                  {milliseconds(2000), stop});
    if (status.ok()) return response.header().member_id();
    const bool hopeless = child.deaths() >= kEtcdDeathsMax;
    if (hopeless || std::chrono::steady_clock::now() > deadline) {
      return std::move(status).wrap("etcd does not come up, see " + child.log_path());
    }
    if (!wait_for(stop, milliseconds(20))) return cancelled("stopped while etcd was starting");
  }
}

rpc::ServerOptions server_options(const Options& o) {
  rpc::ServerOptions out;
  out.loop_threads = 2;
  out.pool_threads = 8;
  out.tls = o.tls;
  out.tls.demand_client_certificate = true;
  return out;
}

}  // namespace

/// Members stand in the order in which they depend on each other.
class PdServer::Impl {
 public:
  explicit Impl(const Options& options)
      : options_(options), clock_(options.clock_file), server_(server_options(options)) {}

  ~Impl() {
    server_.stop(kStopGrace);
    updating_.request_stop();
    updater_.join();
    election_.reset();
  }

  Status start(const StopToken& stop) {
    TBL_ASSIGN(const auto child, prepare_child(runtime_, options_, stop));
    TBL_ASSIGN(child_, EtcdChild::start(child));
    channel_ = runtime_.channel(child_->address());
    const auto timeout = is_one_of_many(options_) ? kQuorumTimeout : kEtcdReadyTimeout;
    TBL_ASSIGN(const uint64_t member_id, wait_for_etcd(*child_, *channel_, timeout, stop));
    cluster::EtcdOptions etcd_options;
    etcd_options.endpoints = {child_->address()};
    etcd_options.sync_interval = milliseconds(0);
    etcd_ = std::make_unique<cluster::Etcd>(runtime_, etcd_options);
    etcd_options.timeout = kElectionCallTimeout;
    election_etcd_ = std::make_unique<cluster::Etcd>(runtime_, etcd_options);
    TBL_TRY(make_parts(member_id));
    // Not before there is a leader to tell of.
    TBL_TRY(election_->wait_for_leader(stop));
    TBL_TRY(serve());
    updater_ = Thread("tso-updater", [this] { update_tso(); });
    return ok_status();
  }

 private:
  Status make_parts(uint64_t member_id) {
    TBL_ASSIGN(cluster_id_, load_or_create_cluster_id(*etcd_, clock_.unix_ms() / 1000));
    meta_ = std::make_unique<MetaStore>(*etcd_, cluster_id_);
    tso_storage_ = std::make_unique<EtcdTsoStorage>(*meta_);
    tso_ = std::make_unique<TsoAllocator>(clock_, *tso_storage_, options_.tso_save_interval);
    ids_ = std::make_unique<IdAllocator>(*meta_);
    topology_ = std::make_unique<Topology>(*meta_, cluster_id_);
    safe_points_ = std::make_unique<SafePoints>(*meta_);
    members_ = std::make_unique<EtcdMembers>(channel_);
    Election::Options election;
    election.self = {options_.name, member_id, options_.advertise_peer_urls,
                     options_.advertise_client_urls};
    election.lease = options_.lease;
    election.begin = [this] { return load(); };
    election.end = [this] { streams_.end_all(); };
    election_ = std::make_unique<Election>(*election_etcd_, *members_, *meta_, election);
    parts_ = std::make_unique<Parts>(
        Parts{*election_, streams_, cluster_id_, clock_, *tso_, *ids_, *topology_, *safe_points_});
    return ok_status();
  }

  /// What a leader knows, as the leader before it has left it.
  Status load() {
    TBL_TRY(tso_->initialize());
    TBL_TRY(ids_->load());
    TBL_TRY(topology_->load());
    TBL_TRY(safe_points_->load());
    log_info("cluster loaded",
             {{"cluster id", cluster_id_}, {"bootstrapped", topology_->bootstrapped()}});
    return ok_status();
  }

  Status serve() {
    service_ = std::make_unique<PdService>(*parts_);
    tso_service_ = std::make_unique<TsoService>(*service_, *tso_, streams_);
    http_ = std::make_unique<HttpApi>(*parts_, options_, clock_.unix_ms() / 1000);
    proxy_ = std::make_unique<EtcdProxy>(channel_);
    service_->register_methods(server_);
    tso_service_->register_methods(server_);
    http_->register_handlers(server_);
    proxy_->register_methods(server_);
    register_etcd_http(server_, child_->socket_path());
    for (const auto& address : url_hosts(options_.client_urls)) TBL_TRY(server_.listen(address));
    return server_.start();
  }

  void update_tso() {
    LogEvery failure(10000);
    while (wait_for(updating_.get_token(), TsoAllocator::kUpdateInterval)) {
      clock_.reread();
      if (election_->term() == 0) continue;
      const Status status = tso_->update();
      if (!status.ok() && failure.due()) {
        log_error("timestamps cannot move on", {{"error", status}});
      }
      tso_service_->retry_waiting();
    }
  }

  const Options options_;
  FileShiftedClock clock_;
  std::unique_ptr<EtcdChild> child_;
  rpc::ClientRuntime runtime_;
  std::shared_ptr<rpc::Channel> channel_;
  std::unique_ptr<cluster::Etcd> etcd_;
  std::unique_ptr<cluster::Etcd> election_etcd_;
  uint64_t cluster_id_ = 0;
  std::unique_ptr<MetaStore> meta_;
  std::unique_ptr<EtcdTsoStorage> tso_storage_;
  std::unique_ptr<TsoAllocator> tso_;
  std::unique_ptr<IdAllocator> ids_;
  std::unique_ptr<Topology> topology_;
  std::unique_ptr<SafePoints> safe_points_;
  std::unique_ptr<EtcdMembers> members_;
  LeaderStreams streams_;
  std::unique_ptr<Election> election_;
  std::unique_ptr<Parts> parts_;
  std::unique_ptr<PdService> service_;
  std::unique_ptr<TsoService> tso_service_;
  std::unique_ptr<HttpApi> http_;
  std::unique_ptr<EtcdProxy> proxy_;
  StopSource updating_;
  Thread updater_;
  rpc::Server server_;
};

PdServer::PdServer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
PdServer::~PdServer() = default;

Result<std::unique_ptr<PdServer>> PdServer::start(const Options& options, const StopToken& stop) {
  auto impl = std::make_unique<Impl>(options);
  TBL_TRY(impl->start(stop));
  return std::unique_ptr<PdServer>(new PdServer(std::move(impl)));
}

}  // namespace tbl::pd
