#include "tidb/ddl/ddl.h"

#include <fmt/format.h>

#include <chrono>

#include "base/log.h"
#include "tidb/catalog/meta.h"
#include "tidb/ddl/plan_jobs.h"
#include "tidb/ddl/worker.h"
#include "tidb/expr/eval_context.h"
#include "tidb/kv/kv_error.h"
#include "tidb/kv/transaction.h"
#include "tidb/types/sql_error.h"

namespace tbl::tidb {

namespace {

using schema::DdlJob;
using schema::JobState;

constexpr int kQueueTries = 64;
constexpr int64_t kLookAgainMillis = 500;

Status result_of(const DdlJob& job) {
  if (job.state == JobState::kSynced || job.state == JobState::kDone) return ok_status();
  if (!job.error) return sql_error(kErrUnknown, "DDL job " + job.to_string() + " failed");
  return sql_error(static_cast<SqlErrno>(job.error->code), job.error->message);
}

bool may_try_again(const Status& status) {
  return is_write_conflict(status) || status.code() == StatusCode::kAborted;
}

}  // namespace

class Ddl::Impl {
 public:
  Impl(Deps deps, DdlOptions options)
      : deps_(deps),
        options_(std::move(options)),
        worker_(*deps.storage, *deps.schemas, deps.backfill) {
    worker_.set_sql_runner(deps.sql);
    worker_.set_forget_auto_ids(deps.forget_auto_ids);
  }

  Status start();
  void stop() { worker_.stop(); }
  void set_sql_runner(SqlRunner* sql) { worker_.set_sql_runner(sql); }
  Status run(const ast::Statement& statement, const DdlSession& session);
  Result<std::vector<std::string>> cancel(const std::vector<int64_t>& job_ids);
  Result<std::vector<JobRow>> jobs(size_t history_limit);

 private:
  Result<int64_t> enqueue(PlannedJob job, const std::string& query);
  Result<int64_t> try_enqueue(PlannedJob job, const std::string& query);
  Status run_job(PlannedJob job, const DdlSession& session);
  Result<std::optional<DdlJob>> find_in_history(int64_t job_id);
  Status cancel_one(MetaWriter& meta, int64_t job_id, std::string* result);
  JobRow row_of(DdlJob job, const Schema& schema) const;

