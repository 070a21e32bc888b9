#include "cluster/region_call.h"

#include "base/log.h"
#include "cluster/region_convert.h"

namespace tbl::cluster {
namespace {

using Millis = std::chrono::milliseconds;

/// "No keyspace", as every client of the original sends it.
constexpr uint32_t kNoKeyspace = 0xffffffff;

/// Errors of the transport that another try can cure: a store that restarts, moves or hangs.
bool is_transient(const Status& status) {
  switch (status.code()) {
    case StatusCode::kUnavailable:
    case StatusCode::kDeadlineExceeded:
    case StatusCode::kUnknown:
    case StatusCode::kInternal:
    case StatusCode::kResourceExhausted:
    case StatusCode::kAborted:
      return true;
    case StatusCode::kCancelled:
      // Ours, by stop, never comes here; the store's own is its shutting down.
      return true;
    default:
      return false;
  }
}

Status to_status(const Region& region, const errorpb::Error& error) {
  return unavailable("region " + std::to_string(region.id) + ": " +
                     (error.message().empty() ? "region error" : error.message()));
}

}  // namespace

void RegionCalls::fill_context(const Region& region, kvrpcpb::Context* context) {
  context->set_region_id(region.id);
  context->mutable_region_epoch()->set_conf_ver(region.conf_ver);
  context->mutable_region_epoch()->set_version(region.version);
  context->mutable_peer()->set_id(region.leader.id);
  context->mutable_peer()->set_store_id(region.leader.store_id);
  context->set_keyspace_id(kNoKeyspace);
}

Result<RegionCalls::Outcome> RegionCalls::on_transport_error(const Region& region,
                                                             const Status& status,
                                                             Backoff& backoff) {
  if (options_.stop.stop_requested()) return stopped_status();
  if (!is_transient(status)) return status;
  log_debug("a store does not answer",
            {{"region", region.id}, {"store", region.leader.store_id}, {"error", status}});
  cache_.invalidate_store(region.leader.store_id);
  // A region with one peer has nobody else to ask, but PD may know that it moved.
  if (region.peers.size() > 1) {
    cache_.rotate_leader(region);
  } else {
    cache_.invalidate(region);
  }
  TBL_TRY(backoff.wait(status));
  return Outcome::kRelocate;
}

Result<RegionCalls::Outcome> RegionCalls::on_region_error(const Region& region,
                                                          const errorpb::Error& error,
                                                          Backoff& backoff) {
  const Status status = to_status(region, error);
  log_debug("region error", {{"store", region.leader.store_id}, {"error", status}});
  if (error.has_raft_entry_too_large()) return resource_exhausted(status.message());
  const Millis least(error.has_server_is_busy() ? error.server_is_busy().backoff_ms() : 0);
  if (learn(region, error)) {
    TBL_TRY(backoff.wait_a_little(status));
  } else {
    TBL_TRY(backoff.wait_at_least(status, least));
  }
  return Outcome::kRelocate;
}

bool RegionCalls::learn(const Region& region, const errorpb::Error& error) {
  if (error.has_not_leader()) {
    const uint64_t store = error.not_leader().leader().store_id();
    if (store != 0 && cache_.set_leader(region, store)) return true;
    cache_.invalidate(region);
    return false;
  }
  if (error.has_epoch_not_match()) return learn_epoch(region, error.epoch_not_match());
  // The same place, a little later.
  if (error.has_server_is_busy() || error.has_stale_command()) return false;
  if (error.has_store_not_match()) cache_.invalidate_store(region.leader.store_id);
  cache_.invalidate(region);
  return false;
}

bool RegionCalls::learn_epoch(const Region& region, const errorpb::EpochNotMatch& error) {
  std::vector<Region> current;
  for (const auto& one : error.current_regions()) {
    auto converted = to_region(one, metapb::Peer());
    // A store that lags behind PD describes the past: wait until it has caught up.
    const bool usable =
        converted.ok() && !(converted->id == region.id && (converted->version < region.version ||
                                                           converted->conf_ver < region.conf_ver));
    if (!usable) {
      cache_.invalidate(region);
      return false;
    }
    current.push_back(std::move(converted).value());
  }
  cache_.replace(region, std::move(current));
  return !error.current_regions().empty();
}

Result<RegionCalls::RegionPtr> RegionCalls::locate_with(
    const std::function<Result<RegionPtr>()>& find, Backoff& backoff) {
  while (true) {
    auto region = find();
    if (region.ok()) return region;
    const StatusCode code = region.status().code();
    const bool transient = code == StatusCode::kNotFound || code == StatusCode::kUnavailable ||
                           code == StatusCode::kDeadlineExceeded;
    if (!transient) return region;
    TBL_TRY(backoff.wait(region.status()));
  }
}

Result<RegionCalls::RegionPtr> RegionCalls::locate(Bytes key, Backoff& backoff) {
  return locate_with([&] { return cache_.locate(key); }, backoff);
}

Result<RegionCalls::RegionPtr> RegionCalls::locate_before(Bytes end, Backoff& backoff) {
  return locate_with([&] { return cache_.locate_before(end); }, backoff);
}

}  // namespace tbl::cluster
