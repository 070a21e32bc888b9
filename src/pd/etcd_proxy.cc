#include "pd/etcd_proxy.h"

#include <condition_variable>
#include <list>
#include <mutex>

#include "base/stop.h"
#include "proto/etcdserverpb.pb.h"

namespace tbl::pd {
namespace {

/// Bytes that wait for a slow client before etcd is held back, and where it may go on.
constexpr uint64_t kPauseAboveBytes = 1 << 20;
constexpr uint64_t kResumeBelowBytes = 1 << 19;
/// Bytes that wait for a slow etcd before the call is given up: requests cannot be held back.
constexpr uint64_t kRequestBytesMax = 64 << 20;
constexpr int64_t kLeastLeaseSeconds = 5;

rpc::CallOptions forwarded_options(const rpc::CallInfo& info) {
  rpc::CallOptions options;
  for (const auto& [name, value] : info.metadata) {
    const bool of_transport =
        name == "te" || name == "content-type" || name == "user-agent" || name.starts_with("grpc-");
    if (!of_transport) options.metadata.emplace_back(name, value);
  }
  return options;
}

}  // namespace

/// Holds etcd back while a client is slow, and lets it go on once the client has read. Its thread
/// sleeps while nobody is slow.
class EtcdProxy::Resumer {
 public:
  /// One forwarded call as the Resumer sees it; all under its mutex.
  struct Flow {
    rpc::ServerCallPtr client;
    rpc::AsyncCall* upstream = nullptr;  ///< null before the call is open and after it is closed
    bool paused = false;
  };

  Resumer() : thread_("etcd-resumer", [this] { run(); }) {}
  ~Resumer() {
    stop_.request_stop();
    thread_.join();
  }

  void open(Flow& flow, rpc::AsyncCall* upstream) {
    std::lock_guard lock(mutex_);
    flow.upstream = upstream;
  }
  void pause(Flow& flow) {
    {
      std::lock_guard lock(mutex_);
      if (flow.upstream == nullptr || flow.paused) return;
      flow.paused = true;
      flow.upstream->set_reading(false);
      paused_.push_back(&flow);
    }
    changed_.notify_all();
  }
  /// After it returned, neither the flow nor its upstream is used.
  void close(Flow& flow) {
    std::lock_guard lock(mutex_);
    flow.upstream = nullptr;
    paused_.remove(&flow);
  }

 private:
  void resume_ready() {
    for (auto it = paused_.begin(); it != paused_.end();) {
      Flow& flow = **it;
      if (flow.client->pending_bytes() >= kResumeBelowBytes) {
        ++it;
        continue;
      }
      flow.paused = false;
      flow.upstream->set_reading(true);
      it = paused_.erase(it);
    }
  }

  void run() {
    while (true) {
      rpc::ServerCallPtr slow;
      {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, stop_.get_token(), [this] { return !paused_.empty(); });
        if (stop_.stop_requested()) return;
        resume_ready();
        if (!paused_.empty()) slow = paused_.front()->client;
      }
      // The wait is short, since another client may be ready before this one.
      if (slow) slow->wait_writable(kResumeBelowBytes, std::chrono::milliseconds(20));
    }
  }

  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::list<Flow*> paused_;
  StopSource stop_;
  Thread thread_;
};

namespace {

/// One forwarded call: the client's events go to etcd, etcd's to the client.
class ForwardedCall : public rpc::CallHandler {
 public:
  ForwardedCall(rpc::Channel& etcd, EtcdProxy::Resumer& resumer, const rpc::ServerCallPtr& client)
      : resumer_(resumer), flow_{client} {
    upstream_ = etcd.open_async(client->info().path, std::make_unique<FromEtcd>(resumer, flow_),
                                forwarded_options(client->info()));
    resumer_.open(flow_, upstream_.get());
  }
  ~ForwardedCall() override {
    resumer_.close(flow_);
    upstream_.reset();  // before the flow that its callbacks use
  }

  void on_message(std::string message) override {
    if (upstream_->pending_bytes() + message.size() > kRequestBytesMax) {
      flow_.client->finish(resource_exhausted("etcd does not take requests fast enough"));
      return;
    }
    upstream_->send(std::move(message));
  }
  void on_half_close() override { upstream_->half_close(); }

 private:
  /// Runs on the channel's loop.
  class FromEtcd : public rpc::ClientHandler {
   public:
    FromEtcd(EtcdProxy::Resumer& resumer, EtcdProxy::Resumer::Flow& flow)
        : resumer_(resumer), flow_(flow) {}
    void on_message(std::string message) override {
      flow_.client->send(std::move(message));
      if (flow_.client->pending_bytes() > kPauseAboveBytes) resumer_.pause(flow_);
    }
    void on_over(const Status& status, const rpc::Metadata&) override {
      flow_.client->finish(status);
    }

   private:
    EtcdProxy::Resumer& resumer_;
    EtcdProxy::Resumer::Flow& flow_;
  };

  EtcdProxy::Resumer& resumer_;
  EtcdProxy::Resumer::Flow flow_;
  std::unique_ptr<rpc::AsyncCall> upstream_;
};

void grant_lease(rpc::Channel& etcd, const rpc::CallInfo& info, const std::string& request,
                 const rpc::UnaryReply& reply) {
  etcdserverpb::LeaseGrantRequest grant;
  if (!grant.ParseFromString(request)) {
    reply(internal_error("LeaseGrantRequest: cannot be parsed"), "");
    return;
  }
  if (grant.ttl() < kLeastLeaseSeconds) grant.set_ttl(kLeastLeaseSeconds);
  auto options = forwarded_options(info);
  options.timeout = std::chrono::seconds(10);
  auto answer = etcd.call(info.path, grant.SerializeAsString(), options);
  reply(answer.status(), answer.ok() ? std::move(answer).value() : std::string());
}

}  // namespace

EtcdProxy::EtcdProxy(std::shared_ptr<rpc::Channel> etcd)
    : etcd_(std::move(etcd)), resumer_(std::make_unique<Resumer>()) {}
EtcdProxy::~EtcdProxy() = default;

void EtcdProxy::register_methods(rpc::Server& server) {
  server.add_unary(
      "/etcdserverpb.Lease/LeaseGrant", rpc::Run::kPool,
      [this](const rpc::CallInfo& info, std::string request, const rpc::UnaryReply& reply) {
        grant_lease(*etcd_, info, request, reply);
      });
  for (const char* prefix : {"/etcdserverpb.", "/v3lockpb.", "/v3electionpb."}) {
    server.add_prefix(prefix, [this](const rpc::ServerCallPtr& call) {
      return std::make_unique<ForwardedCall>(*etcd_, *resumer_, call);
    });
  }
}

}  // namespace tbl::pd
