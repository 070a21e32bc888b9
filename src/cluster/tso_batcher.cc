#include "cluster/tso_batcher.h"

#include <semaphore>

#include "base/clock.h"
#include "base/log.h"
#include "proto/pdpb.pb.h"

namespace tbl::cluster {
namespace {

/// PD cannot give out more than 262143 at once.
constexpr size_t kMaxBatch = 10000;
constexpr std::chrono::milliseconds kRetryPause{50};

}  // namespace

struct TsoBatcher::Waiting {
  std::chrono::steady_clock::time_point deadline;
  Result<uint64_t> result = stopped_status();
  std::binary_semaphore ready{0};
};

TsoBatcher::TsoBatcher(PdLeader& leader)
    : leader_(leader),
      outer_stop_(leader.options().stop, [this] { stop_.request_stop(); }),
      thread_("pd-tso", [this] { run(); }) {}

TsoBatcher::~TsoBatcher() { stop_.request_stop(); }

Result<uint64_t> TsoBatcher::get() {
  Waiting mine;
  mine.deadline = std::chrono::steady_clock::now() + leader_.options().total_timeout;
  {
    std::lock_guard lock(mutex_);
    if (closed_) return stopped_status();
    waiting_.push_back(&mine);
  }
  wanted_.notify_one();
  mine.ready.acquire();
  return mine.result;
}

void TsoBatcher::run() {
  const StopToken stop = stop_.get_token();
  while (true) {
    const auto batch = take_batch();
    if (batch.empty()) break;
    const Status status = serve(batch);
    if (status.ok()) continue;
    const std::string failed = stream_address_;
    stream_.reset();
    give_up_expired(batch, status);
    if (!wait_for(stop, kRetryPause)) continue;
    if (const Status found = leader_.rediscover(failed); !found.ok()) {
      log_warn("no timestamps from PD", {{"error", status}, {"leader", found}});
    }
  }
  stream_.reset();
}

std::vector<TsoBatcher::Waiting*> TsoBatcher::take_batch() {
  std::unique_lock lock(mutex_);
  wanted_.wait(lock, stop_.get_token(), [this] { return !waiting_.empty(); });
  if (stop_.stop_requested()) {
    closed_ = true;
    for (Waiting* one : waiting_) one->ready.release();
    waiting_.clear();
    return {};
  }
  const size_t count = std::min(waiting_.size(), kMaxBatch);
  std::vector<Waiting*> batch(waiting_.begin(), waiting_.begin() + static_cast<ptrdiff_t>(count));
  waiting_.erase(waiting_.begin(), waiting_.begin() + static_cast<ptrdiff_t>(count));
  return batch;
}

Status TsoBatcher::serve(const std::vector<Waiting*>& batch) {
  TBL_ASSIGN(const Range range, fetch(static_cast<uint32_t>(batch.size())));
  uint64_t ts = range.first;
  for (Waiting* one : batch) {
    one->result = ts;
    ts += range.step;
    one->ready.release();
  }
  return ok_status();
}

void TsoBatcher::give_up_expired(const std::vector<Waiting*>& batch, const Status& why) {
  const auto now = std::chrono::steady_clock::now();
  std::vector<Waiting*> alive;
  for (Waiting* one : batch) {
    if (now < one->deadline) {
      alive.push_back(one);
    } else {
      one->result = why.wrap("get timestamp from PD");
      one->ready.release();
    }
  }
  std::lock_guard lock(mutex_);
  waiting_.insert(waiting_.begin(), alive.begin(), alive.end());
}

Result<TsoBatcher::Range> TsoBatcher::fetch(uint32_t count) {
  pdpb::TsoRequest request;
  request.mutable_header()->set_cluster_id(leader_.cluster_id());
  request.set_count(count);
  TBL_ASSIGN(const std::string message, exchange(request.SerializeAsString()));
  return check(message, count);
}

Result<std::string> TsoBatcher::exchange(std::string request) {
  if (!stream_ || stream_address_ != leader_.address()) {
    stream_address_ = leader_.address();
    stream_ = leader_.channel(stream_address_)->open("/pdpb.PD/Tso");
  }
  const std::stop_callback cancel(stop_.get_token(), [this] { stream_->cancel(); });
  TBL_TRY(stream_->send(std::move(request)));
  TBL_ASSIGN(auto message, stream_->receive_for(leader_.options().call_timeout));
  if (!message) return unavailable("PD closed the timestamp stream");
  return std::move(*message);
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
