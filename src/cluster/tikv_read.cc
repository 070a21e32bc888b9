#include <algorithm>

#include "cluster/key_error.h"
#include "cluster/tikv_impl.h"

namespace tbl::cluster {
namespace {

using Outcome = RegionCalls::Outcome;

/// Pairs asked for in one request of a scan.
constexpr size_t kScanBatch = 256;

/// Above every key that TiDB makes ('m' and 't' lead them), since an empty upper bound of a reverse
/// scan means nothing to TiKV.
std::string above_all_keys() { return std::string(64, '\xff'); }

/// One read at one ts: what it has learnt about locks, and its tries.
class Reading {
 public:
  Reading(TikvClient::Impl& impl, uint64_t ts)
      : impl_(impl), ts_(ts), backoff_(impl.calls.backoff()) {}

  RegionCalls& calls() { return impl_.calls; }
  Backoff& backoff() { return backoff_; }

  /// Fields that every read request has.
  template <typename Request>
  Request request() const {
    Request request;
    request.set_version(ts_);
    for (const uint64_t ts : pushed_) request.mutable_context()->add_resolved_locks(ts);
    return request;
  }

  /// Ok: the read may be tried again.
  Status cure(const kvrpcpb::KeyError& error) {
    if (!error.has_locked()) {
      const Status status = to_status(error);
      return error.retryable().empty() ? status : backoff_.wait(status);
    }
    TBL_ASSIGN(const bool clear, impl_.locks.resolve({error.locked()}, ts_, &pushed_, backoff_));
    return clear ? ok_status() : backoff_.wait(lock_status(error.locked()));
  }

