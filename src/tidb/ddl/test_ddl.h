// Runs DDL statements over a fake store, one worker step at a time.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "tidb/ddl/plan_jobs.h"
#include "tidb/ddl/test_storage.h"
#include "tidb/ddl/worker.h"
#include "tidb/parser/parser.h"

namespace tbl::tidb {

/// A server that can die at any commit: what it knows in memory goes, the store stays.
class TestDdl {
 public:
  TestDdl() { restart(); }

  void restart() {
    schemas = std::make_unique<SchemaHolder>();
    auto txn = storage.begin();
    MetaReader meta((*txn)->store());
    auto schema = load_schema(meta);
    ASSERT_TRUE(schema.ok()) << schema.status().to_string();
    schemas->reset(*schema);
    worker = std::make_unique<DdlWorker>(storage, *schemas, &backfill);
    worker->set_sql_runner(&sql);
  }

  /// What Ddl::run does before the queue.
  Result<JobPlan> plan(const std::string& statement) {
    warnings.clear();
    TBL_ASSIGN(auto parsed, parse_one(statement, {}));
    EvalContext eval = eval_context();
    DdlSession session;
    session.eval = &eval;
    session.query = statement;
    const SchemaPtr schema = schemas->current();
    const BuildScope build{*schema, eval, options};
    return plan_jobs(*parsed, PlanScope{build, session});
  }

  EvalContext eval_context() {
    EvalContext eval;
    eval.convert.warnings = &warnings;
    eval.convert.sql_mode = sql_mode;
    eval.current_db = current_db;
    eval.user = "root@127.0.0.1";
    eval.auth_user = "root@%";
    eval.now_micros = 1'600'000'000'000'000;
    return eval;
  }

  Result<int64_t> queue(const PlannedJob& job, const std::string& query) {
    TBL_ASSIGN(auto txn, storage.begin());
    MetaWriter meta(txn->store());
    TBL_ASSIGN(auto queued, queue_job(meta, txn->start_ts(), job, query));
    TBL_TRY(txn->commit(nullptr));
    return queued.id;
  }

  /// Works until both queues are empty.
  Status drain() {
    for (;;) {
      TBL_ASSIGN(bool more, worker->run_once());
      if (!more) return ok_status();
    }
  }

  schema::DdlJob history_job(int64_t id) {
    auto txn = storage.begin();
    auto job = MetaReader((*txn)->store()).history_job(id);
    EXPECT_TRUE(job.ok() && job->has_value()) << id;
    return job.ok() && job->has_value() ? **job : schema::DdlJob();
  }

  /// The whole way of a statement; the error is the client's.
  Status run(const std::string& statement) {
    last_jobs.clear();
    TBL_ASSIGN(JobPlan plan, this->plan(statement));
    for (const PlannedJob& job : plan.jobs) {
      TBL_ASSIGN(int64_t id, queue(job, statement));
      TBL_TRY(drain());
      last_jobs.push_back(history_job(id));
      const auto& error = last_jobs.back().error;
      if (error) return sql_error(static_cast<SqlErrno>(error->code), error->message);
    }
    return plan.after;
  }
  void ok(const std::string& statement) {
    Status status = run(statement);
    ASSERT_TRUE(status.ok()) << statement << ": " << status.to_string();
  }
  /// The error's number and text, "1050 Table ...", or "" for success.
  std::string error(const std::string& statement) {
    Status status = run(statement);
    return status.ok() ? "" : std::to_string(status.detail()) + " " + status.message();
  }
  schema::TableInfoPtr table(const std::string& name) {
    return schemas->current()->table(current_db, name);
  }
  const schema::DdlJob& last_job() { return last_jobs.back(); }

  FakeDdlStorage storage;
  FakeBackfill backfill;
  FakeSql sql;
  DdlOptions options;
  std::string current_db = "test";
  SqlMode sql_mode = kDefaultSqlMode;
  Warnings warnings;
  std::vector<schema::DdlJob> last_jobs;
  std::unique_ptr<SchemaHolder> schemas;
  std::unique_ptr<DdlWorker> worker;
};

}  // namespace tbl::tidb