  const Deps deps_;
  const DdlOptions options_;
  DdlWorker worker_;
};

Status Ddl::Impl::start() {
  TBL_ASSIGN(auto txn, deps_.storage->begin());
  MetaReader meta(txn->store());
  TBL_ASSIGN(SchemaPtr schema, load_schema(meta));
  log_info("schema loaded", {{"version", schema->version()}});
  deps_.schemas->reset(std::move(schema));
  worker_.start();
  return ok_status();
}

Result<int64_t> Ddl::Impl::try_enqueue(PlannedJob job, const std::string& query) {
  TBL_ASSIGN(auto txn, deps_.storage->begin());
  MetaWriter meta(txn->store());
  TBL_ASSIGN(DdlJob queued, queue_job(meta, txn->start_ts(), std::move(job), query));
  worker_.expect(queued.id);
  Status committed = txn->commit(nullptr);
  if (committed.ok()) return queued.id;
  worker_.forget(queued.id);
  return committed;
}

Result<int64_t> Ddl::Impl::enqueue(PlannedJob job, const std::string& query) {
  for (int tries = 1;; ++tries) {
    auto queued = try_enqueue(job, query);
    if (queued.ok() || tries == kQueueTries || !may_try_again(queued.status())) return queued;
  }
}

Result<std::optional<DdlJob>> Ddl::Impl::find_in_history(int64_t job_id) {
  TBL_ASSIGN(auto txn, deps_.storage->begin());
  return MetaReader(txn->store()).history_job(job_id);
}

Status Ddl::Impl::run_job(PlannedJob job, const DdlSession& session) {
  TBL_ASSIGN(int64_t id, enqueue(std::move(job), session.query));
  worker_.notify();
  for (;;) {
    std::optional<DdlJob> done = worker_.wait_for(id, kLookAgainMillis);
    if (!done) {
      // The worker may have lost the answer of the last transaction.
      auto found = find_in_history(id);
      if (found.ok()) done = std::move(*found);
    }
    if (done) {
      worker_.forget(id);
      return result_of(*done);
    }
    if (worker_.is_stopped() || (session.is_killed && session.is_killed())) {
      worker_.forget(id);
      return query_interrupted();
    }
  }
}

Status Ddl::Impl::run(const ast::Statement& statement, const DdlSession& session) {
  const SchemaPtr schema = deps_.schemas->current();
  const BuildScope build{*schema, *session.eval, options_};
  TBL_ASSIGN(JobPlan plan, plan_jobs(statement, PlanScope{build, session}));
  for (PlannedJob& job : plan.jobs) {
    const int ignored = job.ignored_error;
    Status status = run_job(std::move(job), session);
    const bool is_note = ignored != 0 && status.detail() == ignored;
    if (is_note && session.eval->warnings() != nullptr) {
      session.eval->warnings()->add(status, Warning::kNote);
    }
    if (!is_note) TBL_TRY(std::move(status));
  }
  return plan.after;
}

Status Ddl::Impl::cancel_one(MetaWriter& meta, int64_t job_id, std::string* result) {
  for (JobQueue queue : {JobQueue::kGeneral, JobQueue::kAddIndex}) {
    TBL_ASSIGN(auto jobs, meta.queued_jobs(queue));
    for (DdlJob& job : jobs) {
      if (job.id != job_id) continue;
      if (!is_cancellable(job)) {
        *result = fmt::format(
            "error: [ddl:12]This job:{} is almost finished, can't be cancelled now", job_id);
        return ok_status();
      }
      job.state = JobState::kCancelling;
      *result = "successful";
      return meta.update_job(job);
    }
  }
  *result = fmt::format("error: [admin:4]DDL Job:{} not found", job_id);
  return ok_status();
}

Result<std::vector<std::string>> Ddl::Impl::cancel(const std::vector<int64_t>& job_ids) {
  for (int tries = 1;; ++tries) {
    std::vector<std::string> results(job_ids.size());
    TBL_ASSIGN(auto txn, deps_.storage->begin());
    MetaWriter meta(txn->store());
    for (size_t i = 0; i < job_ids.size(); ++i) {
      TBL_TRY(cancel_one(meta, job_ids[i], &results[i]));
    }
    Status committed = txn->commit(nullptr);
    if (committed.ok()) {
      worker_.notify();
      return results;
    }
    if (tries == kQueueTries || !may_try_again(committed)) return committed;
  }
}

JobRow Ddl::Impl::row_of(DdlJob job, const Schema& schema) const {
  JobRow row;
  if (job.db) {
    row.db_name = job.db->name.l;
  } else if (const Database* db = schema.database_by_id(job.schema_id)) {
    row.db_name = db->info->name.l;
  }
  if (job.table) {
    row.table_name = job.table->name.l;
  } else if (auto ref = schema.table_by_id(job.table_id)) {
    row.table_name = ref.table->name.l;
  }
  row.job = std::move(job);
  return row;
}

Result<std::vector<JobRow>> Ddl::Impl::jobs(size_t history_limit) {
  TBL_ASSIGN(auto txn, deps_.storage->begin());
  MetaReader meta(txn->store());
  const SchemaPtr schema = deps_.schemas->current();
  std::vector<JobRow> rows;
  for (JobQueue queue : {JobQueue::kGeneral, JobQueue::kAddIndex}) {
    TBL_ASSIGN(auto queued, meta.queued_jobs(queue));
    for (DdlJob& job : queued) rows.push_back(row_of(std::move(job), *schema));
  }
  if (history_limit == 0) return rows;
  TBL_ASSIGN(auto history, meta.history(history_limit));
  for (DdlJob& job : history) rows.push_back(row_of(std::move(job), *schema));
  return rows;
}

Ddl::Ddl(Deps deps, DdlOptions options) : impl_(std::make_unique<Impl>(deps, std::move(options))) {}
Ddl::~Ddl() = default;

Status Ddl::start() { return impl_->start(); }
void Ddl::stop() { impl_->stop(); }
void Ddl::set_sql_runner(SqlRunner* sql) { impl_->set_sql_runner(sql); }

bool Ddl::handles(const ast::Statement& statement) {
  switch (statement.kind) {
    case ast::StatementKind::kCreateDatabase:
    case ast::StatementKind::kAlterDatabase:
    case ast::StatementKind::kDropDatabase:
    case ast::StatementKind::kCreateTable:
    case ast::StatementKind::kAlterTable:
    case ast::StatementKind::kDropTable:
    case ast::StatementKind::kTruncateTable:
    case ast::StatementKind::kRenameTable:
    case ast::StatementKind::kCreateIndex:
    case ast::StatementKind::kDropIndex:
    case ast::StatementKind::kCreateView:
    case ast::StatementKind::kDropView:
    case ast::StatementKind::kCreateSequence:
    case ast::StatementKind::kAlterSequence:
    case ast::StatementKind::kDropSequence:
    case ast::StatementKind::kRecoverTable:
    case ast::StatementKind::kFlashbackTable:
      return true;
    default:
      return false;
  }
}

Status Ddl::run(const ast::Statement& statement, const DdlSession& session) {
  return impl_->run(statement, session);
}

Result<std::vector<std::string>> Ddl::cancel(const std::vector<int64_t>& job_ids) {
  return impl_->cancel(job_ids);
}

Result<std::vector<JobRow>> Ddl::jobs(size_t history_limit) { return impl_->jobs(history_limit); }

}  // namespace tbl::tidb
