// Forgets binlogs that are older than the retention time.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>

#include "base/stop.h"
#include "cluster/pd.h"
#include "pump/metrics.h"
#include "pump/storage/storage.h"

namespace tbl::pump {

/// Runs every hour and on request, on its own thread, from construction to stop(). Purely by time:
/// drainers that lag do not hold it back.
class GcJob {
 public:
  GcJob(Storage& storage, cluster::TsoSource& tso, std::chrono::nanoseconds keep,
        PumpMetrics& metrics);
  ~GcJob() { stop(); }

  /// False: it is running already.
  bool trigger();
  void stop();

 private:
  void run();
  void collect();

  Storage& storage_;
  cluster::TsoSource& tso_;
  const std::chrono::milliseconds keep_;
  PumpMetrics& metrics_;
  std::mutex mutex_;
  std::condition_variable_any changed_;
  bool working_ = false;
  bool triggered_ = false;
  StopSource stop_;
  Thread thread_;
};

}  // namespace tbl::pump
