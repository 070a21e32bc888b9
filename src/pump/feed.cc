#include "pump/feed.h"

#include <algorithm>
#include <cstring>
#include <vector>

#include "base/log.h"
#include "pump/wire.h"

namespace tbl::pump {
namespace {

using namespace std::chrono_literals;

/// What may wait in a connection before the thread stops reading ahead: small enough to stay in the
/// processor's cache until it is sent, the socket's buffer and the client's window hold the rest.
constexpr uint64_t kPendingBytes = 1ULL << 20;
/// Messages are handed over together until they have this size.
constexpr size_t kBatchBytes = 64 << 10;

/// A feed message in its envelope, read straight from the segment.
class EnvelopedMessage final : public rpc::MessageSource {
 public:
  EnvelopedMessage(const PullEnvelope& envelope, std::unique_ptr<FeedMessage> message)
      : envelope_(envelope),
        message_(std::move(message)),
        size_(envelope_.head.size() + message_->size() + envelope_.tail.size()),
        tail_at_(size_ - envelope_.tail.size()) {}

  uint64_t size() const override { return size_; }

  Result<size_t> read(size_t n, char* buffer) override {
    size_t got = 0;
    if (done_ < envelope_.head.size()) {
      got = envelope_.head.bytes().copy(buffer, n, done_);
    } else if (done_ < tail_at_) {
      TBL_ASSIGN(got, message_->read(n, buffer));
      if (got == 0) return data_loss("a binlog is shorter than its index entry says");
    } else {
      got = envelope_.tail.bytes().copy(buffer, n, done_ - tail_at_);
    }
    done_ += got;
    return got;
  }

 private:
  const PullEnvelope envelope_;
  std::unique_ptr<FeedMessage> message_;
  const uint64_t size_;
  const uint64_t tail_at_;
  uint64_t done_ = 0;
};

PullEnvelope envelope_of(const FeedMessage& message) {
  return make_pull_envelope(message.size(), message.start_ts(), message.commit_ts());
}

/// False: it is too large to be held in memory.
bool add_to_batch(const FeedMessage& message, rpc::MessageBatch* batch) {
  const std::string* const bytes = message.in_memory();
  if (bytes == nullptr) return false;
  const PullEnvelope envelope = envelope_of(message);
  std::string& out = batch->begin(envelope.head.size() + bytes->size() + envelope.tail.size());
  out.append(envelope.head.bytes());
  out.append(*bytes);
  out.append(envelope.tail.bytes());
  return true;
}

}  // namespace

/// Starts the puller when the request is there, stops it when the client is gone.
class Feed::Handler final : public rpc::CallHandler {
 public:
  Handler(Feed& feed, rpc::ServerCallPtr call) : feed_(feed), call_(std::move(call)) {}

  void on_message(std::string message) override {
    if (puller_) return;  // only the first message counts
    auto puller = feed_.start(call_, message);
    if (puller.ok()) {
      puller_ = std::move(puller).value();
    } else {
      call_->finish(puller.status());
    }
  }
  void on_half_close() override {
    if (!puller_) call_->finish(unknown_error("EOF"));
  }
  void on_over(const Status&) override {
    if (puller_) puller_->stop.request_stop();
  }

