// Commit and rollback binlogs on their way, while nobody waits for them.
#pragma once

#include <chrono>
#include <condition_variable>
#include <list>
#include <mutex>
#include <string>
#include <vector>

#include "base/stop.h"
#include "tidb/binlog/pump_set.h"
#include "tidb/binlog/write_call.h"

namespace tbl::tidb {

struct FinishLimits {
  std::chrono::milliseconds call_timeout{15000};
  std::chrono::milliseconds retry_interval{1000};
  std::chrono::milliseconds total_timeout{600000};
};

/// Any thread. Each binlog goes to the pump that has its prewrite, again and again until it is
/// taken or the time is over; then it is dropped with a warning, and pump asks the store. Any
/// number are on their way at once. Destroying it gives up those left.
class FinishSender {
 public:
  explicit FinishSender(FinishLimits limits);
  ~FinishSender();

  void send(PumpPtr pump, uint64_t start_ts, std::string request);
  /// Waits until none is on its way; false: some were when the time was over.
  bool drain(std::chrono::milliseconds timeout);

 private:
  using Clock = std::chrono::steady_clock;
  struct Item {
    PumpPtr pump;
    uint64_t start_ts = 0;
    std::string request;
    Clock::time_point deadline;
    Clock::time_point next_try;
    std::unique_ptr<WriteCall> call;
    bool over = false;  ///< the call is; `result` says how
    Status result;
  };
  using Items = std::list<Item>;

  void run();
  void start(Items::iterator item);
  /// Handles the ends of calls; the time to look again.
  Clock::time_point look(std::unique_lock<std::mutex>& lock);
  void settle(Items::iterator item, Items* done);

  const FinishLimits limits_;
  std::mutex mutex_;
  std::condition_variable_any changed_;
  bool news_ = false;
  Items items_;
  StopSource stop_;
  Thread thread_;
};

}  // namespace tbl::tidb
