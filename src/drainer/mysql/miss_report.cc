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
  if (!is_due(miss.table)) return ok_status();
  log_warn("rows to be changed were not found downstream", {{"table", miss.table},
                                                            {"commit ts", miss.commit_ts},
                                                            {"expected", miss.expected_rows},
                                                            {"found", miss.found_rows},
                                                            {"sql", statement}});
  return ok_status();
}

void MissReport::report_changed(const Changed& changed) {
  changed_counter_.add(static_cast<double>(changed.warnings));
  if (!is_due("changed " + changed.table)) return;
  log_warn("downstream has cut or changed values",
           {{"table", changed.table},
            {"commit ts", changed.commit_ts},
            {"warnings", changed.warnings},
            {"sql", std::string(changed.sql.substr(0, kMaxSqlInMessage))}});
}

void MissReport::report_replaced(uint64_t commit_ts, const Status& error) {
  replaced_counter_.add();
  log_warn("a row downstream had the key of a new one and is replaced",
           {{"commit ts", commit_ts}, {"error", error}});
}

bool MissReport::is_due(const std::string& about) {
  std::lock_guard lock(mutex_);
  int64_t now_ms = system_clock().unix_ms();
  int64_t& next_ms = next_ms_[about];
  if (now_ms < next_ms) return false;
  next_ms = now_ms + kWarnIntervalMs;
  return true;
}

}  // namespace tbl::mysql
