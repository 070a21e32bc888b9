// One thread that waits on file descriptors, timers and work posted from other threads.
//
// Order of one turn: descriptors, posted tasks, expired timers, then every Deferred once
// (connections write there, so that all replies of a turn leave in one system call), then discarded
// objects die, then work that may wait (lend()).
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/status.h"
#include "base/stop.h"
#include "rpc/loop_standby.h"

namespace tbl::rpc {

/// Work for a loop thread.
class LoopTask {
 public:
  virtual ~LoopTask() = default;
  virtual void run() = 0;
};

/// Owner of a descriptor. Called on the loop thread with EPOLL* bits.
class FdHandler {
 public:
  virtual ~FdHandler() = default;
  virtual void on_ready(uint32_t events) = 0;
};

/// Something to do once at the end of a turn, however often it was asked for.
class Deferred {
 public:
  virtual ~Deferred() = default;
  virtual void at_turn_end() = 0;
};

/// What a loop keeps until no call stack can still stand in it.
class Disposable {
 public:
  virtual ~Disposable() = default;
};

/// Only post() and post_if_running() may be called from other threads. stop() ends the thread;
/// tasks posted after that are dropped with the loop.
///
/// "The loop's thread" is the one that holds its place. With a standby thread the place can change
/// hands between two turns, never within one.
class EventLoop {
 public:
  using Time = std::chrono::steady_clock::time_point;
  using Timers = std::multimap<Time, std::function<void()>>;
  /// A timer that is not set is an empty optional at its owner; see cancel().
  using Timer = Timers::iterator;

  explicit EventLoop(std::string thread_name);
  ~EventLoop();
  EventLoop(const EventLoop&) = delete;
  EventLoop& operator=(const EventLoop&) = delete;

  void start(bool with_standby = false);
  /// Runs what was posted before, then joins. Idempotent. Not from the loop thread.
  void stop();

  void post(std::shared_ptr<LoopTask> task);
  void post(std::function<void()> task);
  /// False: the thread has not begun or has ended, and the task was not taken. What is taken runs.
  bool post_if_running(const std::function<void()>& task);

  Status watch(int fd, uint32_t events, FdHandler* handler);
  void change(int fd, uint32_t events, FdHandler* handler);
  void unwatch(int fd);

  Timer at(Time when, std::function<void()> task);
  void cancel(Timer timer) { timers_.erase(timer); }

  /// At the end of this turn; from within at_turn_end(), of the next one.
  void defer(Deferred* deferred) { deferred_.push_back(deferred); }
  /// Takes `deferred` off the list.
  void forget(Deferred* deferred);
  void discard(std::unique_ptr<Disposable> object) { discarded_.push_back(std::move(object)); }

  /// The loop that holds the calling thread in one of its turns, or null.
  static EventLoop* current();
  /// Loop thread, one at a time: runs `work`, which may wait, when this turn is over, and again
  /// while it returns true. It runs on this thread, so a loop that has nothing else to do changes
  /// no thread for it. When a descriptor or a posted task calls meanwhile, the standby thread takes
  /// the loop's place, and this one stands by when the work is done; a timer alone does not, it is
  /// late then. What the work posts comes before more of it. False: there is no standby thread.
  bool lend(std::function<bool()> work);

  /// Shared read buffer for whoever runs on the loop; contents do not survive a call.
  std::string& scratch() { return scratch_; }

 private:
  void run(bool holds_place);
  /// False: the place was lost to the other thread, or the loop has ended.
  bool run_turns();
  bool wait_and_dispatch();
  void finish_turn();
  /// False: none are left.
  bool run_tasks();
  /// After the thread: runs what was posted too late for it, so that nothing that a task owns is
  /// lost.
  void run_leftovers();
  void run_timers();
  void end_turn();
  /// False: the place was lost meanwhile.
  bool do_work();
  void give_place();
  bool take_place_back();
  /// Waits for the place; false: the loop has ended.
  bool stand_by();
  void end();
  int timeout_ms() const;
  bool enqueue(std::shared_ptr<LoopTask> task, bool only_if_running);
  void wake();

  const std::string name_;
  int epoll_fd_ = -1;
  int wake_fd_ = -1;
  Thread thread_;
  Thread standby_thread_;
  LoopStandby standby_;

  std::mutex mutex_;
  std::vector<std::shared_ptr<LoopTask>> tasks_;
  bool sleeping_ = false;
  bool stopping_ = false;
  bool takes_tasks_ = false;  ///< of post_if_running()
  bool free_ = false;         ///< the place, while its holder does work that may wait
  bool ended_ = false;

  // Of the place.
  std::function<bool()> work_;

  std::vector<std::shared_ptr<LoopTask>> running_;
  Timers timers_;
  std::vector<Deferred*> deferred_;
  std::vector<std::unique_ptr<Disposable>> discarded_;
  std::string scratch_;
};

}  // namespace tbl::rpc
