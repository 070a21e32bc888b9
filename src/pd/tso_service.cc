#include "pd/tso_service.h"

#include <deque>

#include "pd/election.h"
#include "proto/pdpb.pb.h"

namespace tbl::pd {
namespace {

constexpr int kTriesMax = 10;
constexpr char kGenerateFailed[] = "[PD:tso:ErrGenerateTimestamp]generate timestamp failed, ";

Status check(const MethodGuard& guard, const pdpb::TsoRequest& request) {
  TBL_TRY(guard.check(request.header()));
  const std::string& dc = request.dc_location();
  if (!dc.empty() && dc != "global") {
    return unknown_error("[PD:tso:ErrGetAllocator]get allocator failed, " + dc +
                         " allocator not found, generate timestamp failed");
  }
  if (request.count() == 0) {
    return unknown_error(std::string(kGenerateFailed) + "tso count should be positive");
  }
  return ok_status();
}

}  // namespace

/// One client's requests, in order. Its events come on a loop, retries from the updating thread.
class TsoService::Stream : public std::enable_shared_from_this<TsoService::Stream> {
 public:
  Stream(TsoService& service, rpc::ServerCallPtr call)
      : service_(service), call_(std::move(call)) {}

  void on_message(const std::string& message) {
    pdpb::TsoRequest request;
    if (!request.ParseFromString(message)) {
      return call_->finish(internal_error("TsoRequest: cannot be parsed"));
    }
    if (const Status status = check(service_.guard_, request); !status.ok()) {
      return call_->finish(status);
    }
    std::lock_guard lock(mutex_);
    if (waiting_.empty() && answer(request.count())) return;
    waiting_.push_back(request.count());
    if (waiting_.size() == 1) wait_for_update();
  }

  void on_half_close() {
    std::lock_guard lock(mutex_);
    half_closed_ = true;
    if (waiting_.empty()) call_->finish(ok_status());
  }

  void retry() {
    std::lock_guard lock(mutex_);
    while (!waiting_.empty() && answer(waiting_.front())) {
      waiting_.pop_front();
      tries_ = 0;
    }
    if (waiting_.empty()) {
      if (half_closed_) call_->finish(ok_status());
      return;
    }
    if (++tries_ >= kTriesMax) {
      waiting_.clear();
      call_->finish(unknown_error(std::string(kGenerateFailed) +
                                  "generate global tso maximum number of retries exceeded"));
      return;
    }
    wait_for_update();
  }

 private:
  bool answer(uint32_t count) {
    const uint64_t term = service_.guard_.leading_term();
    const auto ts = service_.allocator_.allocate(count);
    // Another PD may have given out later ones, unless we have led all the while.
    if (term == 0 || service_.guard_.leading_term() != term) {
      call_->finish(not_leader());
      return true;
    }
    if (!ts) return false;
    pdpb::TsoResponse response;
    response.mutable_header()->set_cluster_id(service_.guard_.cluster_id());
    response.set_count(count);
    response.mutable_timestamp()->set_physical(ts->physical_ms);
    response.mutable_timestamp()->set_logical(ts->logical);
    call_->send(response.SerializeAsString());
    return true;
  }

  void wait_for_update() {
    std::lock_guard lock(service_.mutex_);
    service_.waiting_.push_back(weak_from_this());
  }

  TsoService& service_;
  rpc::ServerCallPtr call_;
  std::mutex mutex_;
  std::deque<uint32_t> waiting_;  ///< counts asked for
  int tries_ = 0;                 ///< of the first one that waits
  bool half_closed_ = false;
};

namespace {

class TsoHandler : public rpc::CallHandler {
 public:
  explicit TsoHandler(std::shared_ptr<TsoService::Stream> stream) : stream_(std::move(stream)) {}
  void on_message(std::string message) override { stream_->on_message(message); }
  void on_half_close() override { stream_->on_half_close(); }

 private:
  std::shared_ptr<TsoService::Stream> stream_;  ///< shared with a retry that is running
};

}  // namespace

void TsoService::register_methods(rpc::Server& server) {
  server.add_stream("/pdpb.PD/Tso", [this](rpc::ServerCallPtr call) {
    streams_.add(call);
    return std::make_unique<TsoHandler>(std::make_shared<Stream>(*this, std::move(call)));
  });
}

void TsoService::retry_waiting() {
  std::vector<std::weak_ptr<Stream>> waiting;
  {
    std::lock_guard lock(mutex_);
    waiting.swap(waiting_);
  }
  for (const auto& weak : waiting) {
    if (const auto stream = weak.lock()) stream->retry();
  }
}

}  // namespace tbl::pd
