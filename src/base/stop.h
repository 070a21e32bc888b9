// One way to start a thread and one way to stop everything.
//
// A StopSource belongs to whoever owns the threads; each thread gets its token and waits through
// wait_for() or a queue that takes the token, so stopping never has to wait out a sleep.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <stop_token>
#include <string>
#include <thread>

namespace tbl {

using StopToken = std::stop_token;
using StopSource = std::stop_source;

/// Waits until `duration` has passed (true) or stop was requested (false).
bool wait_for(const StopToken& stop, std::chrono::nanoseconds duration);

/// A named thread that is joined by its destructor. Owner: the object whose work it does.
class Thread {
 public:
  Thread() = default;
  /// Starts `body`; `name` (at most 15 characters) is what top and gdb show.
  Thread(std::string name, std::function<void()> body);
  Thread(Thread&&) noexcept = default;
  Thread& operator=(Thread&& other) noexcept;
  ~Thread() { join(); }
  void join();
  bool joinable() const { return thread_.joinable(); }

 private:
  std::thread thread_;
};

/// Turns SIGHUP, SIGINT, SIGTERM and SIGQUIT into a request on a StopSource. Make one in main()
/// before any thread starts: it blocks the signals in the calling thread (and so in all later ones)
/// and waits for them on a thread of its own. SIGPIPE is ignored from then on.
class StopSignals {
 public:
  /// `on_signal` runs once, on the waiting thread, with the signal's number.
  explicit StopSignals(std::function<void(int)> on_signal);
  ~StopSignals();
  StopSignals(const StopSignals&) = delete;
  StopSignals& operator=(const StopSignals&) = delete;

 private:
  Thread waiter_;
};

}  // namespace tbl
