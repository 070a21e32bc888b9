// How the standby thread of a loop learns that something happens on it.
#pragma once

namespace tbl::rpc {

/// Watches an epoll descriptor from another one, from arm() until the first event or disarm().
class LoopStandby {
 public:
  LoopStandby() = default;
  ~LoopStandby();
  LoopStandby(const LoopStandby&) = delete;
  LoopStandby& operator=(const LoopStandby&) = delete;

  /// Once, before all others.
  void open(int epoll_fd);
  bool is_open() const { return fd_ >= 0; }
  /// What is ready already counts. Any thread.
  void arm();
  void disarm();
  /// Until an event after arm(); may return without one.
  void wait() const;

 private:
  void watch(unsigned events) const;

  int fd_ = -1;
  int loop_fd_ = -1;
};

}  // namespace tbl::rpc
