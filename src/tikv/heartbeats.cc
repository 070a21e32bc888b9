#include "tikv/heartbeats.h"

#include "base/clock.h"
#include "base/env.h"
#include "base/log.h"
#include "proto/kvrpcpb.pb.h"
#include "proto/pdpb.pb.h"
#include "tikv/mvcc/commands.h"
#include "tikv/region.h"

namespace tbl::tikv {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kStoreInterval(10000);
constexpr milliseconds kRegionInterval(60000);
constexpr milliseconds kSafePointInterval(10000);
constexpr milliseconds kRetryDelay(500);

uint64_t data_bytes(const Engine& engine) {
  return engine.property("rocksdb.total-sst-files-size") +
         engine.property("rocksdb.cur-size-all-mem-tables");
}

}  // namespace

Heartbeats::Heartbeats(Store& store, PdSession& pd, const Identity& identity,
                       const Options& options)
    : store_(store),
      pd_(pd),
      identity_(identity),
      options_(options),
      start_s_(system_clock().unix_ms() / 1000),
      store_thread_("store-beat", [this] { beat_store(); }),
      region_thread_("region-beat", [this] { beat_region(); }),
      gc_thread_("gc", [this] { collect_garbage(); }) {}

Heartbeats::~Heartbeats() { stop_.request_stop(); }

void Heartbeats::beat_store() {
  LogEvery failure(10000);
  while (!stop_.stop_requested()) {
    const Status status = send_store();
    if (!status.ok() && !pd_.stop().stop_requested() && failure.due()) {
      log_warn("store heartbeat failed", {{"error", status}});
    }
    wait_for(stop_.get_token(), status.ok() ? kStoreInterval : kRetryDelay);
  }
}

Status Heartbeats::send_store() {
  pdpb::StoreHeartbeatRequest request;
  request.mutable_header()->set_cluster_id(pd_.cluster_id());
  auto* stats = request.mutable_stats();
  stats->set_store_id(identity_.store_id);
  TBL_ASSIGN(const auto space, posix_env().disk_space(options_.data_dir));
  const uint64_t used = data_bytes(store_.engine);
  const uint64_t capacity =
      options_.capacity_bytes == 0 ? space.capacity_bytes : options_.capacity_bytes;
  stats->set_capacity(capacity);
  stats->set_available(std::min(space.available_bytes, capacity > used ? capacity - used : 0));
  stats->set_used_size(used);
  stats->set_region_count(1);
  stats->set_start_time(static_cast<uint32_t>(start_s_));
  const auto now_s = static_cast<uint64_t>(system_clock().unix_ms() / 1000);
  stats->mutable_interval()->set_start_timestamp(now_s - kStoreInterval.count() / 1000);
  stats->mutable_interval()->set_end_timestamp(now_s);
  pdpb::StoreHeartbeatResponse response;
  return pd_.call("StoreHeartbeat", request, &response);
}

void Heartbeats::beat_region() {
  LogEvery failure(10000);
  while (!stop_.stop_requested()) {
    const Status status = run_region_stream();
    if (!stop_.stop_requested() && failure.due()) {
      log_warn("region heartbeat stream ended, opening it again", {{"error", status}});
    }
    wait_for(stop_.get_token(), kRetryDelay);
  }
}

Status Heartbeats::run_region_stream() {
  TBL_ASSIGN(const auto stream, pd_.open("RegionHeartbeat"));
  // Wakes the receive() below, which knows no stop but through its stream.
  const std::stop_callback cancel(stop_.get_token(), [&stream] { stream->cancel(); });
  pdpb::RegionHeartbeatRequest request;
  request.mutable_header()->set_cluster_id(pd_.cluster_id());
  *request.mutable_region() = identity_.region;
  *request.mutable_leader() = identity_.region.peers(0);
  request.set_term(LocalRegion::kTerm);
  while (true) {
    request.set_approximate_size(std::max<uint64_t>(data_bytes(store_.engine) >> 20, 1));
    request.set_approximate_keys(store_.engine.property("rocksdb.estimate-num-keys"));
    TBL_TRY(stream->send(request.SerializeAsString()));
    auto order = stream->receive_for(kRegionInterval);
    if (order.ok() && !*order) return unavailable("PD closed the stream");
    // A single store has nothing to do for PD; the silence that comes instead is no error.
    if (!order.ok() && order.status().code() != StatusCode::kDeadlineExceeded) {
      return std::move(order).status();
    }
  }
}

void Heartbeats::collect_garbage() {
  while (wait_for(stop_.get_token(), kSafePointInterval)) {
    const Status status = collect_up_to_safe_point();
    if (!status.ok()) log_warn("garbage collection failed", {{"error", status}});
  }
}

Status Heartbeats::collect_up_to_safe_point() {
  pdpb::GetGCSafePointRequest request;
  request.mutable_header()->set_cluster_id(pd_.cluster_id());
  pdpb::GetGCSafePointResponse response;
  TBL_TRY(pd_.call("GetGCSafePoint", request, &response));
  if (response.safe_point() <= collected_) return ok_status();
  kvrpcpb::GCRequest collect;
  collect.set_safe_point(response.safe_point());
  kvrpcpb::GCResponse done;
  TBL_TRY(gc(store_, collect, &done));
  collected_ = response.safe_point();
  log_info("garbage collected", {{"safe point", collected_}});
  return ok_status();
}

}  // namespace tbl::tikv
