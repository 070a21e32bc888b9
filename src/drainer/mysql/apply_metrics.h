// How long the downstream takes, under the names that the original's dashboards and alert rules ask
// for.
#pragma once

#include "base/metrics.h"

namespace tbl::mysql {

/// Histograms of seconds. Any thread; they live as long as the process.
struct ApplyMetrics {
  Histogram& execute;  ///< a batch or a large transaction with all its tries, a DDL
  Histogram& exec;     ///< the statements of one try
  Histogram& commit;   ///< its COMMIT

  static ApplyMetrics& instance();
};

/// Observes the time from its making to its end.
class Stopwatch {
 public:
  explicit Stopwatch(Histogram& histogram) : histogram_(histogram) {}
  ~Stopwatch() { histogram_.observe(std::chrono::steady_clock::now() - begun_); }
  Stopwatch(const Stopwatch&) = delete;
  Stopwatch& operator=(const Stopwatch&) = delete;

 private:
  Histogram& histogram_;
  const std::chrono::steady_clock::time_point begun_ = std::chrono::steady_clock::now();
};

}  // namespace tbl::mysql
