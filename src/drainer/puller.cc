#include "drainer/puller.h"

#include <fmt/format.h>

#include <charconv>

#include "base/clock.h"
#include "base/log.h"
#include "cluster/urls.h"

namespace tbl::drainer {

namespace {

using namespace std::chrono_literals;

constexpr char kPullMethod[] = "/binlog.Pump/PullBinlogs";
/// Response header in which our pump says up to which commit ts binlogs are gone.
constexpr char kGcTsHeader[] = "pump-gc-ts";
constexpr size_t kBigPayloadBytes = 10 << 20;
constexpr uint64_t kPieceBytes = 1 << 20;
constexpr uint64_t kSmallPayloadBytes = 4 << 10;
constexpr auto kReconnectPause = 1s;
constexpr int kTriesPerLine = 30;

/// Ends the puller; every other code means: connect again.
Status fatal(std::string message) { return data_loss(std::move(message)); }
bool is_fatal(const Status& status) { return status.code() == StatusCode::kDataLoss; }

}  // namespace

Puller::Puller(PullerOptions options, std::string address, Merger& merger, Connect connect,
               std::function<void(const Status&)> on_fatal)
    : options_(std::move(options)),
      merger_(merger),
      connect_(std::move(connect)),
      on_fatal_(std::move(on_fatal)),
      read_bytes_(metrics().histogram("binlog_drainer_read_binlog_size", "size of binlogs read",
                                      exponential_buckets(16, 2, 25),
                                      {{"nodeID", options_.node_id}})),
      reach_seconds_(metrics().histogram(
          "binlog_drainer_binlog_reach_duration_time", "seconds from commit to arrival here",
          exponential_buckets(0.00005, 2, 18), {{"nodeID", options_.node_id}})),
      position_(metrics().gauge("binlog_drainer_pump_position", "last binlog received, in ms",
                                {{"nodeID", options_.node_id}})),
      last_ts_(options_.start_ts),
      address_(std::move(address)) {
  thread_ = Thread("puller", [this] { run(); });
}

Puller::~Puller() {
  {
    std::lock_guard lock(mutex_);
    stop_.request_stop();
    stream_stop_.request_stop();
  }
  changed_.notify_all();
  thread_.join();
}

void Puller::set_address(const std::string& address) {
  std::lock_guard lock(mutex_);
  if (address == address_) return;
  log_info("pump has a new address",
           {{"id", options_.node_id}, {"old", address_}, {"new", address}});
  address_ = address;
  stream_stop_.request_stop();
}

void Puller::set_paused(bool paused) {
  {
    std::lock_guard lock(mutex_);
    paused_ = paused;
  }
  changed_.notify_all();
}

bool Puller::wait_while_paused() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, stop_.get_token(), [this] { return !paused_; });
  return !stop_.stop_requested();
}

void Puller::run() {
  while (wait_while_paused()) {
    std::string address;
    {
      std::lock_guard lock(mutex_);
      address = address_;
      stream_stop_ = StopSource();
      if (stop_.stop_requested()) return;
    }
    const Status status = pull(address);
    if (stop_.stop_requested()) return;
    if (is_fatal(status)) {
      on_fatal_(status.wrap(fmt::format("pump {}", options_.node_id)));
      return;
    }
    note_end(address, status);
    if (!wait_for(stop_.get_token(), kReconnectPause)) return;
  }
}

std::string Puller::failure() const {
  std::lock_guard lock(mutex_);
  return failure_;
}

void Puller::note_end(const std::string& address, const Status& status) {
  {
    std::lock_guard lock(mutex_);
    failure_ = address + ": " + (status.ok() ? "it has ended the stream" : status.to_string());
  }
  // A pump that is down is asked each second, maybe for hours.
  if (failures_++ % kTriesPerLine != 0) return;
  log_info("pull binlogs ended, connect again", {{"id", options_.node_id},
                                                 {"addr", address},
                                                 {"tries", failures_},
                                                 {"error", status.to_string()}});
}

void Puller::note_answer() {
  if (failures_ > 1) {
    log_info("pump answers again", {{"id", options_.node_id}, {"tries", failures_}});
  }
  failures_ = 0;
  std::lock_guard lock(mutex_);
  failure_.clear();
}

