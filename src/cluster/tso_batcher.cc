#include "cluster/tso_batcher.h"

#include <algorithm>
#include <condition_variable>
#include <optional>

#include "base/clock.h"
#include "proto/pdpb.pb.h"

namespace tbl::cluster {
namespace {

/// PD cannot give out more than 262143 at once.
constexpr size_t kMaxBatch = 10000;
constexpr std::chrono::milliseconds kRetryPause{50};

}  // namespace

/// On the stack of the thread that waits; guarded by the batcher's mutex.
struct TsoBatcher::Waiting {
  std::chrono::steady_clock::time_point deadline;
  std::optional<Result<uint64_t>> result;
  std::condition_variable changed;

  void end(Result<uint64_t> with) {
    result = std::move(with);
    changed.notify_one();
  }
};

Result<uint64_t> TsoBatcher::get() {
  Waiting mine;
  mine.deadline = std::chrono::steady_clock::now() + leader_.options().total_timeout;
  std::unique_lock lock(mutex_);
  waiting_.push_back(&mine);
  while (!mine.result) {
    if (asking_) {
      mine.changed.wait(lock);
    } else {
      ask_for_all(lock);
    }
  }
  // One of those who came meanwhile asks next.
  if (!asking_ && !waiting_.empty()) waiting_.front()->changed.notify_one();
  return std::move(*mine.result);
}

void TsoBatcher::ask_for_all(std::unique_lock<std::mutex>& lock) {
  asking_ = true;
  const auto batch = take_batch();
  lock.unlock();
  const std::string address = leader_.address();
  auto range = fetch(address, static_cast<uint32_t>(batch.size()));
  lock.lock();
  if (range.ok()) {
    give_out(batch, *range);
  } else {
    put_off(batch, range.status());
    if (!waiting_.empty()) {
      lock.unlock();
      look_for_leader(address, range.status());
      lock.lock();
    }
  }
  asking_ = false;
}

std::vector<TsoBatcher::Waiting*> TsoBatcher::take_batch() {
  const auto count = static_cast<ptrdiff_t>(std::min(waiting_.size(), kMaxBatch));
  std::vector<Waiting*> batch(waiting_.begin(), waiting_.begin() + count);
  waiting_.erase(waiting_.begin(), waiting_.begin() + count);
  return batch;
}

void TsoBatcher::give_out(const std::vector<Waiting*>& batch, const Range& range) {
  uint64_t ts = range.first;
  for (Waiting* one : batch) {
    one->end(ts);
    ts += range.step;
  }
}

void TsoBatcher::put_off(const std::vector<Waiting*>& batch, const Status& why) {
  const auto now = std::chrono::steady_clock::now();
  const bool stopped = leader_.options().stop.stop_requested();
  std::vector<Waiting*> alive;
  for (Waiting* one : batch) {
    if (stopped) {
      one->end(stopped_status());
    } else if (now >= one->deadline) {
      one->end(why.wrap("get timestamp from PD"));
    } else {
      alive.push_back(one);
    }
  }
  waiting_.insert(waiting_.begin(), alive.begin(), alive.end());
}

void TsoBatcher::look_for_leader(const std::string& failed, const Status& why) {
  if (!wait_for(leader_.options().stop, kRetryPause)) return;
  if (const Status found = leader_.rediscover(failed); !found.ok() && warning_due_.due()) {
    log_warn("no timestamps from PD", {{"error", why}, {"leader", found}});
  }
}

Result<TsoBatcher::Range> TsoBatcher::fetch(const std::string& address, uint32_t count) {
  pdpb::TsoRequest request;
  request.mutable_header()->set_cluster_id(leader_.cluster_id());
  request.set_count(count);
  const PdOptions& options = leader_.options();
  // A stream method, whose stream ends after its one answer.
  TBL_ASSIGN(const std::string message,
             leader_.direct_channel(address)->call("/pdpb.PD/Tso", request.SerializeAsString(),
                                                   options.call_timeout, options.stop));
  return check(message, count);
}

Result<TsoBatcher::Range> TsoBatcher::check(const std::string& message, uint32_t count) {
  pdpb::TsoResponse response;
  if (!response.ParseFromString(message)) return internal_error("PD: bad TsoResponse");
  if (response.header().error().type() != pdpb::OK) {
    return unknown_error(response.header().error().message());
  }
  if (response.count() != count) {
    return unknown_error("[pd] tso length in rpc response is incorrect");
  }
  const auto& highest = response.timestamp();
  const uint64_t last = make_tso(highest.physical(), static_cast<uint64_t>(highest.logical()));
  const uint32_t suffix_bits = highest.suffix_bits();
  const uint64_t span = static_cast<uint64_t>(count - 1) << std::min(suffix_bits, 31U);
  if (highest.physical() < 0 || highest.logical() < 0 || suffix_bits >= kTsoLogicalBits ||
      span > last || last - span <= last_ts_) {
    return unknown_error("PD: timestamp fell back: " + std::to_string(last) + " for " +
                         std::to_string(count) + " after " + std::to_string(last_ts_));
  }
  last_ts_ = last;
  return Range{.first = last - span, .step = uint64_t{1} << suffix_bits};
}

}  // namespace tbl::cluster
