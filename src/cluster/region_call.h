// One request to one region, and what its failure means for the next try. Inside of tikv*.cc only.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "cluster/backoff.h"
#include "cluster/call.h"
#include "cluster/region_cache.h"
#include "cluster/tikv.h"
#include "proto/kvrpcpb.pb.h"

namespace tbl::cluster {

/// Any thread. Does not own the PD client.
class RegionCalls {
 public:
  using RegionPtr = RegionCache::RegionPtr;

  /// How a try ended, when it is not an error for good.
  enum class Outcome : uint8_t {
    kDone,      ///< the store has executed the request
    kRelocate,  ///< the waiting is done: locate the keys anew and send again
  };

  RegionCalls(PdClient& pd, const TikvOptions& options)
      : pd_(pd), cache_(pd), channels_(options.tls), options_(options) {}

  /// Sends `request` (its context is filled here) to the region's leader. A transport error or a
  /// region error corrects the cache, waits and gives kRelocate; when the waiting is over, the
  /// error. `maybe_done`, if given, is set when a store may have executed it without our hearing of
  /// it.
  template <typename Request, typename Response>
  Result<Outcome> send(const std::string& method, const RegionPtr& region, Request& request,
                       Response* response, Backoff& backoff, bool* maybe_done = nullptr) {
    fill_context(*region, request.mutable_context());
    response->Clear();
    const auto address = cache_.store_address(region->leader.store_id);
    if (!address.ok()) return on_transport_error(*region, address.status(), backoff);
    const Status status = call(*channels_.get(*address), "/tikvpb.Tikv/" + method, request,
                               response, {backoff.left(options_.call_timeout), options_.stop});
    if (!status.ok()) {
      if (maybe_done != nullptr && !surely_not_sent(status)) *maybe_done = true;
      return on_transport_error(*region, status, backoff);
    }
    if (response->has_region_error()) {
      return on_region_error(*region, response->region_error(), backoff);
    }
    return Outcome::kDone;
  }

  /// send() to where `key` is, until it is done.
  template <typename Request, typename Response>
  Status send_to_key(const std::string& method, Bytes key, Request& request, Response* response,
                     Backoff& backoff) {
    while (true) {
      TBL_ASSIGN(const RegionPtr region, locate(key, backoff));
      TBL_ASSIGN(const Outcome outcome, send(method, region, request, response, backoff));
      if (outcome == Outcome::kDone) return ok_status();
    }
  }

  /// One try at a store that is asked as a whole, without a region.
  template <typename Request, typename Response>
  Status send_to_store(const std::string& method, const std::string& address,
                       const Request& request, Response* response) {
    return call(*channels_.get(address), "/tikvpb.Tikv/" + method, request, response,
                {options_.total_timeout, options_.stop});
  }

  /// RegionCache::locate(), repeated while PD does not know or does not answer.
  Result<RegionPtr> locate(Bytes key, Backoff& backoff);
  Result<RegionPtr> locate_before(Bytes end, Backoff& backoff);

  Backoff backoff() const { return {options_.total_timeout, options_.stop}; }
  PdClient& pd() { return pd_; }
  RegionCache& cache() { return cache_; }

 private:
  static void fill_context(const Region& region, kvrpcpb::Context* context);
  Result<Outcome> on_transport_error(const Region& region, const Status& status, Backoff& backoff);
  Result<Outcome> on_region_error(const Region& region, const errorpb::Error& error,
                                  Backoff& backoff);
  /// True: the cache knows better now, so the next try need not wait.
  bool learn(const Region& region, const errorpb::Error& error);
  bool learn_epoch(const Region& region, const errorpb::EpochNotMatch& error);
  Result<RegionPtr> locate_with(const std::function<Result<RegionPtr>()>& find, Backoff& backoff);

  PdClient& pd_;
  RegionCache cache_;
  DirectChannelPool channels_;
  const TikvOptions options_;
};

/// Keys of one request must be of one region: `key_of(item)` sorts items to regions, `take` gets
/// the items of one region at a time, and returns those that have to be tried again.
template <typename Item, typename KeyOf, typename Take>
Status for_each_region(RegionCalls& calls, std::vector<Item> items, Backoff& backoff, KeyOf key_of,
                       Take take) {
  while (!items.empty()) {
    std::vector<Item> again;
    for (size_t begin = 0; begin < items.size();) {
      TBL_ASSIGN(const auto region, calls.locate(key_of(items[begin]), backoff));
      size_t end = begin + 1;
      while (end < items.size() && region->contains(key_of(items[end]))) ++end;
      std::vector<Item> group(
          std::make_move_iterator(items.begin() + static_cast<ptrdiff_t>(begin)),
          std::make_move_iterator(items.begin() + static_cast<ptrdiff_t>(end)));
      TBL_ASSIGN(auto rest, take(region, std::move(group)));
      std::move(rest.begin(), rest.end(), std::back_inserter(again));
      begin = end;
    }
    items = std::move(again);
  }
  return ok_status();
}

}  // namespace tbl::cluster
