// Outgoing bytes of one HTTP/2 stream: filled by any thread, drained by the loop.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/status.h"

namespace tbl::rpc {

class MessageSource;

/// Chunks in order. Not bounded: producers look at pending_bytes() or wait_below().
class SendQueue {
 public:
  SendQueue();
  ~SendQueue();

  /// What a chunk that was sent has left, or an empty string.
  std::string spare_buffer();
  /// A chunk as it is.
  void push(std::string bytes);
  /// A gRPC message: five bytes of prefix, then the message.
  void push_message(std::string message, bool compressed);
  void push_message(std::unique_ptr<MessageSource> source);
  /// No more chunks come.
  void close();
  /// The stream is over: drops everything, wakes waiters, ignores later pushes.
  void abandon();

  uint64_t pending_bytes() const { return pending_.load(); }
  /// True when pending_bytes() < limit; false after abandon() or at the time limit.
  bool wait_below(uint64_t limit, std::chrono::milliseconds timeout);

  /// Loop thread: bytes that can be taken at once, at most `n`; 0: none at the moment.
  size_t available(size_t n);
  /// Loop thread: appends exactly `n` <= available() bytes to `out`.
  Status take(size_t n, std::string* out);
  /// Loop thread: closed, and nothing is left after the next `n` bytes.
  bool ends_after(size_t n);

 private:
  struct Chunk {
    std::array<char, 5> prefix{};
    size_t prefix_size = 0;
    std::string body;
    std::unique_ptr<MessageSource> source;
    uint64_t body_size = 0;
    uint64_t done = 0;
    uint64_t left() const { return prefix_size + body_size - done; }
  };

  /// Chunks in order; costs nothing while it is empty.
  class Chunks {
   public:
    bool empty() const { return first_ == all_.size(); }
    Chunk& front() { return all_[first_]; }
    void push_back(Chunk chunk);
    void pop_front();
    void clear();
    void swap(Chunks& other);
    auto begin() const { return all_.begin() + static_cast<ptrdiff_t>(first_); }
    auto end() const { return all_.end(); }

   private:
    std::vector<Chunk> all_;
    size_t first_ = 0;
  };

  void push_chunk(Chunk chunk);
  void refill();
  void pop_current();
  Status take_some(Chunk* chunk, size_t n, std::string* out);
  void taken(size_t n);

  std::atomic<uint64_t> pending_{0};
  std::atomic<uint64_t> wake_below_{0};  ///< the largest limit waited for; 0: nobody waits
  std::mutex mutex_;
  std::condition_variable drained_;
  Chunks chunks_;
  std::vector<std::string> spares_;
  int waiters_ = 0;
  bool closed_ = false;
  bool abandoned_ = false;
  Chunks current_;  ///< loop's own
};

}  // namespace tbl::rpc