 private:
  TikvClient::Impl& impl_;
  const uint64_t ts_;
  Backoff backoff_;
  std::vector<uint64_t> pushed_;
};

/// A scan in progress: what is left of the range, and what was found.
struct ScanState {
  std::string start;
  std::string end;
  size_t limit;
  std::vector<KvPair> found;
  bool done() const { return found.size() >= limit || (!end.empty() && start >= end); }
};

/// Adds the pairs up to the first that is locked; the range shrinks to what is left.
Status take_pairs(kvrpcpb::ScanResponse& response, bool reverse, Reading& reading,
                  ScanState* state) {
  Status status;
  const size_t before = state->found.size();
  for (auto& pair : *response.mutable_pairs()) {
    if (pair.has_error()) {
      status = reading.cure(pair.error());
      break;
    }
    state->found.push_back({std::move(*pair.mutable_key()), std::move(*pair.mutable_value())});
  }
  if (state->found.size() == before) return status;
  const std::string& last = state->found.back().key;
  if (reverse) {
    state->end = last;
  } else {
    state->start = last + '\0';
  }
  return status;
}

void fill_scan(const ScanOptions& options, const Region& region, const ScanState& state,
               kvrpcpb::ScanRequest* request) {
  request->set_key_only(options.key_only);
  request->set_reverse(options.reverse);
  if (options.reverse) {
    request->set_start_key(state.end);
    request->set_end_key(std::max(state.start, region.start_key));
  } else {
    const bool ends_here =
        !region.end_key.empty() && (state.end.empty() || region.end_key < state.end);
    request->set_start_key(state.start);
    request->set_end_key(ends_here ? region.end_key : state.end);
  }
}

/// Moves on to the next region; false: there is none in the range.
bool leave_region(const Region& region, bool reverse, ScanState* state) {
  if (reverse) {
    if (region.start_key.empty() || region.start_key <= state->start) return false;
    state->end = region.start_key;
    return true;
  }
  if (region.end_key.empty() || (!state->end.empty() && region.end_key >= state->end)) return false;
  state->start = region.end_key;
  return true;
}

/// One request. False: the range is exhausted.
Result<bool> scan_once(const ScanOptions& options, Reading& reading, ScanState* state) {
  auto& calls = reading.calls();
  TBL_ASSIGN(const auto region, options.reverse ? calls.locate_before(state->end, reading.backoff())
                                                : calls.locate(state->start, reading.backoff()));
  const size_t want = std::min(kScanBatch, state->limit - state->found.size());
  auto request = reading.request<kvrpcpb::ScanRequest>();
  request.set_limit(static_cast<uint32_t>(want));
  fill_scan(options, *region, *state, &request);
  kvrpcpb::ScanResponse response;
  TBL_ASSIGN(const Outcome outcome,
             calls.send("KvScan", region, request, &response, reading.backoff()));
  if (outcome == Outcome::kRelocate) return true;
  if (response.has_error()) {
    TBL_TRY(reading.cure(response.error()));
    return true;
  }
  TBL_TRY(take_pairs(response, options.reverse, reading, state));
  const auto& pairs = response.pairs();
  const bool cut = std::any_of(pairs.begin(), pairs.end(), [](auto& p) { return p.has_error(); });
  if (cut || static_cast<size_t>(pairs.size()) >= want) return true;
  return leave_region(*region, options.reverse, state);
}

}  // namespace

Result<std::optional<std::string>> TikvClient::get(Bytes key, uint64_t ts) {
  Reading reading(*impl_, ts);
  while (true) {
    auto request = reading.request<kvrpcpb::GetRequest>();
    request.set_key(std::string(key));
    kvrpcpb::GetResponse response;
    TBL_TRY(impl_->calls.send_to_key("KvGet", key, request, &response, reading.backoff()));
    if (response.has_error()) {
      TBL_TRY(reading.cure(response.error()));
      continue;
    }
    // TiKV of 3.0 has no not_found; TiDB stores no empty values.
    if (response.not_found() || response.value().empty()) return std::optional<std::string>();
    return std::optional<std::string>(std::move(*response.mutable_value()));
  }
}

Result<std::vector<KvPair>> TikvClient::batch_get(const std::vector<std::string>& keys,
                                                  uint64_t ts) {
  Reading reading(*impl_, ts);
  std::vector<KvPair> found;
  using Keys = std::vector<std::string>;
  auto take = [&](const RegionCache::RegionPtr& region, Keys group) -> Result<Keys> {
    auto request = reading.request<kvrpcpb::BatchGetRequest>();
    for (const auto& key : group) request.add_keys(key);
    kvrpcpb::BatchGetResponse response;
    TBL_ASSIGN(const Outcome outcome,
               impl_->calls.send("KvBatchGet", region, request, &response, reading.backoff()));
    if (outcome == Outcome::kRelocate) return group;
    if (response.has_error()) {
      TBL_TRY(reading.cure(response.error()));
      return group;
    }
    Keys again;
    for (auto& pair : *response.mutable_pairs()) {
      if (pair.has_error()) {
        TBL_TRY(reading.cure(pair.error()));
        again.push_back(pair.error().has_locked() ? pair.error().locked().key() : pair.key());
      } else {
        found.push_back({std::move(*pair.mutable_key()), std::move(*pair.mutable_value())});
      }
    }
    return again;
  };
  Keys sorted = keys;
  std::sort(sorted.begin(), sorted.end());
  sorted.erase(std::unique(sorted.begin(), sorted.end()), sorted.end());
  TBL_TRY(for_each_region(
      impl_->calls, std::move(sorted), reading.backoff(),
      [](const std::string& key) { return Bytes(key); }, take));
  std::sort(found.begin(), found.end(),
            [](const KvPair& a, const KvPair& b) { return a.key < b.key; });
  return found;
}

Result<std::vector<KvPair>> TikvClient::scan(const ScanOptions& options, uint64_t ts) {
  ScanState state{.start = options.start, .end = options.end, .limit = options.limit, .found = {}};
  if (options.reverse && state.end.empty()) state.end = above_all_keys();
  Reading reading(*impl_, ts);
  while (!state.done()) {
    const auto before = std::pair(state.start, state.end);
    TBL_ASSIGN(const bool more, scan_once(options, reading, &state));
    if (!more) break;
    if (before != std::pair(state.start, state.end)) reading.backoff().restart();
  }
  return std::move(state.found);
}

}  // namespace tbl::cluster
