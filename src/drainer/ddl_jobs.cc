#include "drainer/ddl_jobs.h"

#include <algorithm>
#include <chrono>

#include "base/ascii.h"
#include "base/log.h"
#include "schema/history.h"

namespace tbl::drainer {

namespace {

using namespace std::chrono_literals;

constexpr int kReadTries = 10;
constexpr auto kErrorPause = 1s;
constexpr std::chrono::milliseconds kFirstPause = 10ms;
constexpr std::chrono::milliseconds kLongestPause = 1s;

bool is_sequence_value(Bytes query) { return starts_with_ignoring_case(query, "select setval"); }

}  // namespace

Result<schema::DdlJobPtr> DdlJobs::find(const codec::BinlogView& binlog, const StopToken& stop) {
  if (is_sequence_value(binlog.ddl_query)) return schema::DdlJobPtr();
  TBL_ASSIGN(schema::DdlJob job, wait_for_job(binlog.ddl_job_id, stop));
  return to_be_applied(binlog, std::move(job));
}

Result<schema::DdlJobPtr> DdlJobs::find_at_once(const codec::BinlogView& binlog) {
  if (is_sequence_value(binlog.ddl_query)) return schema::DdlJobPtr();
  TBL_ASSIGN(uint64_t ts, get_ts_());
  TBL_ASSIGN(auto job, schema::read_job(reader_, binlog.ddl_job_id, ts));
  return job ? to_be_applied(binlog, std::move(*job)) : schema::DdlJobPtr();
}

schema::DdlJobPtr DdlJobs::to_be_applied(const codec::BinlogView& binlog, schema::DdlJob job) {
  if (binlog.ddl_schema_state == static_cast<int32_t>(schema::SchemaState::kDeleteOnly)) {
    job.schema_state = schema::SchemaState::kDeleteOnly;
  } else if (!job.is_finished() || schema::is_system_table_id(job.table_id)) {
    log_info("ddl job is not for us", {{"job", job.to_string()}});
    return nullptr;
  }
  return std::make_shared<const schema::DdlJob>(std::move(job));
}

Result<schema::DdlJob> DdlJobs::wait_for_job(int64_t job_id, const StopToken& stop) {
  int failures = 0;
  LogEvery waiting(10000);
  for (auto pause = kFirstPause;; pause = std::min(pause * 2, kLongestPause)) {
    auto ts = get_ts_();
    auto job = ts.ok() ? schema::read_job(reader_, job_id, *ts)
                       : Result<std::optional<schema::DdlJob>>(ts.status());
    if (job.ok() && *job) return std::move(**job);
    if (!job.ok()) {
      log_error("get ddl job failed", {{"id", job_id}, {"error", job.status()}});
      if (++failures == kReadTries) return job.status();
      if (!wait_for(stop, kErrorPause)) return cancelled("stopped");
    } else if (pause == kLongestPause && waiting.due()) {
      log_info("wait for ddl job to be in the history", {{"id", job_id}});
    }
    if (!wait_for(stop, pause)) return cancelled("stopped");
  }
}

}  // namespace tbl::drainer
