#include "tidb/binlog/pump_client.h"

#include <atomic>
#include <unordered_map>

#include "base/log.h"
#include "cluster/node_status.h"
#include "tidb/binlog/finish_sender.h"
#include "tidb/binlog/pump_set.h"
#include "tidb/binlog/write_call.h"

namespace tbl::tidb {
namespace {

using Clock = std::chrono::steady_clock;
using Millis = std::chrono::milliseconds;

constexpr char kPumpsKey[] = "/tidb-binlog/v1/pumps/";
constexpr Millis kStartPoll{200};
constexpr Millis kLastFinishes{2000};

PumpStrategy strategy_of(const std::string& name) {
  if (name == "hash") return PumpStrategy::kHash;
  if (name != "range") log_warn("unknown binlog strategy, use range", {{"strategy", name}});
  return PumpStrategy::kRange;
}

std::string node_id_of(const std::string& key) { return key.substr(key.rfind('/') + 1); }

/// Nothing, with a warning, when the value is no node's status.
std::optional<cluster::NodeStatus> status_of(const cluster::EtcdKeyValue& kv) {
  auto status = cluster::NodeStatus::from_json(kv.value);
  if (!status.ok()) {
    log_warn("a pump's status cannot be read", {{"key", kv.key}, {"error", status.status()}});
    return std::nullopt;
  }
  status->node_id = node_id_of(kv.key);
  return *status;
}

bool is_too_large(const Status& status) {
  return status.code() == StatusCode::kResourceExhausted ||
         status.message().find("ResourceExhausted") != std::string::npos;
}

}  // namespace

class PumpClient::Impl {
 public:
  Impl(rpc::ClientRuntime& runtime, cluster::Etcd* etcd, PumpClientOptions options)
      : options_(std::move(options)),
        runtime_(runtime),
        etcd_(etcd),
        pumps_(strategy_of(options_.strategy), [this](auto& address) { return connect(address); }),
        finishes_(
            {options_.write_timeout, options_.finish_retry_interval, options_.finish_timeout}),
        outer_stop_(options_.stop, [this] { stop_.request_stop(); }) {}

  ~Impl() {
    // Pump would otherwise have to ask the store, which takes minutes.
    finishes_.drain(kLastFinishes);
    stop_.request_stop();
    watcher_.reset();
    prober_.join();
  }

  Status start() {
    if (!options_.socket.empty()) {
      cluster::NodeStatus local;
      local.node_id = "localPump";
      local.host = "unix:" + options_.socket;
      local.state = cluster::kStateOnline;
      pumps_.put(local);
    } else {
      TBL_TRY(find_pumps());
    }
    prober_ = Thread("pump-prober", [this] { probe(); });
    return ok_status();
  }

  /// The whole search for a pump that takes the request. `first`: the try under way.
  Status write(uint64_t start_ts, const std::string& request, PumpPtr first,
               std::unique_ptr<WaitedWrite> first_call) {
    const auto begin = Clock::now();
    Status last = unavailable("no available pump to write binlog");
    PumpPtr pump = std::move(first);
    std::unique_ptr<WaitedWrite> call = std::move(first_call);
    for (uint64_t tries = 1;; ++tries) {
      if (pump != nullptr) {
        last = finish_try(*pump, *call);
        if (last.ok()) remember(start_ts, pump);
        if (last.ok() || is_too_large(last) || stop_.stop_requested()) return last;
      }
      const bool time_over = Clock::now() - begin > options_.write_timeout;
      if (time_over && tries > pumps_.available_count()) break;
      if (!wait_for(stop_.get_token(), options_.retry_interval))
        return cancelled("context canceled");
      pump = pumps_.choose(start_ts, tries);
      if (pump != nullptr) call = start_write(*pump, request);
    }
    return try_all_online(start_ts, request, std::move(last));
  }

  std::unique_ptr<WaitedWrite> start_write(const Pump& pump, std::string request) {
    return std::make_unique<WaitedWrite>(*pump.channel, std::move(request), options_.write_timeout);
  }

  /// The error for the transaction, or ok when it may go on without its binlog.
  Status judge(Status status) {
    if (status.ok()) return status;
    if (is_too_large(status)) {
      // Nothing is wrong with the pumps, only with this transaction.
      return unknown_error("binlog data is too large (" + status.message() + ")");
    }
    if (stop_.stop_requested()) return cancelled("context canceled: " + status.message());
    ++critical_errors_;
    if (!options_.ignore_error) {
      log_error("no pump takes the binlog, the transaction fails", {{"error", status}});
      return unknown_error("critical error " + status.message());
    }
    if (!skipping_.exchange(true)) {
      log_error("no pump takes the binlog: binlogs are skipped until /binlog/recover is asked for",
                {{"error", status}});
    }
    return ok_status();
  }

  PumpPtr take_pump(uint64_t start_ts) {
    std::lock_guard lock(mutex_);
    auto it = takers_.find(start_ts);
    if (it == takers_.end()) return nullptr;
    PumpPtr pump = std::move(it->second);
    takers_.erase(it);
    return pump;
  }

  const PumpClientOptions options_;
  std::atomic<bool> skipping_{false};
  std::atomic<uint64_t> critical_errors_{0};

 private:
  friend class PumpClient;

  std::shared_ptr<rpc::Channel> connect(const std::string& address) {
    rpc::ChannelOptions options;
    options.tls = options_.tls;
    return runtime_.channel(address, options);
  }

  Status finish_try(const Pump& pump, WaitedWrite& call) {
    Status status = call.wait(stop_.get_token());
    if (status.ok()) {
      pumps_.succeeded(pump);
    } else if (!is_too_large(status) && !stop_.stop_requested()) {
      log_warn("write binlog failed", {{"node id", pump.node_id}, {"error", status}});
      pumps_.failed(pump);
    }
    return status;
  }

