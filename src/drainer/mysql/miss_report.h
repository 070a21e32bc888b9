// Rows that a statement should have found and did not.
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>

#include "base/metrics.h"
#include "base/status.h"

namespace tbl::mysql {

/// An UPDATE or DELETE that matches nothing says that downstream differs from upstream. Counted,
/// and warned of at most once a second per table. Any thread.
class MissReport {
 public:
  /// `stop`: an error instead of a warning.
  explicit MissReport(bool stop)
      : stop_(stop),
        changed_counter_(metrics().counter("binlog_drainer_downstream_warnings_total",
                                           "warnings of the downstream about values")),
        replaced_counter_(metrics().counter("binlog_drainer_replaced_rows_total",
                                            "batches in which a row took another one's place")),
        counter_(metrics().counter("binlog_drainer_missed_rows_total",
                                   "rows to be changed that downstream did not have")) {}

  struct Miss {
    const std::string& table;
    uint64_t commit_ts;
    uint64_t expected_rows;
    uint64_t found_rows;
  };
  /// Downstream has taken a statement with warnings: values were cut or changed.
  struct Changed {
    const std::string& table;
    uint64_t commit_ts;
    uint64_t warnings;
    std::string_view sql;
  };
  void report_changed(const Changed& changed);

  /// A row stood in the place of one that was inserted, and has been replaced.
  void report_replaced(uint64_t commit_ts, const Status& error);

  /// `sql` is the statement, for the message.
  Status report(const Miss& miss, std::string_view sql);
  uint64_t count() const { return count_; }

 private:
  const bool stop_;
  Counter& changed_counter_;
  Counter& replaced_counter_;
  Counter& counter_;
  std::atomic<uint64_t> count_ = 0;
  /// Not more than once a second about one thing.
  bool is_due(const std::string& about);

  std::mutex mutex_;
  std::map<std::string, int64_t> next_ms_;  // by what it is about: no warning before
};

}  // namespace tbl::mysql
