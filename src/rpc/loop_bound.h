// Base of objects that live on a loop but are used by other threads: calls, streams, HTTP
// exchanges.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>

#include "rpc/event_loop.h"

namespace tbl::rpc {

/// schedule() from any thread makes on_scheduled() run on the loop, once for any number of
/// schedule() calls before it. After detach() nothing is scheduled any more, so the object may
/// outlive the loop.
class LoopBound : public LoopTask, public std::enable_shared_from_this<LoopBound> {
 public:
  explicit LoopBound(EventLoop* loop) : loop_(loop) {}

  void schedule() {
    if (scheduled_.exchange(true)) return;
    std::lock_guard lock(loop_mutex_);
    if (loop_ != nullptr) loop_->post(shared_from_this());
  }

  void run() final {
    scheduled_.store(false);
    on_scheduled();
  }

 protected:
  virtual void on_scheduled() = 0;

  /// Loop thread.
  void detach() {
    std::lock_guard lock(loop_mutex_);
    loop_ = nullptr;
  }

 private:
  std::mutex loop_mutex_;
  EventLoop* loop_;
  std::atomic<bool> scheduled_{false};
};

}  // namespace tbl::rpc
