#include "tikv/tikv_server.h"

#include "base/env.h"
#include "base/log.h"
#include "base/metrics.h"
#include "rpc/server.h"
#include "tikv/gc_worker.h"
#include "tikv/heartbeats.h"
#include "tikv/join.h"
#include "tikv/pd_splitter.h"
#include "tikv/service.h"
#include "tikv/unrest.h"

namespace tbl::tikv {
namespace {

constexpr std::chrono::milliseconds kStopGrace(500);

rpc::ServerOptions server_options(const Options& options) {
  rpc::ServerOptions out;
  out.loop_threads = 2;
  out.pool_threads = 1;
  out.tls = options.tls;
  out.tls.demand_client_certificate = true;
  return out;
}

rpc::ServerOptions status_options(const Options& options) {
  rpc::ServerOptions out;
  out.pool_threads = 1;
  out.tls = options.tls;
  out.tls.demand_client_certificate = true;
  return out;
}

/// One of the stores of this process: what listens on its address, and what tells PD of it.
class ServedStore {
 public:
  ServedStore(const Options& options, MethodContext context, rpc::WorkerPool& pool)
      : service_(context, pool), store_id_(context.store_id), server_(server_options(options)) {
    service_.register_methods(server_);
  }
  Status listen(const std::string& address) {
    TBL_TRY(server_.listen(address));
    return server_.start();
  }
  void begin_heartbeats(const Heartbeats::Parts& parts) {
    heartbeats_ = std::make_unique<Heartbeats>(parts, store_id_);
  }
  void stop() {
    heartbeats_.reset();
    server_.stop(kStopGrace);
  }

 private:
  TikvService service_;
  const uint64_t store_id_;
  rpc::Server server_;
  std::unique_ptr<Heartbeats> heartbeats_;
};

}  // namespace

/// Members stand in the order in which they depend on each other.
class TikvServer::Impl {
 public:
  explicit Impl(const Options& options)
      : options_(options),
        pool_("worker", options.worker_threads),
        status_server_(status_options(options)) {}

  ~Impl() {
    unrest_.reset();
    gc_.reset();
    for (auto& one : stores_) one->stop();
    status_server_.stop();
    if (store_) store_->lock_waits.stop();
    pool_.stop();
  }

  Status start(const StopToken& stop) {
    TBL_TRY(open_data());
    pd_ = std::make_unique<PdSession>(runtime_, options_.pd_endpoints, options_.tls, stop);
    TBL_ASSIGN(identity_, join_cluster(*engine_, *pd_, options_));
    TBL_ASSIGN(regions_, open_regions(*engine_, *pd_, identity_));
    regions_->set_busy_percent(options_.unrest.busy_percent);
    splitter_ = std::make_unique<PdSplitter>(*pd_, *regions_);
    // Not before it can answer: a client that is refused comes again soon, one that is left waiting
    // does not.
    TBL_TRY(serve(identity_.store_id, options_.addr));
    for (size_t i = 0; i < identity_.more_stores.size(); ++i) {
      TBL_TRY(serve(identity_.more_stores[i], options_.unrest.store_addrs[i]));
    }
    TBL_TRY(start_status_server());
    for (auto& one : stores_) one->begin_heartbeats({*store_, *regions_, *pd_, options_});
    gc_ = std::make_unique<GcWorker>(*store_, *pd_);
    const auto& unrest = options_.unrest;
    if (unrest.split_every.count() > 0 || unrest.move_leader_every.count() > 0) {
      unrest_ = std::make_unique<Unrest>(Unrest::Parts{*engine_, *regions_, *splitter_}, unrest);
    }
    log_info("TiKV is ready to serve", {{"store id", identity_.store_id},
                                        {"stores", stores_.size()},
                                        {"regions", regions_->all().size()},
                                        {"addr", options_.addr}});
    return ok_status();
  }

 private:
  Status serve(uint64_t store_id, const std::string& address) {
    const MethodContext context{*store_, *regions_, store_id, *splitter_};
    stores_.push_back(std::make_unique<ServedStore>(options_, context, pool_));
    return stores_.back()->listen(address);
  }

  Status open_data() {
    TBL_TRY(posix_env().create_dirs(options_.data_dir));
    EngineOptions engine;
    engine.dir = join_path(options_.data_dir, "db");
    engine.block_cache_bytes = options_.block_cache_bytes;
    engine.max_open_files = options_.max_open_files;
    TBL_ASSIGN(engine_, Engine::open(engine));
    store_ = std::make_unique<Store>(*engine_);
    return ok_status();
  }

  Status start_status_server() {
    if (options_.status_addr.empty()) return ok_status();
    status_server_.add_http("GET", "/status", [](const auto&) { return rpc::HttpResponse(); });
    status_server_.add_http("GET", "/metrics", [](const auto&) {
      return rpc::HttpResponse{200, kMetricsContentType,
                               metrics().expose() + expose_process_metrics()};
    });
    status_server_.add_http("GET", "/config", [this](const auto&) {
      return rpc::HttpResponse{200, "application/json", options_.dump};
    });
    TBL_TRY(status_server_.listen(options_.status_addr));
    return status_server_.start();
  }

  const Options options_;
  std::unique_ptr<Engine> engine_;
  std::unique_ptr<Store> store_;
  rpc::ClientRuntime runtime_;
  std::unique_ptr<PdSession> pd_;
  Identity identity_;
  std::unique_ptr<Regions> regions_;
  std::unique_ptr<PdSplitter> splitter_;
  rpc::WorkerPool pool_;
  std::vector<std::unique_ptr<ServedStore>> stores_;
  rpc::Server status_server_;
  std::unique_ptr<GcWorker> gc_;
  std::unique_ptr<Unrest> unrest_;
};

TikvServer::TikvServer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
TikvServer::~TikvServer() = default;

Result<std::unique_ptr<TikvServer>> TikvServer::start(const Options& options,
                                                      const StopToken& stop) {
  auto impl = std::make_unique<Impl>(options);
  TBL_TRY(impl->start(stop));
  return std::unique_ptr<TikvServer>(new TikvServer(std::move(impl)));
}

}  // namespace tbl::tikv
