#include "cluster/etcd_watch.h"

#include "base/log.h"
#include "cluster/etcd_convert.h"
#include "proto/etcdserverpb.pb.h"

namespace tbl::cluster {
namespace {

constexpr std::chrono::milliseconds kReconnectPause{500};
constexpr int kTriesPerLine = 20;

}  // namespace

EtcdWatchThread::EtcdWatchThread(EtcdCalls& calls, std::string prefix, int64_t from_revision,
                                 Handler handler)
    : calls_(calls),
      prefix_(std::move(prefix)),
      handler_(std::move(handler)),
      next_revision_(from_revision),
      outer_stop_(calls.options().stop, [this] { stop_.request_stop(); }),
      thread_("etcd-watch", [this] { run(); }) {}

EtcdWatchThread::~EtcdWatchThread() { stop_.request_stop(); }

void EtcdWatchThread::run() {
  for (int failures = 0; !stop_.stop_requested();) {
    const auto channel = calls_.channel();
    bool got_anything = false;
    const Status status = watch_once(*channel, &got_anything);
    if (stop_.stop_requested()) return;
    if (got_anything) failures = 0;
    if (failures++ % kTriesPerLine == 0) {
      log_warn("etcd watch was interrupted, watching again",
               {{"prefix", prefix_}, {"revision", next_revision_}, {"error", status}});
    }
    calls_.failed(channel->address());
    if (!got_anything && !wait_for(stop_.get_token(), kReconnectPause)) return;
  }
}

Status EtcdWatchThread::watch_once(rpc::Channel& channel, bool* got_anything) {
  auto stream = channel.open("/etcdserverpb.Watch/Watch");
  etcdserverpb::WatchRequest request;
  auto* create = request.mutable_create_request();
  create->set_key(prefix_);
  create->set_range_end(etcd_prefix_end(prefix_));
  create->set_start_revision(next_revision_);
  TBL_TRY(stream->send(request.SerializeAsString()));
  while (true) {
    TBL_ASSIGN(auto message, stream->receive(stop_.get_token()));
    if (!message) return unavailable("etcd closed the watch");
    etcdserverpb::WatchResponse response;
    if (!response.ParseFromString(*message)) return internal_error("bad watch response");
    *got_anything = true;
    TBL_TRY(on_response(response));
  }
}

Status EtcdWatchThread::on_response(const etcdserverpb::WatchResponse& response) {
  const int64_t revision = response.header().revision();
  if (response.compact_revision() > 0) {
    next_revision_ = response.compact_revision();
    handler_({.revision = revision, .gap = true, .events = {}});
    return unavailable("etcd has compacted the revisions to be watched");
  }
  if (response.canceled())
    return unavailable("etcd cancelled the watch: " + response.cancel_reason());
  EtcdWatchBatch batch{.revision = revision, .gap = false, .events = {}};
  for (const auto& event : response.events()) {
    batch.events.push_back(
        {.removed = event.type() == mvccpb::Event::DELETE, .kv = to_key_value(event.kv())});
  }
  // All events of a revision come in one batch (fragments only come when asked for).
  if (!batch.events.empty()) {
    next_revision_ = batch.events.back().kv.mod_revision + 1;
    handler_(batch);
  } else if (response.created() && next_revision_ == 0) {
    next_revision_ = revision + 1;
  }
  return ok_status();
}

}  // namespace tbl::cluster
