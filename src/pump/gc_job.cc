#include "pump/gc_job.h"

#include "base/log.h"

namespace tbl::pump {

GcJob::GcJob(Storage& storage, cluster::TsoSource& tso, std::chrono::nanoseconds keep,
             PumpMetrics& metrics)
    : storage_(storage),
      tso_(tso),
      keep_(std::chrono::duration_cast<std::chrono::milliseconds>(keep)),
      metrics_(metrics),
      thread_("gc", [this] { run(); }) {}

bool GcJob::trigger() {
  {
    std::lock_guard lock(mutex_);
    if (working_ || triggered_) return false;
    triggered_ = true;
  }
  changed_.notify_all();
  return true;
}

void GcJob::stop() {
  stop_.request_stop();
  thread_.join();
}

void GcJob::run() {
  StopToken stop = stop_.get_token();
  while (!stop.stop_requested()) {
    {
      std::unique_lock lock(mutex_);
      working_ = false;
      changed_.wait_for(lock, stop, std::chrono::hours(1), [this] { return triggered_; });
      if (stop.stop_requested()) return;
      triggered_ = false;
      working_ = true;
    }
    collect();
  }
}

void GcJob::collect() {
  auto now = tso_.get_ts();
  if (!now.ok()) {
    log_error("gc failed to get tso from pd", {{"error", now.status()}});
    return;
  }
  int64_t keep_from_ms = tso_physical_ms(*now) - keep_.count();
  if (keep_from_ms <= 0) return;
  uint64_t target = make_tso(keep_from_ms, 0);
  uint64_t entries = storage_.stats().index_entries;
  log_info("send gc request to storage", {{"request gc ts", target}});
  Status status = storage_.gc(target);
  if (status.code() == StatusCode::kFailedPrecondition) {
    log_info("gc request is ignored", {{"target", target}, {"reason", status}});
  } else if (!status.ok()) {
    log_error("gc failed", {{"target", target}, {"error", status}});
  }
  StorageStats stats = storage_.stats();
  metrics_.observe_storage(stats);
  if (stats.index_entries < entries) {
    metrics_.deleted_entries.add(static_cast<double>(entries - stats.index_entries));
  }
}

}  // namespace tbl::pump
