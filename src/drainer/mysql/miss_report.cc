#include "drainer/mysql/miss_report.h"

#include "base/clock.h"
#include "base/log.h"

namespace tbl::mysql {
namespace {

constexpr size_t kMaxSqlInMessage = 512;
constexpr int64_t kWarnIntervalMs = 1000;

}  // namespace

Status MissReport::report(const Miss& miss, std::string_view sql) {
  uint64_t missing = miss.expected_rows - std::min(miss.expected_rows, miss.found_rows);
  count_ += missing;
  counter_.add(missing);
  std::string statement(sql.substr(0, kMaxSqlInMessage));
  if (stop_) {
    return failed_precondition("table " + miss.table + ": " + std::to_string(missing) +
                               " rows not found downstream, commit ts " +
                               std::to_string(miss.commit_ts) + ": " + statement);
  }
  {
    std::lock_guard lock(mutex_);
    int64_t now_ms = system_clock().unix_ms();
    int64_t& next_ms = next_ms_[miss.table];
    if (now_ms < next_ms) return ok_status();
    next_ms = now_ms + kWarnIntervalMs;
  }
  log_warn("rows to be changed were not found downstream", {{"table", miss.table},
                                                            {"commit ts", miss.commit_ts},
                                                            {"expected", miss.expected_rows},
                                                            {"found", miss.found_rows},
                                                            {"sql", statement}});
  return ok_status();
}

}  // namespace tbl::mysql