  /// The last resort: whoever calls itself online, with a fresh connection.
  Status try_all_online(uint64_t start_ts, const std::string& request, Status last) {
    for (const auto& known : pumps_.online()) {
      if (stop_.stop_requested()) break;
      const PumpPtr pump = pumps_.reconnected(*known);
      last = finish_try(*pump, *start_write(*pump, request));
      if (!last.ok()) continue;
      remember(start_ts, pump);
      return last;
    }
    return last;
  }

  void remember(uint64_t start_ts, PumpPtr pump) {
    std::lock_guard lock(mutex_);
    takers_[start_ts] = std::move(pump);
  }

  Result<cluster::EtcdRangeResult> list() {
    TBL_ASSIGN(auto listed, etcd_->get_prefix(kPumpsKey));
    std::vector<cluster::NodeStatus> statuses;
    for (const auto& kv : listed.kvs) {
      if (auto status = status_of(kv)) statuses.push_back(std::move(*status));
    }
    pumps_.replace(statuses);
    return listed;
  }

  Status find_pumps() {
    const auto deadline = Clock::now() + options_.start_timeout;
    while (true) {
      const auto listed = list();
      if (listed.ok() && !listed->kvs.empty()) {
        watcher_ = etcd_->watch(kPumpsKey, listed->revision + 1,
                                [this](const auto& batch) { on_change(batch); });
        return ok_status();
      }
      if (Clock::now() > deadline) {
        return listed.ok() ? not_found("no pump found in pd") : listed.status();
      }
      if (!wait_for(stop_.get_token(), kStartPoll)) return cancelled("context canceled");
    }
  }

  void on_change(const cluster::EtcdWatchBatch& batch) {
    if (batch.gap) {
      const auto listed = list();
      if (!listed.ok()) log_warn("list pumps failed", {{"error", listed.status()}});
      return;
    }
    for (const auto& event : batch.events) {
      if (event.removed) {
        pumps_.remove(node_id_of(event.kv.key));
      } else if (const auto status = status_of(event.kv)) {
        pumps_.put(*status);
      }
    }
  }

  void probe() {
    while (wait_for(stop_.get_token(), options_.probe_interval)) {
      for (const auto& pump : pumps_.lost()) {
        auto call = start_write(*pump, probe_request(options_.cluster_id));
        if (call->wait(stop_.get_token()).ok()) pumps_.succeeded(*pump);
      }
    }
  }

  rpc::ClientRuntime& runtime_;
  cluster::Etcd* etcd_;
  StopSource stop_;
  PumpSet pumps_;
  std::mutex mutex_;
  std::unordered_map<uint64_t, PumpPtr> takers_;  ///< start ts -> pump that has the prewrite
  FinishSender finishes_;
  std::unique_ptr<cluster::EtcdWatcher> watcher_;
  Thread prober_;
  std::stop_callback<std::function<void()>> outer_stop_;
};

namespace {

/// Nothing was sent: binlogs are being skipped.
class SkippedBinlog : public PendingBinlog {
 public:
  Status wait() override { return ok_status(); }
};

class SentBinlog : public PendingBinlog {
 public:
  using Wait = std::function<Status()>;
  explicit SentBinlog(Wait wait) : wait_(std::move(wait)) {}
  Status wait() override { return wait_(); }

 private:
  Wait wait_;
};

}  // namespace

PumpClient::PumpClient(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
PumpClient::~PumpClient() = default;

Result<std::unique_ptr<PumpClient>> PumpClient::start(rpc::ClientRuntime& runtime,
                                                      cluster::Etcd* etcd,
                                                      PumpClientOptions options) {
  auto impl = std::make_unique<Impl>(runtime, etcd, std::move(options));
  TBL_TRY(impl->start());
  return std::unique_ptr<PumpClient>(new PumpClient(std::move(impl)));
}

std::unique_ptr<PendingBinlog> PumpClient::prewrite(const BinlogRecord& record) {
  if (impl_->skipping_) return std::make_unique<SkippedBinlog>();
  struct State {
    std::string request;
    PumpPtr pump;
    std::unique_ptr<WaitedWrite> call;
  };
  auto state = std::make_shared<State>();
  state->request = prewrite_request(impl_->options_.cluster_id, record);
  state->pump = impl_->pumps_.choose(record.start_ts, 0);
  if (state->pump != nullptr) state->call = impl_->start_write(*state->pump, state->request);
  return std::make_unique<SentBinlog>([this, state, start_ts = record.start_ts] {
    return impl_->judge(
        impl_->write(start_ts, state->request, state->pump, std::move(state->call)));
  });
}

void PumpClient::finish(const BinlogRecord& record, uint64_t commit_ts) {
  PumpPtr pump = impl_->take_pump(record.start_ts);
  if (pump == nullptr) {
    if (!impl_->skipping_ && commit_ts > 0) {
      log_warn("no pump has the prewrite of this finish binlog", {{"start ts", record.start_ts}});
    }
    return;
  }
  impl_->finishes_.send(std::move(pump), record.start_ts,
                        finish_request(impl_->options_.cluster_id, record, commit_ts));
}

bool PumpClient::is_skipping() const { return impl_->skipping_; }
void PumpClient::recover() {
  if (impl_->skipping_.exchange(false)) log_info("binlogs are written again", {});
}
uint64_t PumpClient::critical_errors() const { return impl_->critical_errors_; }
bool PumpClient::drain(std::chrono::milliseconds timeout) {
  return impl_->finishes_.drain(timeout);
}

}  // namespace tbl::tidb
