#include "tikv/tikv_server.h"

#include "base/env.h"
#include "base/log.h"
#include "base/metrics.h"
#include "rpc/server.h"
#include "tikv/heartbeats.h"
#include "tikv/join.h"
#include "tikv/service.h"

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

}  // namespace

/// Members stand in the order in which they depend on each other.
class TikvServer::Impl {
 public:
  explicit Impl(const Options& options)
      : options_(options),
        pool_("worker", options.worker_threads),
        server_(server_options(options)),
        status_server_(status_options(options)) {}

  ~Impl() {
    heartbeats_.reset();
    server_.stop(kStopGrace);
    status_server_.stop();
    if (store_) store_->lock_waits.stop();
    pool_.stop();
  }

  Status start(const StopToken& stop) {
    TBL_TRY(open_data());
    pd_ = std::make_unique<PdSession>(runtime_, options_.pd_endpoints, options_.tls, stop);
    TBL_ASSIGN(identity_, join_cluster(*engine_, *pd_, options_));
    region_ = std::make_unique<LocalRegion>(identity_.region);
    service_ = std::make_unique<TikvService>(MethodContext{*store_, *region_}, pool_);
    service_->register_methods(server_);
    // Not before it can answer: a client that is refused comes again soon, one that is left waiting
    // does not.
    TBL_TRY(server_.listen(options_.addr));
    TBL_TRY(server_.start());
    TBL_TRY(start_status_server());
    heartbeats_ = std::make_unique<Heartbeats>(*store_, *pd_, identity_, options_);
    log_info("TiKV is ready to serve", {{"store id", identity_.store_id},
                                        {"region id", identity_.region.id()},
                                        {"addr", options_.addr}});
    return ok_status();
  }

 private:
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
  std::unique_ptr<LocalRegion> region_;
  rpc::WorkerPool pool_;
  std::unique_ptr<TikvService> service_;
  rpc::Server server_;
  rpc::Server status_server_;
  std::unique_ptr<Heartbeats> heartbeats_;
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
