#include "base/stop.h"

#include <pthread.h>
#include <signal.h>
#include <unistd.h>

namespace tbl {

bool wait_for(const StopToken& stop, std::chrono::nanoseconds duration) {
  std::mutex mutex;
  std::condition_variable_any changed;
  std::unique_lock lock(mutex);
  changed.wait_for(lock, stop, duration, [] { return false; });
  return !stop.stop_requested();
}

Thread::Thread(std::string name, std::function<void()> body)
    : thread_([name = name.substr(0, 15), body = std::move(body)] {
        pthread_setname_np(pthread_self(), name.c_str());
        body();
      }) {}

Thread& Thread::operator=(Thread&& other) noexcept {
  if (this != &other) {
    join();
    thread_ = std::move(other.thread_);
  }
  return *this;
}

void Thread::join() {
  if (thread_.joinable()) thread_.join();
}

namespace {

// SIGUSR2 is how the destructor ends the wait: no program here uses it otherwise.
constexpr int kEndWait = SIGUSR2;

sigset_t stop_signal_set() {
  sigset_t set;
  sigemptyset(&set);
  for (int signal : {SIGHUP, SIGINT, SIGTERM, SIGQUIT, kEndWait}) sigaddset(&set, signal);
  return set;
}

}  // namespace

StopSignals::StopSignals(std::function<void(int)> on_signal) {
  signal(SIGPIPE, SIG_IGN);
  sigset_t set = stop_signal_set();
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  waiter_ = Thread("signals", [set, on_signal = std::move(on_signal)] {
    bool told = false;
    for (int number = 0; sigwait(&set, &number) == 0 && number != kEndWait;) {
      if (!told) on_signal(number);
      told = true;
    }
  });
}

StopSignals::~StopSignals() {
  kill(getpid(), kEndWait);
  waiter_.join();
}

}  // namespace tbl
