#include "tidb/ddl/worker.h"

#include <algorithm>
#include <chrono>

#include "base/log.h"
#include "tidb/ddl/ddl_text.h"
#include "tidb/ddl/gc_ranges.h"
#include "tidb/kv/kv_error.h"
#include "tidb/kv/transaction.h"

namespace tbl::tidb {

namespace {

using namespace std::chrono_literals;
using schema::ActionType;
using schema::DdlJob;
using schema::JobState;
using schema::SchemaState;

/// The worker looks at the queue now and then even if nobody calls.
constexpr auto kIdleWait = 1s;
constexpr std::chrono::milliseconds kRetryWaitMin = 10ms;
constexpr std::chrono::milliseconds kRetryWaitMax = 3000ms;

bool has_ended(const DdlJob& job) {
  return job.state == JobState::kDone || job.state == JobState::kRollbackDone ||
         job.state == JobState::kCancelled;
}

/// The step that completes a job, and the one from which on rows lack a column.
bool carries_binlog(const DdlJob& job) {
  return job.state == JobState::kDone || job.state == JobState::kRollbackDone ||
         (job.type == ActionType::kDropColumn && job.schema_state == SchemaState::kDeleteOnly);
}

bool moves_counter(ActionType type) {
  return type == ActionType::kRebaseAutoId || type == ActionType::kRenameTable ||
         type == ActionType::kTruncateTable || type == ActionType::kDropTable;
}

DdlBinlog binlog_of(const DdlJob& job) {
  return {annotate_ddl(job.query), job.id, static_cast<int32_t>(job.schema_state)};
}

}  // namespace

DdlWorker::DdlWorker(DdlStorage& storage, SchemaHolder& schemas, IndexBackfill* backfill)
    : storage_(storage), schemas_(schemas), backfill_(backfill) {}

DdlWorker::~DdlWorker() { stop(); }

void DdlWorker::start() {
  thread_ = Thread("ddl-worker", [this] { run(); });
}

void DdlWorker::stop() {
  stop_.request_stop();
  {
    std::lock_guard lock(mutex_);
    cond_.notify_all();
  }
  thread_.join();
}

void DdlWorker::notify() {
  std::lock_guard lock(mutex_);
  work_ = true;
  cond_.notify_all();
}

void DdlWorker::expect(int64_t job_id) {
  std::lock_guard lock(mutex_);
  expected_[job_id];
}

void DdlWorker::forget(int64_t job_id) {
  std::lock_guard lock(mutex_);
  expected_.erase(job_id);
}

std::optional<DdlJob> DdlWorker::wait_for(int64_t job_id, int64_t timeout_ms) {
  std::unique_lock lock(mutex_);
  cond_.wait_for(lock, std::chrono::milliseconds(timeout_ms),
                 [&] { return expected_[job_id].has_value() || stop_.stop_requested(); });
  std::optional<DdlJob> job = expected_[job_id];
  if (job) expected_.erase(job_id);
  return job;
}

void DdlWorker::finished(const DdlJob& job) {
  log_info("DDL job ended", {{"job", job.to_string()}, {"query", job.query}});
  std::lock_guard lock(mutex_);
  if (auto it = expected_.find(job.id); it != expected_.end()) it->second = job;
  cond_.notify_all();
}

void DdlWorker::run() {
  auto pause = kRetryWaitMin;
  while (!stop_.stop_requested()) {
    {
      std::unique_lock lock(mutex_);
      cond_.wait_for(lock, kIdleWait, [this] { return work_ || stop_.stop_requested(); });
      work_ = false;
    }
    while (!stop_.stop_requested()) {
      auto more = run_once();
      if (more.ok() && !*more) break;
      if (more.ok()) {
        pause = kRetryWaitMin;
        continue;
      }
      log_warn("DDL step failed, trying again", {{"error", more.status().to_string()}});
      if (!tbl::wait_for(stop_.get_token(), pause)) return;
      pause = std::min(pause * 2, kRetryWaitMax);
    }
  }
}

namespace {

/// Must `later` wait for the end of `earlier`?
bool depends_on(const DdlJob& later, const DdlJob& earlier) {
  const bool on_database = later.table_id == 0 || earlier.table_id == 0;
  return on_database ? later.schema_id == earlier.schema_id : later.table_id == earlier.table_id;
}

}  // namespace

Result<std::optional<DdlJob>> DdlWorker::next_job(MetaReader& meta) {
  TBL_ASSIGN(auto general, meta.first_job(JobQueue::kGeneral));
  TBL_ASSIGN(auto index, meta.first_job(JobQueue::kAddIndex));
  if (!general) return index;
  if (!index) return general;
  return index->id < general->id && depends_on(*general, *index) ? index : general;
}

Result<bool> DdlWorker::run_once() {
  TBL_ASSIGN(auto txn, storage_.begin());
  MetaWriter meta(txn->store());
  TBL_ASSIGN(auto job, next_job(meta));
  if (!job) return false;
  if (has_ended(*job)) {
    TBL_TRY(archive(*txn, meta, std::move(*job)));
  } else {
    TBL_TRY(advance(*txn, meta, std::move(*job)));
  }
  return true;
}

Status DdlWorker::advance(DdlTransaction& txn, MetaWriter& meta, DdlJob job) {
  const SchemaPtr schema = schemas_.current();
  JobStep step(meta, job, *schema, txn.start_ts());
  TBL_ASSIGN(step.args, parse_job_args(job.raw_args));
  step.backfill = backfill_;
  step.sql = sql_;
  const std::string args_text = job.raw_args;
  TBL_TRY(run_step(step));
  if (has_ended(job) && job.raw_args == args_text) job.raw_args = "null";
  TBL_TRY(meta.update_job(job));
  return step.diff ? commit_version(txn, meta, step) : commit_plain(txn, job);
}

Status DdlWorker::commit_plain(DdlTransaction& txn, const DdlJob& job) {
  if (!carries_binlog(job)) return txn.commit(nullptr);
  const DdlBinlog binlog = binlog_of(job);
  return txn.commit(&binlog);
}

Status DdlWorker::commit_version(DdlTransaction& txn, MetaWriter& meta, const JobStep& step) {
  const SchemaPtr before = schemas_.current();
  if (before->version() + 1 != step.diff->version) {
    TBL_TRY(reload_schema());
    return failed_precondition("the schema in memory was not the current one");
  }
  TBL_ASSIGN(SchemaPtr after, apply_diff(*before, *step.diff, meta));
  std::vector<int64_t> changed = changed_tables(*before, *after, *step.diff);
  SchemaHolder::ChangePass pass = schemas_.enter_change();
  Status committed = commit_plain(txn, step.job);
  if (forget_auto_ids_ && moves_counter(step.job.type)) forget_auto_ids_(step.job.table_id);
  if (committed.ok()) {
    pass.publish(std::move(after), std::move(changed));
    return committed;
  }
  return is_undetermined(committed) ? reload_schema() : committed;
}

Status DdlWorker::reload_schema() {
  auto pause = kRetryWaitMin;
  for (;;) {
    auto load = [this]() -> Result<SchemaPtr> {
      TBL_ASSIGN(auto txn, storage_.begin());
      MetaReader meta(txn->store());
      return load_schema(meta);
    };
    auto schema = load();
    if (schema.ok()) {
      schemas_.reset(std::move(schema).value());
      return ok_status();
    }
    log_warn("cannot read the schema, trying again", {{"error", schema.status().to_string()}});
    if (!tbl::wait_for(stop_.get_token(), pause)) return cancelled("DDL worker stops");
    pause = std::min(pause * 2, kRetryWaitMax);
  }
}

Status DdlWorker::archive(DdlTransaction& txn, MetaWriter& meta, DdlJob job) {
  if (SqlRunner* sql = sql_; sql != nullptr && job.state != JobState::kCancelled) {
    TBL_TRY(record_gc_ranges(*sql, job, txn.start_ts()));
  }
  if (job.state == JobState::kDone) job.state = JobState::kSynced;
  job.finished_ts = txn.start_ts();
  TBL_TRY(meta.pop_job(queue_of(job.type)));
  TBL_TRY(meta.add_history(job));
  TBL_TRY(txn.commit(nullptr));
  finished(job);
  return ok_status();
}

}  // namespace tbl::tidb
