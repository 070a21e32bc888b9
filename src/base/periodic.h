// A job that runs every so often on a thread of its own.
#pragma once

#include <chrono>
#include <functional>
#include <string>

#include "base/stop.h"

namespace tbl {

/// Waits `interval`, runs `job`, and again; until stop() or the destructor, which wait for a
/// running job.
class Periodic {
 public:
  Periodic(std::string name, std::chrono::milliseconds interval, std::function<void()> job)
      : thread_(std::move(name), [interval, job = std::move(job), token = stop_.get_token()] {
          while (wait_for(token, interval)) job();
        }) {}
  ~Periodic() { stop(); }
  void stop() {
    stop_.request_stop();
    thread_.join();
  }

 private:
  StopSource stop_;
  Thread thread_;
};

}  // namespace tbl