Status Puller::pull(const std::string& address) {
  StopToken stop;
  {
    std::lock_guard lock(mutex_);
    stop = stream_stop_.get_token();
  }
  rpc::CallOptions call;
  call.gzip = options_.gzip;
  call.piece_bytes = kPieceBytes;
  call.share_up_to = kSmallPayloadBytes;
  auto stream = connect_(address)->open(kPullMethod, call);
  TBL_TRY(stream->send(make_pull_request(options_.cluster_id, last_ts_.load())));
  stream->half_close();
  if (failures_ <= 1) {
    log_info("start pull binlogs",
             {{"id", options_.node_id}, {"addr", address}, {"last ts", last_ts_.load()}});
  }
  spill::MessageCollector collector(*options_.spill);
  Ring<rpc::MessagePiece> pieces;
  for (bool first = true;; first = false) {
    TBL_TRY(stream->receive_pieces(&pieces, stop));
    if (first) TBL_TRY(check_gc_ts(stream->headers()));
    if (pieces.empty()) return ok_status();
    if (first) note_answer();
    Status taken = take(pieces, collector);
    TBL_TRY(hand_over());
    TBL_TRY(std::move(taken));
    if (!wait_while_paused()) return cancelled("stopped");
  }
}

/// Puts what arrived together into `items_`; what came before an error is good.
Status Puller::take(Ring<rpc::MessagePiece>& pieces, spill::MessageCollector& collector) {
  now_ms_ = system_clock().unix_ms();
  for (; !pieces.empty(); pieces.pop_front()) {
    rpc::MessagePiece& piece = pieces.front();
    if (piece.shared) {
      const uint64_t size = piece.size();
      TBL_TRY(take(parse_pull_response(std::move(piece.shared)), size));
      continue;
    }
    TBL_ASSIGN(auto message, collector.add(std::move(piece)));
    if (!message) continue;
    TBL_TRY(take(std::move(*message)));
  }
  return ok_status();
}

Status Puller::hand_over() {
  if (items_.empty()) return ok_status();
  position_.set(static_cast<double>(tso_physical_ms(last_ts_.load())));
  const bool taken = merger_.push(options_.node_id, items_, stop_.get_token());
  items_.clear();
  return taken ? ok_status() : cancelled("no longer a source");
}

Status Puller::check_gc_ts(const rpc::Metadata& headers) const {
  for (const auto& [name, value] : headers) {
    if (name != kGcTsHeader) continue;
    uint64_t gc_ts = 0;
    std::from_chars(value.data(), value.data() + value.size(), gc_ts);
    if (gc_ts > last_ts_.load()) {
      return fatal(fmt::format("binlogs up to {} are purged, but those above {} are needed", gc_ts,
                               last_ts_.load()));
    }
  }
  return ok_status();
}

Status Puller::take(spill::Collected message) {
  const uint64_t size = message.file ? message.file->size() : message.bytes.size();
  if (size >= kBigPayloadBytes) {
    log_info("receive big size binlog before unmarshal",
             {{"id", options_.node_id}, {"size", size}, {"spilled", message.file != nullptr}});
  }
  return take(message.file ? parse_pull_response(std::move(message.file))
                           : parse_pull_response(SharedBytes::of(std::move(message.bytes))),
              size);
}

Status Puller::take(Result<BinlogItem> item, uint64_t size) {
  const bool unreadable = !item.ok() && !is_fatal(item.status());
  if (unreadable) return item.status();
  if (!item.ok()) {
    metrics().counter("binlog_drainer_error_count", "errors", {{"type", "unmarshal_binlog"}}).add();
    return fatal("unmarshal binlog failed: " + item.status().message());
  }
  const uint64_t ts = item->commit_ts();
  if (ts <= last_ts_.load()) {
    log_error("pump receive unsort binlog",
              {{"id", options_.node_id}, {"ts", ts}, {"last ts", last_ts_.load()}});
  }
  read_bytes_.observe(static_cast<double>(size));
  reach_seconds_.observe(static_cast<double>(now_ms_ - tso_physical_ms(ts)) / 1e3);
  if (ts > last_ts_.load()) last_ts_.store(ts);
  items_.push_back(std::move(*item));
  return ok_status();
}

}  // namespace tbl::drainer
