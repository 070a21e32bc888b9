#include "tikv/heartbeats.h"

#include <algorithm>
#include <random>

#include "base/clock.h"
#include "base/env.h"
#include "base/log.h"
#include "proto/pdpb.pb.h"

namespace tbl::tikv {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kStoreInterval(10000);
constexpr milliseconds kRegionInterval(60000);
constexpr milliseconds kRetryDelay(500);

uint64_t data_bytes(const Engine& engine) {
  return engine.property("rocksdb.total-sst-files-size") +
         engine.property("rocksdb.cur-size-all-mem-tables");
}

/// A message or the end of the stream of region heartbeats.
class StreamEnd : public rpc::ClientHandler {
 public:
  struct Shared {
    StopSource over;
    std::mutex mutex;
    Status why;
  };
  explicit StreamEnd(std::shared_ptr<Shared> shared) : shared_(std::move(shared)) {}
  /// Orders for a store that places its regions itself.
  void on_message(std::string) override {}
  void on_over(const Status& status, const rpc::Metadata&) override {
    {
      std::lock_guard lock(shared_->mutex);
      shared_->why = status.ok() ? unavailable("PD closed the stream") : status;
    }
    shared_->over.request_stop();
  }

 private:
  const std::shared_ptr<Shared> shared_;  ///< with the thread that sends
};

}  // namespace

/// One stream's life: sends what PD does not know yet.
class Heartbeats::RegionStream {
 public:
  RegionStream(const Parts& parts, uint64_t store_id, rpc::AsyncCall& call)
      : parts_(parts), store_id_(store_id), call_(call) {
    request_.mutable_header()->set_cluster_id(parts.pd.cluster_id());
  }

  void send_changed() {
    const auto led = parts_.regions.led_by(store_id_);
    std::map<uint64_t, RegionPtr> told;
    for (const auto& region : led) {
      if (told_[region->meta.id()] != region) send(*region, led.size());
      told[region->meta.id()] = region;
    }
    told_ = std::move(told);
  }
  void forget() { told_.clear(); }

 private:
  void send(const Region& region, size_t regions) {
    const Engine& engine = parts_.store.engine;
    const uint64_t share = std::max<size_t>(regions, 1);
    *request_.mutable_region() = region.meta;
    *request_.mutable_leader() = region.leader;
    request_.set_term(region.term);
    request_.set_approximate_size(std::max<uint64_t>((data_bytes(engine) >> 20) / share, 1));
    request_.set_approximate_keys(engine.property("rocksdb.estimate-num-keys") / share);
    call_.send(request_.SerializeAsString());
  }

  const Parts& parts_;
  const uint64_t store_id_;
  rpc::AsyncCall& call_;
  pdpb::RegionHeartbeatRequest request_;
  std::map<uint64_t, RegionPtr> told_;
};

Heartbeats::Heartbeats(Parts parts, uint64_t store_id)
    : parts_(parts),
      store_id_(store_id),
      start_s_(system_clock().unix_ms() / 1000),
      store_thread_("store-beat", [this] { beat_store(); }),
      region_thread_("region-beat", [this] { beat_regions(); }) {}

Heartbeats::~Heartbeats() { stop_.request_stop(); }

void Heartbeats::beat_store() {
  LogEvery failure(10000);
  while (!stop_.stop_requested()) {
    const Status status = send_store();
    if (!status.ok() && !parts_.pd.stop().stop_requested() && failure.due()) {
      log_warn("store heartbeat failed", {{"store", store_id_}, {"error", status}});
    }
    wait_for(stop_.get_token(), status.ok() ? kStoreInterval : kRetryDelay);
  }
}

Status Heartbeats::send_store() {
  const Options& options = parts_.options;
  pdpb::StoreHeartbeatRequest request;
  request.mutable_header()->set_cluster_id(parts_.pd.cluster_id());
  auto* stats = request.mutable_stats();
  stats->set_store_id(store_id_);
  TBL_ASSIGN(const auto space, posix_env().disk_space(options.data_dir));
  const uint64_t used = data_bytes(parts_.store.engine);
  const uint64_t capacity =
      options.capacity_bytes == 0 ? space.capacity_bytes : options.capacity_bytes;
  stats->set_capacity(capacity);
  stats->set_available(std::min(space.available_bytes, capacity > used ? capacity - used : 0));
  stats->set_used_size(used);
  stats->set_region_count(static_cast<uint32_t>(parts_.regions.all().size()));
  stats->set_start_time(static_cast<uint32_t>(start_s_));
  const auto now_s = static_cast<uint64_t>(system_clock().unix_ms() / 1000);
  stats->mutable_interval()->set_start_timestamp(now_s - kStoreInterval.count() / 1000);
  stats->mutable_interval()->set_end_timestamp(now_s);
  pdpb::StoreHeartbeatResponse response;
  return parts_.pd.call("StoreHeartbeat", request, &response);
}

void Heartbeats::beat_regions() {
  LogEvery failure(10000);
  while (!stop_.stop_requested()) {
    const Status status = run_region_stream();
    parts_.pd.forget_leader();
    if (!stop_.stop_requested() && failure.due()) {
      log_warn("region heartbeat stream ended, opening it again",
               {{"store", store_id_}, {"error", status}});
    }
    wait_for(stop_.get_token(), kRetryDelay);
  }
}

Status Heartbeats::run_region_stream() {
  const auto end = std::make_shared<StreamEnd::Shared>();
  TBL_ASSIGN(const auto call, parts_.pd.open("RegionHeartbeat", std::make_unique<StreamEnd>(end)));
  const std::stop_callback stop(stop_.get_token(), [&end] { end->over.request_stop(); });
  const StopToken over = end->over.get_token();
  RegionStream stream(parts_, store_id_, *call);
  std::minstd_rand random{std::random_device{}()};
  const auto delay_max = parts_.options.unrest.report_delay.count();
  while (!over.stop_requested()) {
    const uint64_t seen = parts_.regions.changes();
    stream.send_changed();
    if (!parts_.regions.wait_for_change(seen, over, kRegionInterval)) {
      stream.forget();
    } else if (delay_max > 0) {
      wait_for(over, milliseconds(std::uniform_int_distribution<int64_t>(0, delay_max)(random)));
    }
  }
  std::lock_guard lock(end->mutex);
  return end->why;
}

}  // namespace tbl::tikv
