#include "rpc/event_loop.h"

#include <errno.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <utility>

#include "base/log.h"

namespace tbl::rpc {
namespace {

constexpr size_t kScratchBytes = 256 << 10;
constexpr int kTaskRounds = 8;

class FunctionTask : public LoopTask {
 public:
  explicit FunctionTask(std::function<void()> body) : body_(std::move(body)) {}
  void run() override { body_(); }

 private:
  std::function<void()> body_;
};

/// Of the thread: the loop in whose turn it is, and the one whose work it does.
thread_local EventLoop* in_turn_of = nullptr;
thread_local EventLoop* working_for = nullptr;

}  // namespace

EventLoop::EventLoop(std::string thread_name) : name_(std::move(thread_name)) {
  epoll_fd_ = epoll_create1(EPOLL_CLOEXEC);
  wake_fd_ = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
  if (epoll_fd_ < 0 || wake_fd_ < 0) log_fatal("no epoll or eventfd", {{"errno", errno}});
  epoll_event event{};
  event.events = EPOLLIN | EPOLLET;  // every write is an event, nothing has to be read
  event.data.ptr = nullptr;
  epoll_ctl(epoll_fd_, EPOLL_CTL_ADD, wake_fd_, &event);
  scratch_.resize(kScratchBytes);
}

EventLoop::~EventLoop() {
  stop();
  tasks_.clear();
  discarded_.clear();
  close(wake_fd_);
  close(epoll_fd_);
}

void EventLoop::start(bool with_standby) {
  {
    std::lock_guard lock(mutex_);
    takes_tasks_ = true;
  }
  if (with_standby) {
    standby_.open(epoll_fd_);
    standby_thread_ = Thread(name_ + "-2", [this] { run(false); });
  }
  thread_ = Thread(name_, [this] { run(true); });
}

void EventLoop::stop() {
  if (!thread_.joinable()) return;
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake();
  thread_.join();
  standby_thread_.join();
  run_leftovers();
}

void EventLoop::run_leftovers() {
  while (true) {
    while (run_tasks()) {
    }
    end_turn();
    std::lock_guard lock(mutex_);
    takes_tasks_ = !tasks_.empty();
    if (!takes_tasks_) return;
  }
}

void EventLoop::post(std::shared_ptr<LoopTask> task) { (void)enqueue(std::move(task), false); }

void EventLoop::post(std::function<void()> task) {
  post(std::make_shared<FunctionTask>(std::move(task)));
}

bool EventLoop::post_if_running(const std::function<void()>& task) {
  return enqueue(std::make_shared<FunctionTask>(task), true);
}

bool EventLoop::enqueue(std::shared_ptr<LoopTask> task, bool only_if_running) {
  bool asleep = false;
  {
    std::lock_guard lock(mutex_);
    if (only_if_running && !takes_tasks_) return false;
    tasks_.push_back(std::move(task));
    // Whoever works in the loop's place comes back to it.
    if (!(free_ && working_for == this)) asleep = std::exchange(sleeping_, false);
  }
  if (asleep) wake();
  return true;
}

void EventLoop::wake() {
  uint64_t one = 1;
  // The only possible failure is a counter that is full, and then the loop wakes anyway.
  if (write(wake_fd_, &one, sizeof one) < 0) return;
}

Status EventLoop::watch(int fd, uint32_t events, FdHandler* handler) {
  epoll_event event{};
  event.events = events;
  event.data.ptr = handler;
  if (epoll_ctl(epoll_fd_, EPOLL_CTL_ADD, fd, &event) != 0) return errno_status(errno, "epoll_ctl");
  return ok_status();
}

void EventLoop::change(int fd, uint32_t events, FdHandler* handler) {
  epoll_event event{};
  event.events = events;
  event.data.ptr = handler;
  epoll_ctl(epoll_fd_, EPOLL_CTL_MOD, fd, &event);
}

void EventLoop::unwatch(int fd) { epoll_ctl(epoll_fd_, EPOLL_CTL_DEL, fd, nullptr); }

EventLoop::Timer EventLoop::at(Time when, std::function<void()> task) {
  return timers_.emplace(when, std::move(task));
}

void EventLoop::forget(Deferred* deferred) {
  std::replace(deferred_.begin(), deferred_.end(), deferred, static_cast<Deferred*>(nullptr));
}

EventLoop* EventLoop::current() { return in_turn_of; }

bool EventLoop::lend(std::function<bool()> work) {
  if (!standby_.is_open()) return false;
  work_ = std::move(work);
  return true;
}

void EventLoop::run(bool holds_place) {
  while (holds_place || stand_by()) holds_place = run_turns();
}

bool EventLoop::run_turns() {
  in_turn_of = this;
  bool goes_on = true;
  while (goes_on) {
    goes_on = wait_and_dispatch();
    finish_turn();
    if (!work_) continue;
    if (!do_work()) return false;
    finish_turn();  // with what it posted
  }
  while (work_ && work_()) {
  }
  in_turn_of = nullptr;
  end();
  return false;
}

void EventLoop::finish_turn() {
  run_tasks();
  run_timers();
  end_turn();
}

bool EventLoop::do_work() {
  const auto work = std::exchange(work_, nullptr);
  in_turn_of = nullptr;
  working_for = this;
  give_place();
  bool more = work();
  const bool back = take_place_back();
  working_for = nullptr;
  if (back) {
    in_turn_of = this;
    if (more) work_ = work;
    return true;
  }
  while (more) more = work();
  return false;
}

void EventLoop::give_place() {
  bool busy = false;
  {
    std::lock_guard lock(mutex_);
    free_ = true;
    busy = !tasks_.empty() || !deferred_.empty();
    sleeping_ = !busy;
  }
  standby_.arm();
  if (busy) wake();
}

bool EventLoop::take_place_back() {
  {
    std::lock_guard lock(mutex_);
    if (!std::exchange(free_, false)) return false;
    sleeping_ = false;
  }
  standby_.disarm();
  return true;
}

bool EventLoop::stand_by() {
  while (true) {
    {
      std::lock_guard lock(mutex_);
      if (ended_) return false;
    }
    standby_.wait();
    std::lock_guard lock(mutex_);
    if (!std::exchange(free_, false)) continue;
    sleeping_ = false;
    return true;
  }
}

void EventLoop::end() {
  {
    std::lock_guard lock(mutex_);
    ended_ = true;
  }
  if (!standby_.is_open()) return;
  standby_.arm();
  wake();
}

bool EventLoop::wait_and_dispatch() {
  int timeout = 0;
  bool stopping = false;
  {
    std::lock_guard lock(mutex_);
    stopping = stopping_;
    sleeping_ = tasks_.empty() && deferred_.empty() && !work_ && !stopping;
    if (sleeping_) timeout = timeout_ms();
  }
  std::array<epoll_event, 128> events;
  int count = epoll_wait(epoll_fd_, events.data(), static_cast<int>(events.size()), timeout);
  {
    std::lock_guard lock(mutex_);
    sleeping_ = false;
  }
  for (int i = 0; i < count; ++i) {
    auto* handler = static_cast<FdHandler*>(events[i].data.ptr);
    if (handler != nullptr) handler->on_ready(events[i].events);
  }
  return !stopping;
}

bool EventLoop::run_tasks() {
  for (int round = 0; round < kTaskRounds; ++round) {
    {
      std::lock_guard lock(mutex_);
      if (tasks_.empty()) return false;
      running_.swap(tasks_);
    }
    for (auto& task : running_) {
      task->run();
      task.reset();
    }
    running_.clear();
  }
  return true;
}

void EventLoop::run_timers() {
  if (timers_.empty()) return;
  auto now = std::chrono::steady_clock::now();
  while (!timers_.empty() && timers_.begin()->first <= now) {
    auto node = timers_.extract(timers_.begin());
    node.mapped()();
  }
}

void EventLoop::end_turn() {
  // By index and count: at_turn_end() may ask for the next turn.
  size_t count = deferred_.size();
  for (size_t i = 0; i < count; ++i) {
    Deferred* deferred = std::exchange(deferred_[i], nullptr);
    if (deferred != nullptr) deferred->at_turn_end();
  }
  deferred_.erase(deferred_.begin(), deferred_.begin() + static_cast<ptrdiff_t>(count));
  while (!discarded_.empty()) {
    auto dying = std::move(discarded_);
    discarded_.clear();
    dying.clear();
  }
}

int EventLoop::timeout_ms() const {
  if (timers_.empty()) return -1;
  auto left = timers_.begin()->first - std::chrono::steady_clock::now();
  auto ms = std::chrono::ceil<std::chrono::milliseconds>(left).count();
  return static_cast<int>(std::clamp<int64_t>(ms, 0, 60000));
}

}  // namespace tbl::rpc
