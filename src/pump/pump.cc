#include "pump/pump.h"

#include <algorithm>

#include "base/log.h"
#include "base/urls.h"
#include "pump/id_guard.h"
#include "pump/lag_watch.h"
#include "pump/notify.h"
#include "pump/offline.h"
#include "rpc/metrics_http.h"

namespace tbl::pump {
namespace {

using namespace std::chrono_literals;

rpc::ServerOptions server_options(const PumpConfig& config) {
  rpc::ServerOptions options;
  options.tls = config.tls;
  options.max_receive_message_bytes = static_cast<uint64_t>(config.max_message_bytes);
  options.identify_timeout = 10s;
  options.lends = true;
  return options;
}

/// A pump that has lost its disk, or looks at another directory, would begin with nothing and say
/// nothing of it.
void warn_of_lost_binlogs(const cluster::NodeStatus& previous, const std::string& dir,
                          uint64_t max_commit_ts) {
  const auto known = static_cast<uint64_t>(std::max<int64_t>(0, previous.max_commit_ts));
  if (previous.state == cluster::kStateOffline || max_commit_ts >= known) return;
  log_error(
      "this pump has served binlogs that are not in its data directory: is it the right one? What "
      "drainers have not read of them is lost",
      {{"NodeID", previous.node_id},
       {"data-dir", dir},
       {"max commit ts in the registry", known},
       {"max commit ts here", max_commit_ts}});
}

}  // namespace

Pump::Pump(PumpConfig config, StopToken stop)
    : config_(std::move(config)), signal_(std::move(stop)) {}

Result<std::unique_ptr<Pump>> Pump::create(PumpConfig config, StopToken stop) {
  std::unique_ptr<Pump> pump(new Pump(std::move(config), std::move(stop)));
  TBL_TRY(pump->connect());
  TBL_TRY(pump->open_storage());
  return pump;
}

Status Pump::connect() {
  std::stop_callback on_signal(signal_, [this] { cluster_stop_.request_stop(); });
  cluster::ClusterOptions options;
  options.pd_urls = config_.pd_urls;
  options.tls = config_.tls;
  options.stop = cluster_stop_.get_token();
  TBL_ASSIGN(cluster_, cluster::Cluster::connect(options));
  log_info("get clusterID success", {{"clusterID", cluster_->pd().cluster_id()}});
  return ok_status();
}

Status Pump::open_storage() {
  TBL_TRY(env_.create_dirs(config_.data_dir, 0700));
  StorageOptions options;
  options.dir = config_.data_dir;
  options.env = &env_;
  options.sync_log = config_.sync_log;
  options.on_group = [this](const GroupWritten& group) { metrics_.observe_group(group); };
  server_ = std::make_unique<rpc::Server>(server_options(config_));
  options.lend = [this](const std::function<bool()>& work) { return server_->lend(work); };
  options.answer = [this](const std::function<void()>& answers) { server_->execute(answers); };
  TBL_ASSIGN(storage_, Storage::open(std::move(options)));
  disk_ =
      std::make_unique<DiskWatch>(env_, config_.data_dir, config_.stop_write_at.bytes, metrics_);
  disk_->refresh();

  TBL_ASSIGN(HostPort address, parse_host_port(config_.addr));
  RegistrationOptions registration;
  TBL_ASSIGN(registration.node_id,
             read_node_id(env_, config_.data_dir, config_.node_id, address.port));
  registration.host = config_.advertise_addr;
  registration.heartbeat = std::chrono::seconds(config_.heartbeat_interval_s);
  registration_ =
      std::make_unique<Registration>(registration, cluster_->registry(), state_, *storage_);
  TBL_ASSIGN(const cluster::NodeStatus previous, registration_->previous());
  warn_of_lost_binlogs(previous, config_.data_dir, storage_->max_commit_ts());
  is_new_ = previous.state == cluster::kStateOffline || env_.exists(unannounced_path());
  return check_id_is_free(previous, config_.tls);
}

Status Pump::start() {
  IngestOptions options;
  options.cluster_id = cluster_->pd().cluster_id();
  options.memory_limit_bytes = config_.memory_limit.bytes;
  options.slow_write_s = config_.slow_write_threshold_s;
  ingest_ =
      std::make_unique<Ingest>(options, IngestParts{*storage_, state_, gate_, *disk_, metrics_});
  large_writes_ = std::make_unique<LargeWrites>(env_, join_path(config_.data_dir, "spill"),
                                                static_cast<uint64_t>(config_.max_message_bytes),
                                                *ingest_, *disk_);
  TBL_TRY(large_writes_->prepare());
  fakes_ = std::make_unique<FakeWriter>(*ingest_, cluster_->pd(), *storage_);
  feed_ = std::make_unique<Feed>(FeedOptions{options.cluster_id, config_.skip_damaged}, *storage_,
                                 metrics_);
  oracle_ = std::make_unique<ClusterOracle>(*cluster_, "pump-" + registration_->node_id());
  resolver_ = std::make_unique<Resolver>(*storage_, *oracle_, metrics_);
  gc_ = std::make_unique<GcJob>(*storage_, cluster_->pd(), config_.gc, metrics_);
  why_ = std::make_unique<Why>(WhyParts{*cluster_, *storage_, state_, *registration_, *resolver_,
                                        gate_, *disk_, *feed_, config_.gc});
  api_ = std::make_unique<HttpApi>(ApiParts{*cluster_, *storage_, state_, *registration_, *gc_,
                                            *resolver_, *why_, [this] { begin_close(); }});
  TBL_TRY(listen());
  start_jobs();
  TBL_TRY(enter_registry());
  TBL_TRY(notify_if_new());
  registration_->start_heartbeat();
  const char* scheme = config_.tls.enabled() ? "https://" : "http://";
  log_info("start to server request", {{"addr", scheme + config_.advertise_addr}});
  return ok_status();
}

Status Pump::listen() {
  add_methods();
  if (!config_.socket.empty()) {
    // A socket file that a killed pump left behind is in the way; the directory is locked, so it is
    // ours.
    if (env_.exists(config_.socket)) TBL_TRY(env_.remove(config_.socket));
    TBL_TRY(server_->listen("unix:" + config_.socket));
  }
  TBL_TRY(server_->listen(config_.addr));
  return server_->start();
}

void Pump::add_methods() {
  server_->add_large_unary(
      "/binlog.Pump/WriteBinlog",
      [this](const rpc::CallInfo&, std::string request, rpc::UnaryReply reply) {
        ingest_->write(std::move(request),
                       [reply = std::move(reply)](const Status& status) { reply(status, ""); });
      },
      kLargeRequestBytes,
      [this](rpc::ServerCallPtr call) { return large_writes_->accept(std::move(call)); });
  server_->add_stream("/binlog.Pump/PullBinlogs",
                      [this](rpc::ServerCallPtr call) { return feed_->accept(std::move(call)); });
  api_->add_to(*server_);
}

void Pump::start_jobs() {
  auto add = [this](const char* name, std::chrono::milliseconds interval,
                    std::function<void()> job) {
    jobs_.push_back(std::make_unique<Periodic>(name, interval, std::move(job)));
  };
  add("fake-binlog", std::chrono::seconds(config_.fake_interval_s), [this] { fakes_->tick(); });
  add("disk-watch", 3s, [this] { disk_->refresh(); });
  add("info-tick", 10s, [this] { info_tick(); });
  add("drainer-lag", 60s, [this] { check_drainers(); });
  if (config_.metrics_addr.empty() || config_.metrics_interval_s <= 0) return;
  add("metrics-push", std::chrono::seconds(config_.metrics_interval_s),
      [this] { (void)rpc::push_metrics(config_.metrics_addr, registration_->node_id()); });
}

void Pump::check_drainers() {
  auto drainers = cluster_->registry().nodes(cluster::NodeKind::kDrainer);
  if (drainers.ok()) {
    const auto keep = std::chrono::duration_cast<std::chrono::milliseconds>(config_.gc);
    report_lagging_drainers(
        *drainers, {storage_->gc_ts(), registration_->pd_now_ms(), keep.count()}, lag_every_.due());
  } else {
    log_error("fail to query status of drainers", {{"error", drainers.status()}});
  }
}

void Pump::info_tick() {
  StorageStats stats = storage_->stats();
  metrics_.observe_storage(stats);
  log_info("server info tick", {{"writeBinlogCount", ingest_->calls()},
                                {"alivePullerCount", feed_->pullers()},
                                {"MaxCommitTS", stats.max_commit_ts}});
}

/// Exists while the registry may say online though drainers were not told yet: a pump killed in
/// between must tell them at its next start.
std::string Pump::unannounced_path() const { return join_path(config_.data_dir, ".unannounced"); }

Status Pump::enter_registry() {
  if (is_new_) TBL_TRY(env_.write_file_atomically(unannounced_path(), ""));
  auto ts = cluster_->pd().get_ts();
  if (!ts.ok()) return ts.status().wrap("fail to get tso from pd");
  registration_->set_base_ts(*ts);
  state_.set(State::kOnline);
  TBL_TRY(registration_->write().wrap("fail to register node to etcd"));
  log_info("register success", {{"NodeID", registration_->node_id()}});
  return ok_status();
}

/// Drainers know a pump that was not offline before; of a new one they must hear before its first
/// prewrite.
Status Pump::notify_if_new() {
  Status status;
  if (is_new_) status = notify_drainers(*cluster_, config_.tls, signal_);
  if (!status.ok()) {
    state_.set(State::kOffline);
    gate_.settle(unknown_error("no online: offline"));
    if (Status written = registration_->write(); !written.ok()) {
      log_error("could not register as offline", {{"error", written}});
    }
    return std::move(status).wrap("fail to notify all living drainer");
  }
  if (is_new_) TBL_TRY(env_.remove(unannounced_path()));
  gate_.settle(ok_status());
  return ok_status();
}

void Pump::run() {
  wait_for_close();
  log_info("begin to close pump server", {});
  jobs_.clear();
  gc_->stop();
  registration_->stop_heartbeat();
  commit_state();
  log_info("commit status done", {});
  shut_down();
  log_info("pump is closed", {});
}

void Pump::begin_close() {
  {
    std::lock_guard lock(mutex_);
    closing_ = true;
  }
  changed_.notify_all();
}

void Pump::wait_for_close() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, signal_, [this] { return closing_; });
}

