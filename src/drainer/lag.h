// How far the downstream is, for /status, the registry and metrics.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>

#include "base/clock.h"
#include "base/metrics.h"

namespace tbl::drainer {

/// Any thread.
class Lag {
 public:
  Lag(std::chrono::minutes synced_after, Clock& clock);

  /// Everything at or below is durable downstream, or was not for us.
  void on_progress(uint64_t commit_ts);
  /// Something was given to the sink.
  void on_work() { last_work_ms_.store(steady_ms()); }
  /// When that was last; on the machine's steady clock.
  int64_t last_work_ms() const { return last_work_ms_.load(); }

  uint64_t commit_ts() const { return commit_ts_.load(); }
  /// Nothing was applied for so long that the downstream counts as level with the upstream.
  bool synced() const { return steady_ms() - last_work_ms_.load() > synced_after_ms_; }

 private:
  int64_t steady_ms() const;

  Clock& clock_;
  const int64_t synced_after_ms_;
  Gauge& checkpoint_tso_;
  Histogram& delay_;
  std::atomic<uint64_t> commit_ts_ = 0;
  std::atomic<int64_t> last_work_ms_;
};

}  // namespace tbl::drainer
