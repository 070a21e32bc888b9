#include "drainer/drainer.h"

#include <fmt/format.h>

#include <algorithm>
#include <thread>

#include "base/env.h"
#include "base/log.h"
#include "base/net_address.h"
#include "base/urls.h"
#include "drainer/liveness.h"
#include "drainer/own_entry.h"
#include "drainer/sink.h"
#include "rpc/metrics_http.h"

namespace tbl::drainer {

namespace {

using namespace std::chrono_literals;

/// A downstream that takes nothing for so long while the program closes is given up; the next run
/// goes on from what is durable.
constexpr auto kDrainPatience = 60s;
constexpr auto kDrainLogInterval = 10s;
constexpr int kConnectTriesWithRelay = 10;
constexpr std::chrono::milliseconds kClockTolerance = 60s;

/// A station between the pumps and the downstream holds at most `most` bytes, and a share of
/// `memory-limit` where that is less: holding more than keeps the stations after it busy gains
/// nothing.
struct Share {
  uint64_t part;
  uint64_t most;
  uint64_t of(uint64_t limit) const { return std::clamp<uint64_t>(limit / part, 1, most); }
};
constexpr Share kMerge{4, 5 << 20};     // what pumps sent
constexpr Share kPipeline{4, 4 << 20};  // what is being decoded
constexpr Share kApply{2, 18 << 20};    // what is being applied
constexpr Share kPart{16, 4 << 20};     // a larger transaction is decoded and applied in parts
/// Of a part, so that many tiny rows do not cost a multiple of their bytes.
constexpr uint64_t kPartBytesPerRow = 256;
/// Of a part for a TiDB: one of 3.0 takes 5000 statements and 300 000 entries, those of indexes
/// among them, in a transaction.
constexpr uint64_t kTidbPartRows = 4000;
/// A binlog that is larger than this share goes to a file.
constexpr uint64_t kSpillShare = 8;

void warn_of_address(const std::string& address) {
  auto parsed = parse_host_port(address);
  const std::string host = parsed.ok() ? parsed->host : "";
  if (host.empty() || host == "localhost" || host.starts_with("127.") || host == "::1") {
    log_warn("pump may not be able to access drainer using this addr", {{"listen addr", address}});
  }
}

}  // namespace

Drainer::Drainer(DrainerConfig config) : config_(std::move(config)) {}

Drainer::~Drainer() { cluster_stop_.request_stop(); }

Result<std::unique_ptr<Drainer>> Drainer::create(DrainerConfig config, const StopToken& stop) {
  std::unique_ptr<Drainer> drainer(new Drainer(std::move(config)));
  std::stop_callback on_stop(stop, [&] { drainer->cluster_stop_.request_stop(); });
  TBL_ASSIGN(drainer->node_id_, node_id_of(drainer->config_));
  TBL_ASSIGN(drainer->relay_span_, relay_span(drainer->config_));
  Status connected = drainer->connect();
  if (!connected.ok() && drainer->relay_span_ && !stop.stop_requested()) {
    connected = feed_without_pd(drainer->config_, drainer->node_id_, *drainer->relay_span_,
                                std::move(connected));
  }
  TBL_TRY(connected);
  TBL_TRY(check_id_is_free(drainer->cluster_->registry(), drainer->config_, drainer->node_id_));
  TBL_TRY(drainer->start_applier());
  TBL_TRY(drainer->load_schema_from_cluster());
  drainer->make_stream();
  return drainer;
}

Status Drainer::connect() {
  warn_of_address(config_.advertise_addr);
  TBL_TRY(posix_env().create_dirs(config_.data_dir, 0700));
  spill_ = std::make_unique<spill::SpillDir>(
      posix_env(), join_path(config_.data_dir, "spill"),
      std::min(config_.spill_size.bytes, config_.memory_limit.bytes / kSpillShare));
  TBL_TRY(spill_->prepare());
  cluster::ClusterOptions options;
  options.pd_urls = config_.pd_urls;
  options.tls = config_.tls;
  options.stop = cluster_stop_.get_token();
  // With a relay log there is something to do without PD.
  if (relay_span_) options.connect_tries = kConnectTriesWithRelay;
  TBL_ASSIGN(cluster_, cluster::Cluster::connect(options));
  log_info("get clusterID success", {{"clusterID", cluster_->pd().cluster_id()}});
  TBL_ASSIGN(start_now_ts_, cluster_->pd().get_ts());
  meta_ = std::make_unique<ClusterMetaReader>(cluster_->tikv());
  return ok_status();
}

Status Drainer::start_applier() {
  SinkContext context;
  context.cluster_id = cluster_->pd().cluster_id();
  context.run_ts = start_now_ts_;
  context.node_id = node_id_;
  context.address = config_.advertise_addr;
  context.memory_bytes = kApply.of(config_.memory_limit.bytes);
  context.initial_commit_ts = config_.initial_commit_ts == -1
                                  ? start_now_ts_
                                  : static_cast<uint64_t>(config_.initial_commit_ts);
  DdlRulesOptions rules;
  rules.path = config_.syncer.ddl_rules;
  rules.wait_after_error = config_.syncer.wait_after_ddl_error;
  rules.stop = leaving_stop_.get_token();
  TBL_ASSIGN(ddl_rules_, DdlRules::open(posix_env(), std::move(rules)));
  context.ddl_policy = ddl_rules_.get();
  schedule::ApplierEvents events;
  lag_ = std::make_unique<Lag>(std::chrono::minutes(config_.synced_check_minutes), system_clock());
  events.on_progress = [this](uint64_t ts) {
    lag_->on_progress(ts);
    if (auto* relay = relay_.load()) relay->forget_until(ts);
  };
  events.on_error = [this](const Status& status) { fail(status); };
  context.is_alive = [this](const std::string& id, const std::string& address) {
    return drainer_is_alive(*cluster_, config_.tls, id, address);
  };
  if (relay_span_) {
    // What the relay log does not give is pulled from the pumps.
    TBL_TRY(feed_by_relay(config_, context, *relay_span_).status());
    TBL_ASSIGN(context.run_ts, cluster_->pd().get_ts());
  }
  run_ts_ = context.run_ts;
  applier_ = make_applier(config_, context, std::move(events));
  if (!config_.syncer.relay_dir.empty()) TBL_TRY(add_relay(context));
  TBL_ASSIGN(start_point_, applier_->start());
  if (start_point_.commit_ts == 0) start_point_.commit_ts = context.initial_commit_ts;
  log_info("start from", {{"commit ts", start_point_.commit_ts},
                          {"schema version", start_point_.schema_version},
                          {"consistent", start_point_.consistent},
                          {"unknown until", start_point_.unknown_until_ts}});
  warn_of_start_point();
  lag_->on_progress(start_point_.commit_ts);
  return ok_status();
}

void Drainer::warn_of_start_point() const {
  if (start_point_.is_first && config_.initial_commit_ts == -1) {
    const uint64_t applied_ts = applied_before(cluster_->registry(), node_id_);
    if (applied_ts != 0) log_warn(advice_on_lost_checkpoint(config_, applied_ts));
  }
  if (start_point_.commit_ts > start_now_ts_ + make_tso(kClockTolerance.count(), 0)) {
    log_warn(
        "drainer begins in the future: what is committed before PD's clock has passed that ts is "
        "left out. Is initial-commit-ts mistyped, or has PD gone back in time?",
        {{"begins at", start_point_.commit_ts}, {"PD's clock", start_now_ts_}});
  }
}

Status Drainer::add_relay(const SinkContext& context) {
  TBL_ASSIGN(auto relay, with_relay(config_, context.cluster_id, std::move(applier_),
                                    [this](const Status& status) { fail(status); }));
  relay_ = relay.get();
  applier_ = std::move(relay);
  return ok_status();
}

Status Drainer::load_schema_from_cluster() {
  if (config_.load_schema_snapshot) {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    const auto nanoseconds = std::chrono::duration_cast<std::chrono::nanoseconds>(now).count();
    safe_point_ =
        std::make_unique<SafePointKeeper>(cluster_->pd(), fmt::format("drainer_{}", nanoseconds),
                                          [this] { return lag_->commit_ts(); });
    TBL_TRY(safe_point_->start());
  }
  SchemaStart start;
  start.commit_ts = start_point_.commit_ts;
  start.schema_version = start_point_.schema_version;
  start.insist_on_snapshot = config_.load_schema_snapshot;
  start.get_ts = [this] { return cluster_->pd().get_ts(); };
  TBL_ASSIGN(start.now_ts, start.get_ts());
  TBL_ASSIGN(start.gc_safe_point, cluster_->gc_safe_point());
  return load_schema(schema_, *meta_, start);
}

void Drainer::make_stream() {
  const SyncerConfig& syncer = config_.syncer;
  router_.emplace(make_router(syncer));
  jobs_.emplace(*meta_, [this] { return cluster_->pd().get_ts(); });
  SyncerRules rules;
  rules.ignore_txn_commit_ts = syncer.ignore_txn_commit_ts;
  rules.sync_ddl = syncer.sync_ddl;
  if (syncer.loopback) rules.channel_id = syncer.channel_id;
  if (start_point_.is_tidb) {
    rules.own_mark = {syncer.checkpoint.schema, syncer.checkpoint.table + "_mark", "run", run_ts_};
  }
  syncer_ = std::make_unique<Syncer>(std::move(rules), schema_, *router_, *jobs_);

  const uint64_t memory = config_.memory_limit.bytes;
  merger_ = std::make_unique<Merger>(start_point_.commit_ts, kMerge.of(memory));
  StreamOptions stream;
  stream.decode_threads = std::clamp(std::thread::hardware_concurrency() / 2, 1U, 8U);
  stream.pipeline_bytes = kPipeline.of(memory);
  stream.part_bytes = kPart.of(memory);
  stream.part_rows = std::max<uint64_t>(1, stream.part_bytes / kPartBytesPerRow);
  if (syncer.sink == SinkKind::kTidb) {
    stream.part_rows = std::min(stream.part_rows, kTidbPartRows);
  }
  stream_ = std::make_unique<Stream>(stream, *merger_, *syncer_, *applier_, *lag_);

  PumpListOptions pumps;
  pumps.cluster_id = cluster_->pd().cluster_id();
  pumps.interval = std::chrono::seconds(config_.detect_interval_s);
  pumps.gzip = config_.compressor == "gzip";
  pumps.spill = spill_.get();
  auto list = [this] { return cluster_->registry().nodes(cluster::NodeKind::kPump); };
  auto connect = [this](const std::string& address) {
    rpc::ChannelOptions options;
    options.tls = config_.tls;
    return cluster_->runtime().channel(address, options);
  };
  pumps_ = std::make_unique<PumpList>(pumps, *merger_, list, connect,
                                      [this](const Status& status) { fail(status); });

  NodeOptions node{.node_id = node_id_, .host = config_.advertise_addr, .base_ts = start_now_ts_};
  auto write = [this](const cluster::NodeStatus& status) {
    return cluster_->registry().update_node(cluster::NodeKind::kDrainer, status);
  };
  node_ = std::make_unique<Node>(std::move(node), write, [this] { return lag_->commit_ts(); });
}

ServiceHooks Drainer::hooks() {
  ServiceHooks hooks;
  hooks.refresh_pumps = [this] { return pumps_->refresh(); };
  hooks.status = [this] { return report(); };
  hooks.commit_ts = [this] { return lag_->commit_ts(); };
  hooks.begin_leaving = [this](State) { request_stop(); };
  return hooks;
}

StatusReport Drainer::report() const {
  std::vector<std::string> hold_ups = applier_->hold_ups();
  const std::vector<std::string> of_pumps = pumps_->hold_ups();
  hold_ups.insert(hold_ups.end(), of_pumps.begin(), of_pumps.end());
  return {pumps_->positions(), lag_->synced(), lag_->commit_ts(), std::move(hold_ups)};
}

Status Drainer::start() {
  rpc::ServerOptions options;
  options.tls = config_.tls;
  server_ = std::make_unique<rpc::Server>(options);
  add_service(*server_, *node_, hooks());
  TBL_TRY(server_->listen(config_.addr));
  TBL_TRY(node_->write().wrap("fail to register node to etcd"));
  registered_ = true;
  log_info("register success", {{"drainer node id", node_id_}});
  stream_->start([this](const Status& status) { fail(status); });
  pumps_->start();
  if (!config_.metrics_addr.empty() && config_.metrics_interval_s > 0) {
    metrics_push_ = std::make_unique<Periodic>(
        "metrics-push", std::chrono::seconds(config_.metrics_interval_s),
        [this] { (void)rpc::push_metrics(config_.metrics_addr, node_id_); });
  }
  node_->start_heartbeat([this](const Status& status) { fail(status); });
  TBL_TRY(server_->start());
  log_info("start to server request", {{"addr", config_.addr}});
  return ok_status();
}

Status Drainer::run() {
  if (Status status = start(); !status.ok()) fail(status);
  {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return leaving_; });
  }
  close();
  std::lock_guard lock(mutex_);
  return error_;
}

