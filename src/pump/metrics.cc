#include "pump/metrics.h"

#include "base/clock.h"

namespace tbl::pump {
namespace {

Histogram& rpc(const char* method, const char* label) {
  return metrics().histogram(
      "binlog_pump_rpc_duration_seconds", "Bucketed histogram of seconds of a rpc query.",
      exponential_buckets(0.00005, 2, 18), {{"method", method}, {"label", label}});
}

Histogram& write_size(const char* type) {
  return metrics().histogram("binlog_pump_storage_write_binlog_size",
                             "Bucketed histogram of written binlog sizes in bytes.",
                             exponential_buckets(16, 2, 25), {{"type", type}});
}

Histogram& write_seconds(const char* type) {
  return metrics().histogram("binlog_pump_storage_write_binlog_duration_time",
                             "Bucketed histogram of seconds spent on writing binlogs.",
                             exponential_buckets(0.00005, 2, 20), {{"type", type}});
}

Gauge& gauge(const char* name, const char* help) { return metrics().gauge(name, help); }

Gauge& disk(const char* type) {
  return metrics().gauge("binlog_pump_storage_storage_size_bytes",
                         "Size of the file system of the data directory.", {{"type", type}});
}

Counter& errors(const char* type) {
  return metrics().counter("binlog_pump_storage_error_count", "Errors of the storage.",
                           {{"type", type}});
}

double physical_ms(uint64_t ts) { return static_cast<double>(tso_physical_ms(ts)); }

}  // namespace

PumpMetrics::PumpMetrics()
    : write_ok(rpc("WriteBinlog", "succ")),
      write_failed(rpc("WriteBinlog", "fail")),
      pull_ok(rpc("PullBinlogs", "succ")),
      pull_failed(rpc("PullBinlogs", "fail")),
      lost_binlogs(
          metrics().counter("binlog_pump_loss_binlog_count", "Binlogs that could not be written.")),
      gc_ts_ms(gauge("binlog_pump_storage_gc_ts", "Binlogs up to here are given up, in ms.")),
      done_gc_ts_ms(gauge("binlog_pump_storage_done_gc_ts", "Binlogs up to here are gone, in ms.")),
      deleted_entries(metrics().counter("binlog_pump_storage_deleted_kv_total",
                                        "Index entries removed by GC.")),
      disk_capacity(disk("capacity")),
      disk_available(disk("available")),
      writable(gauge("binlog_pump_storage_writable",
                     "0 while there is too little space for anything but fake binlogs.")),
      max_commit_ts_ms(gauge("binlog_pump_storage_max_commit_ts",
                             "Highest commit ts that can be served, in ms.")),
      tikv_queries(metrics().counter("binlog_pump_storage_query_tikv_count",
                                     "Transactions whose status was asked from TiKV.")),
      write_errors(errors("write_binlog")),
      feed_errors(errors("feed_pre_write_value")),
      single_size(write_size("single")),
      batch_size(write_size("batch")),
      single_seconds(write_seconds("single")),
      batch_seconds(write_seconds("batch")),
      to_disk_seconds(write_seconds("to_disk")),
      sync_seconds(write_seconds("fsync")),
      rotate_seconds(write_seconds("rotate")) {
  // What dashboards of the original look for and what cannot happen here stays at zero.
  for (const char* type : {"write_binlog_batch", "batch_write_kv", "read_value"}) errors(type);
  for (const char* type : {"turned_on", "turned_off", "catch_up", "recovery"}) {
    metrics().counter("binlog_pump_storage_slow_chaser_count",
                      "Always 0: the index is never behind.", {{"type", type}});
  }
  // "drainer" is what the original calls it.
  metrics().histogram("binlog_drainer_slow_chaser_catchup_time_seconds",
                      "Always empty: the index is never behind.",
                      exponential_buckets(0.001, 2, 22));
}

void PumpMetrics::observe_group(const GroupWritten& group) {
  batch_size.observe(static_cast<double>(group.bytes));
  batch_seconds.observe(group.write_seconds + group.sync_seconds + group.rotate_seconds);
  to_disk_seconds.observe(group.write_seconds);
  sync_seconds.observe(group.sync_seconds);
  if (group.rotate_seconds > 0) rotate_seconds.observe(group.rotate_seconds);
}

void PumpMetrics::observe_storage(const StorageStats& stats) {
  auto count = [](uint64_t n) { return static_cast<double>(n); };
  max_commit_ts_ms.set(physical_ms(stats.max_commit_ts));
  gc_ts_ms.set(physical_ms(stats.gc_ts));
  done_gc_ts_ms.set(physical_ms(stats.gc_ts));  // Storage::gc() says it after the files are gone
  gauge("binlog_pump_storage_unresolved", "Prewrites whose outcome is not known.")
      .set(count(stats.unresolved));
  gauge("binlog_pump_storage_committed_waiting", "Commits that wait for an older transaction.")
      .set(count(stats.committed_waiting));
  gauge("binlog_pump_storage_log_bytes", "Size of the log.").set(count(stats.log_bytes));
  gauge("binlog_pump_storage_late_commits", "Commits proven too late to be served.")
      .set(count(stats.counters.late_commits));
  gauge("binlog_pump_storage_commits_without_prewrite", "Commits whose prewrite is not here.")
      .set(count(stats.counters.commits_without_p));
  gauge("binlog_pump_storage_conflicting_commits", "Second commits with another commit ts.")
      .set(count(stats.counters.conflicting_commits));
  gauge("binlog_pump_storage_corrupt_ranges", "Damaged ranges found in the log at the start.")
      .set(count(stats.counters.corrupt_ranges));
}

Counter& PumpMetrics::purged_from_drainer(const std::string& drainer_id) {
  return metrics().counter("binlog_pump_detected_drainer_binlog_purge_count",
                           "Times a drainer was found that had not read what GC removed.",
                           {{"id", drainer_id}});
}

Gauge& PumpMetrics::drainer_time_left(const std::string& drainer_id) {
  return metrics().gauge("binlog_pump_drainer_purge_in_seconds",
                         "Time until GC takes binlogs that this drainer has not read, 0: it has.",
                         {{"id", drainer_id}});
}

}  // namespace tbl::pump
