// Threads for handlers that may block.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <vector>

#include "base/stop.h"

namespace tbl::rpc {

/// Any thread may submit. stop() drops what has not begun and joins.
class WorkerPool {
 public:
  WorkerPool(const std::string& name, int threads);
  ~WorkerPool() { stop(); }
  void submit(std::function<void()> task);
  void stop();

 private:
  void run();

  std::mutex mutex_;
  std::condition_variable filled_;
  std::deque<std::function<void()>> tasks_;
  bool stopping_ = false;
  std::vector<Thread> threads_;
};

}  // namespace tbl::rpc
