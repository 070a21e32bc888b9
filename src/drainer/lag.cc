#include "drainer/lag.h"

namespace tbl::drainer {

Lag::Lag(std::chrono::minutes synced_after, Clock& clock)
    : clock_(clock),
      synced_after_ms_(std::chrono::milliseconds(synced_after).count()),
      checkpoint_tso_(metrics().gauge("binlog_drainer_checkpoint_tso", "checkpoint, in ms")),
      delay_(metrics().histogram("binlog_drainer_checkpoint_delay_seconds",
                                 "seconds that the checkpoint is behind now",
                                 exponential_buckets(0.001, 2, 22))),
      last_work_ms_(steady_ms()) {}

void Lag::on_progress(uint64_t commit_ts) {
  commit_ts_.store(commit_ts);
  const int64_t physical = tso_physical_ms(commit_ts);
  checkpoint_tso_.set(static_cast<double>(physical));
  delay_.observe(static_cast<double>(clock_.unix_ms() - physical) / 1e3);
}

int64_t Lag::steady_ms() const {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             clock_.steady_now().time_since_epoch())
      .count();
}

}  // namespace tbl::drainer
