// Pump's metrics, under the original's names.
#pragma once

#include <string>

#include "base/metrics.h"
#include "pump/storage/storage.h"

namespace tbl::pump {

/// References into the process's registry. Any thread.
struct PumpMetrics {
  PumpMetrics();

  Histogram& write_ok;
  Histogram& write_failed;
  Histogram& pull_ok;
  Histogram& pull_failed;
  Counter& lost_binlogs;
  Gauge& gc_ts_ms;
  Gauge& done_gc_ts_ms;
  Counter& deleted_entries;
  Gauge& disk_capacity;
  Gauge& disk_available;
  Gauge& writable;
  Gauge& max_commit_ts_ms;
  Counter& tikv_queries;
  Counter& write_errors;
  Counter& feed_errors;
  Histogram& single_size;
  Histogram& batch_size;
  Histogram& single_seconds;
  Histogram& batch_seconds;
  Histogram& to_disk_seconds;
  Histogram& sync_seconds;
  Histogram& rotate_seconds;

  /// StorageOptions::on_group.
  void observe_group(const GroupWritten& group);
  /// Copies the storage's own counts into gauges.
  void observe_storage(const StorageStats& stats);
  /// Counter of binlogs that GC took from a drainer that had not read them.
  static Counter& purged_from_drainer(const std::string& drainer_id);
  /// Seconds until GC takes what a drainer has not read.
  static Gauge& drainer_time_left(const std::string& drainer_id);
};

}  // namespace tbl::pump