void Drainer::request_stop() {
  {
    std::lock_guard lock(mutex_);
    leaving_ = true;
  }
  changed_.notify_all();
}

void Drainer::fail(const Status& status) {
  {
    std::lock_guard lock(mutex_);
    if (error_.ok()) {
      error_ = status;
      log_error("drainer has to stop", {{"error", status}});
    }
    leaving_ = true;
  }
  changed_.notify_all();
}

void Drainer::write_state() {
  const std::string_view state = state_name(node_->state());
  if (Status status = node_->write(); !status.ok()) {
    log_error("update state failed", {{"NodeID", node_id_}, {"error", status}});
  } else {
    log_info("update state success", {{"NodeID", node_id_}, {"state", state}});
  }
}

void Drainer::close() {
  leaving_stop_.request_stop();
  metrics_push_.reset();
  node_->stop_heartbeat();
  node_->change(State::kOnline, State::kPausing);
  node_->set(node_->state() == State::kClosing ? State::kOffline : State::kPaused);
  // Pumps must know at once that nobody listens here, and at the end how far we came.
  if (registered_) write_state();
  pumps_->stop();
  stop_applier();
  if (registered_) write_state();
  server_->stop(1s);
  safe_point_.reset();
  log_info("drainer is closed", {{"commit ts", lag_->commit_ts()}});
}

/// Drains, with an eye on whether the downstream still moves.
void Drainer::stop_applier() {
  StopSource done;
  Thread watcher("drain-watch", [&] {
    // Parts of a large transaction are work, though the checkpoint waits for the last.
    auto progress = [this] { return std::pair(lag_->commit_ts(), lag_->last_work_ms()); };
    auto still = 0s;
    for (auto last = progress(); wait_for(done.get_token(), kDrainLogInterval);) {
      still = progress() == last ? still + kDrainLogInterval : 0s;
      last = progress();
      log_info("waiting for the downstream to take what was read", {{"commit ts", last.first}});
      if (still >= kDrainPatience) {
        log_warn("the downstream does not move, give up waiting", {{"commit ts", last.first}});
        applier_->abort();
      }
    }
  });
  stream_->stop();
  if (Status status = applier_->stop(); !status.ok()) fail(status);
  relay_ = nullptr;
  done.request_stop();
}

}  // namespace tbl::drainer
