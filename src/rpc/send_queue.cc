#include "rpc/send_queue.h"

#include <algorithm>

#include "rpc/grpc_framing.h"
#include "rpc/server.h"

namespace tbl::rpc {

namespace {

/// Memory of this size is worth keeping for the next chunk: where malloc gives it back to the
/// system each time, the next one begins with page faults.
constexpr size_t kSpareBytesMin = 32 << 10;
constexpr size_t kSpareBytesMax = 256 << 10;
constexpr size_t kSpares = 4;

}  // namespace

SendQueue::SendQueue() = default;
SendQueue::~SendQueue() = default;

void SendQueue::Chunks::push_back(Chunk chunk) { all_.push_back(std::move(chunk)); }

void SendQueue::Chunks::pop_front() {
  front() = Chunk();  // its bytes are free at once
  if (++first_ == all_.size()) clear();
}

void SendQueue::Chunks::clear() {
  all_.clear();
  first_ = 0;
}

void SendQueue::Chunks::swap(Chunks& other) {
  all_.swap(other.all_);
  std::swap(first_, other.first_);
}

void SendQueue::push(std::string bytes) {
  Chunk chunk;
  chunk.body_size = bytes.size();
  chunk.body = std::move(bytes);
  push_chunk(std::move(chunk));
}

void SendQueue::push_message(std::string message, bool compressed) {
  Chunk chunk;
  chunk.prefix = message_prefix(message.size(), compressed);
  chunk.prefix_size = chunk.prefix.size();
  chunk.body_size = message.size();
  chunk.body = std::move(message);
  push_chunk(std::move(chunk));
}

void SendQueue::push_message(std::unique_ptr<MessageSource> source) {
  Chunk chunk;
  chunk.body_size = source->size();
  chunk.prefix = message_prefix(chunk.body_size, false);
  chunk.prefix_size = chunk.prefix.size();
  chunk.source = std::move(source);
  push_chunk(std::move(chunk));
}

void SendQueue::push_chunk(Chunk chunk) {
  std::lock_guard lock(mutex_);
  if (closed_ || abandoned_) return;
  pending_ += chunk.left();
  chunks_.push_back(std::move(chunk));
}

void SendQueue::close() {
  std::lock_guard lock(mutex_);
  closed_ = true;
}

void SendQueue::abandon() {
  Chunks dropped;
  {
    std::lock_guard lock(mutex_);
    abandoned_ = true;
    spares_.clear();
    dropped.swap(chunks_);
    pending_ = 0;
    drained_.notify_all();
  }
  current_.clear();
}

bool SendQueue::wait_below(uint64_t limit, std::chrono::milliseconds timeout) {
  std::unique_lock lock(mutex_);
  ++waiters_;
  wake_below_ = std::max(wake_below_.load(), limit);
  drained_.wait_for(lock, timeout, [&] { return abandoned_ || pending_.load() < limit; });
  if (--waiters_ == 0) wake_below_ = 0;
  return !abandoned_ && pending_.load() < limit;
}

void SendQueue::refill() {
  if (!current_.empty()) return;
  std::lock_guard lock(mutex_);
  current_.swap(chunks_);
}

size_t SendQueue::available(size_t n) {
  refill();
  size_t found = 0;
  for (const Chunk& chunk : current_) {
    found += std::min<uint64_t>(chunk.left(), n - found);
    if (found == n) break;
  }
  return found;
}

Status SendQueue::take(size_t n, std::string* out) {
  size_t left = n;
  while (left > 0) {
    Chunk& chunk = current_.front();
    size_t part = static_cast<size_t>(std::min<uint64_t>(chunk.left(), left));
    TBL_TRY(take_some(&chunk, part, out));
    left -= part;
    if (chunk.left() == 0) pop_current();
  }
  // Empty messages of raw chunks leave nothing to take.
  while (!current_.empty() && current_.front().left() == 0) current_.pop_front();
  taken(n);
  return ok_status();
}

void SendQueue::pop_current() {
  std::string& body = current_.front().body;
  if (body.capacity() >= kSpareBytesMin && body.capacity() <= kSpareBytesMax) {
    std::lock_guard lock(mutex_);
    if (spares_.size() < kSpares && !closed_) spares_.push_back(std::move(body));
  }
  current_.pop_front();
}

std::string SendQueue::spare_buffer() {
  std::lock_guard lock(mutex_);
  if (spares_.empty()) return {};
  std::string spare = std::move(spares_.back());
  spares_.pop_back();
  return spare;
}

Status SendQueue::take_some(Chunk* chunk, size_t n, std::string* out) {
  if (chunk->done < chunk->prefix_size) {
    size_t part = std::min(n, static_cast<size_t>(chunk->prefix_size - chunk->done));
    out->append(chunk->prefix.data() + chunk->done, part);
    chunk->done += part;
    n -= part;
  }
  if (n == 0) return ok_status();
  if (chunk->source == nullptr) {
    out->append(chunk->body, chunk->done - chunk->prefix_size, n);
    chunk->done += n;
    return ok_status();
  }
  while (n > 0) {
    size_t at = out->size();
    out->resize(at + n);
    auto got = chunk->source->read(n, out->data() + at);
    if (!got.ok()) return std::move(got).status();
    if (*got == 0 || *got > n) return internal_error("a message source is shorter than it said");
    out->resize(at + *got);
    chunk->done += *got;
    n -= *got;
  }
  return ok_status();
}

void SendQueue::taken(size_t n) {
  if ((pending_ -= n) >= wake_below_.load()) return;
  std::lock_guard lock(mutex_);
  drained_.notify_all();
}

bool SendQueue::ends_after(size_t n) {
  std::lock_guard lock(mutex_);
  if (!closed_ || !chunks_.empty()) return false;
  size_t found = 0;
  for (const Chunk& chunk : current_) {
    found += chunk.left();
    if (found > n) return false;
  }
  return true;
}

}  // namespace tbl::rpc