 private:
  Feed& feed_;
  rpc::ServerCallPtr call_;
  PullerPtr puller_;
};

Feed::Feed(FeedOptions options, const Storage& storage, PumpMetrics& metrics)
    : options_(options), storage_(storage), metrics_(metrics) {}

Feed::~Feed() { stop(); }

std::unique_ptr<rpc::CallHandler> Feed::accept(rpc::ServerCallPtr call) {
  return std::make_unique<Handler>(*this, std::move(call));
}

Result<Feed::PullerPtr> Feed::start(rpc::ServerCallPtr call, const std::string& message) {
  TBL_ASSIGN(PullRequest request, parse_pull_request(message));
  if (request.cluster_id != options_.cluster_id) {
    return cluster_mismatch(request.cluster_id, options_.cluster_id);
  }
  auto puller = std::make_shared<Puller>();
  puller->call = std::move(call);
  puller->after_ts = static_cast<uint64_t>(std::max<int64_t>(request.offset, 0));
  reap();
  std::lock_guard lock(mutex_);
  if (stopped_) return unavailable("pump is closing");
  pullers_.push_back(puller);
  // The list keeps the puller until its thread has ended.
  puller->thread = Thread("feed", [this, p = puller.get()] { run(*p); });
  return puller;
}

void Feed::run(Puller& puller) {
  auto begin = std::chrono::steady_clock::now();
  const std::string peer = puller.call->info().peer;
  log_info("drainer begins to pull", {{"peer", peer}, {"offset", puller.after_ts}});
  Status status = serve(puller);
  puller.call->finish(status.ok() ? status : unknown_error(status.message()));
  if (status.ok()) {
    log_info("drainer has stopped to pull", {{"peer", peer}});
  } else {
    metrics_.feed_errors.add();
    log_error("PullBinlogs failed", {{"peer", peer}, {"error", status}});
  }
  (status.ok() ? metrics_.pull_ok : metrics_.pull_failed)
      .observe(std::chrono::steady_clock::now() - begin);
  puller.done = true;
}

Status Feed::serve(Puller& puller) {
  StopToken stop = puller.stop.get_token();
  uint64_t gc_ts = storage_.gc_ts();
  if (puller.after_ts <= gc_ts && gc_ts > 0) {
    log_error("drainer request a purged binlog TS, some binlog events may be loss",
              {{"gc TS", gc_ts}, {"drainer request TS", puller.after_ts}});
  }
  puller.call->add_header(kGcTsHeader, std::to_string(gc_ts));
  auto cursor = storage_.feed(std::max(puller.after_ts, gc_ts));
  LogEvery ahead(10'000);
  while (!stop.stop_requested() && !puller.call->over()) {
    uint64_t published = storage_.max_commit_ts();
    TBL_TRY(send_published(puller, *cursor));
    if (cursor->last_ts() > published && ahead.due() && puller.after_ts > published) {
      log_warn("last ts is greater than pump's max commit ts",
               {{"last ts", cursor->last_ts()}, {"max commit ts", published}});
    }
    (void)storage_.wait_published(published, stop, 10s);
  }
  return ok_status();
}

/// Sends until everything published is sent, or the client is gone.
Status Feed::send_published(Puller& puller, FeedCursor& cursor) {
  bool more = true;
  while (more && !puller.stop.stop_requested() && !puller.call->over()) {
    if (!puller.call->wait_writable(kPendingBytes, 1s)) continue;
    TBL_ASSIGN(more, send_some(puller, cursor));
  }
  return ok_status();
}

Result<bool> Feed::send_some(Puller& puller, FeedCursor& cursor) {
  rpc::MessageBatch batch = puller.call->new_batch();
  Result<std::unique_ptr<FeedMessage>> message = std::unique_ptr<FeedMessage>();
  uint64_t sent_ts = puller.sent_ts;
  bool fits = true;
  while (fits && batch.bytes() < kBatchBytes) {
    message = next(cursor);
    if (!message.ok() || *message == nullptr) break;
    fits = add_to_batch(**message, &batch);
    sent_ts = (*message)->commit_ts();
    if (fits) cursor.reuse(std::move(*message));
  }
  const bool at_end = fits && batch.bytes() < kBatchBytes;
  puller.call->send(std::move(batch));
  puller.sent_ts = sent_ts;
  TBL_TRY(message.status());
  if (!fits) {
    const PullEnvelope envelope = envelope_of(**message);
    puller.call->send(std::make_unique<EnvelopedMessage>(envelope, std::move(*message)));
  }
  return !at_end;
}

Result<std::unique_ptr<FeedMessage>> Feed::next(FeedCursor& cursor) const {
  while (true) {
    auto message = cursor.next();
    const bool damaged = message.status().code() == StatusCode::kDataLoss;
    if (!damaged || !options_.skip_damaged) return message;
    cursor.skip();
    metrics_.feed_errors.add();
    log_error("a damaged transaction is left out: drainers lose it, as on-damage says",
              {{"commit ts", cursor.last_ts()}, {"error", message.status()}});
  }
}

void Feed::reap() {
  std::list<PullerPtr> ended;  // joined outside of the lock
  std::lock_guard lock(mutex_);
  for (auto it = pullers_.begin(); it != pullers_.end();) {
    auto next = std::next(it);
    if ((*it)->done) ended.splice(ended.end(), pullers_, it);
    it = next;
  }
}

void Feed::stop() {
  std::list<PullerPtr> all;
  {
    std::lock_guard lock(mutex_);
    stopped_ = true;
    all.swap(pullers_);
  }
  for (auto& puller : all) puller->stop.request_stop();
  for (auto& puller : all) puller->thread.join();
}

std::vector<PullerInfo> Feed::list() const {
  std::lock_guard lock(mutex_);
  std::vector<PullerInfo> out;
  for (const PullerPtr& puller : pullers_) {
    if (puller->done) continue;
    out.push_back({puller->call->info().peer, puller->after_ts, puller->sent_ts,
                   puller->call->pending_bytes()});
  }
  return out;
}

size_t Feed::pullers() const {
  std::lock_guard lock(mutex_);
  return static_cast<size_t>(
      std::count_if(pullers_.begin(), pullers_.end(), [](const auto& p) { return !p->done; }));
}

}  // namespace tbl::pump