/// A signal means pausing; it also ends the wait of a close that is under way, which leaves the
/// registry as a kill would.
void Pump::commit_state() {
  state_.change(State::kOnline, State::kPausing);
  if (state_.get() == State::kClosing) {
    Status safe = wait_safe_to_offline({*fakes_, *storage_, cluster_->registry()}, signal_);
    if (!safe.ok()) {
      log_warn("pump ends before it is safe to be offline", {{"reason", safe}});
      return;
    }
    state_.set(State::kOffline);
  } else {
    state_.set(State::kPaused);
  }
  if (Status status = registration_->write(); !status.ok()) {
    log_error("update state failed", {{"error", status}});
    return;
  }
  log_info("update state success",
           {{"NodeID", registration_->node_id()}, {"state", state_.name()}});
}

void Pump::shut_down() {
  // Streams end with OK first: the server waits for them.
  if (feed_) feed_->stop();
  if (server_) server_->stop(10s);
  large_writes_.reset();
  // Nobody needs the cluster any more; a silent TiKV must not hold the end up.
  if (resolver_) resolver_->request_stop();
  cluster_stop_.request_stop();
  resolver_.reset();
  if (storage_) {
    if (Status status = storage_->close(); !status.ok()) {
      log_error("close storage failed", {{"error", status}});
    }
    log_info("storage is closed", {});
  }
  storage_.reset();
}

Pump::~Pump() {
  jobs_.clear();
  gc_.reset();
  if (registration_) registration_->stop_heartbeat();
  gate_.settle(unavailable("pump is closing"));
  if (storage_) shut_down();
}

}  // namespace tbl::pump
