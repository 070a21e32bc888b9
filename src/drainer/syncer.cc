#include "drainer/syncer.h"

#include <fmt/format.h>

#include "base/log.h"

namespace tbl::drainer {

namespace {

std::string quoted(const schema::SchemaAndTable& names) {
  return names.table.empty() ? names.schema : names.schema + "." + names.table;
}

bool leaves_no_table(schema::ActionType type) {
  using schema::ActionType;
  return type == ActionType::kDropTable || type == ActionType::kDropView ||
         type == ActionType::kDropSequence || type == ActionType::kDropSchema;
}

std::vector<schedule::TableName> touched_tables(const schema::SchemaAndTable& before,
                                                const schema::SchemaAndTable& after) {
  std::vector<schedule::TableName> touched = {{after.schema, after.table}};
  const bool renamed = before.schema != after.schema || before.table != after.table;
  if (!before.table.empty() && renamed)
    touched.insert(touched.begin(), {before.schema, before.table});
  return touched;
}

}  // namespace

Syncer::Syncer(SyncerRules rules, schema::SchemaTracker& schema, const Router& router,
               DdlJobs& jobs)
    : rules_(std::move(rules)),
      schema_(schema),
      router_(router),
      jobs_(jobs),
      tables_(schema, router),
      ddl_jobs_total_(metrics().counter("binlog_drainer_ddl_jobs_total", "DDL jobs read")),
      ddl_events_(metrics().counter("binlog_drainer_event", "events", {{"type", "DDL"}})),
      schema_version_(schema.version()) {
  if (rules_.channel_id) loop_marks_.emplace(schema, *rules_.channel_id);
}

Result<Step> Syncer::handle(BinlogItem item, const StopToken& stop) {
  if (rules_.ignore_txn_commit_ts.contains(item.commit_ts())) {
    log_warn("skip txn", {{"commit ts", item.commit_ts()}});
    return progress(item);
  }
  if (item.is_fake()) return progress(item);
  if (item.view.is_ddl()) return handle_ddl(item, stop);
  const uint64_t commit_ts = item.commit_ts();
  auto step = handle_rows(std::move(item));
  if (!step.ok()) return std::move(step).status().wrap(fmt::format("binlog {}", commit_ts));
  return step;
}

Step Syncer::progress(const BinlogItem& item) const {
  return ProgressStep{item.commit_ts(), schema_version_};
}

Result<Step> Syncer::handle_rows(BinlogItem item) {
  TBL_ASSIGN(auto value, codec::PrewriteValue::parse(item.view.prewrite_value));
  TBL_TRY(schema_.apply_up_to(value.schema_version()));
  RowsStep rows;
  rows.encoded.start_ts = item.start_ts();
  rows.encoded.commit_ts = item.commit_ts();
  rows.encoded.schema_version = value.schema_version();
  rows.encoded.mutations.reserve(value.mutation_count());
  bool for_us = false;
  for (Bytes bytes; value.next(&bytes);) {
    TBL_ASSIGN(auto mutation, codec::TableMutation::parse(bytes));
    TBL_ASSIGN(auto resolved, tables_.resolve(std::move(mutation), value.schema_version()));
    decode::MutationTask& task = resolved.task;
    for_us = for_us || (task.table && task.mutation.row_count() > 0);
    if (resolved.ignored_rows != kNoRows && task.table) {
      rows.ignored.emplace_back(task.table.get(), resolved.ignored_rows);
    }
    rows.encoded.mutations.push_back(std::move(task));
  }
  if (!for_us) return progress(item);
  rows.encoded.payload = item.payload;
  if (loop_marks_) {
    TBL_ASSIGN(bool ours, loop_marks_->has_ours(rows.encoded));
    if (ours) return progress(item);
  }
  schema_version_ = value.schema_version();
  return Step(std::move(rows));
}

Step Syncer::skip(const BinlogItem& item, const schema::DdlJob& job, std::string_view why) const {
  log_info("skip ddl", {{"why", why}, {"sql", job.query}, {"commit ts", item.commit_ts()}});
  return progress(item);
}

Result<Step> Syncer::handle_ddl(const BinlogItem& item, const StopToken& stop) {
  TBL_ASSIGN(schema::DdlJobPtr job, jobs_.find(item.view, stop));
  if (!job) return progress(item);
  ddl_jobs_total_.add();
  log_info("get ddl job", {{"job", job->to_string()}, {"commit ts", item.commit_ts()}});
  if (schema::is_ignored_action(job->type)) return skip(item, *job, "its kind is not replicated");
  if (job->schema_version == 0) return skip(item, *job, "it changed nothing");
  tables_.forget();
  // The names before the job: for RENAME they are another table's for the downstream.
  TBL_TRY(schema_.apply_up_to(job->schema_version - 1));
  const schema::SchemaAndTable* names = schema_.name_of(job->table_id);
  const auto before = names == nullptr ? schema::SchemaAndTable{} : *names;
  schema_.append(job);
  if (job->is_dropping_column()) return skip(item, *job, "the column is only about to be dropped");
  TBL_TRY(schema_.apply_up_to(job->schema_version));
  return make_ddl(item, *job, before);
}

Result<Step> Syncer::make_ddl(const BinlogItem& item, const schema::DdlJob& job,
                              const schema::SchemaAndTable& before) {
  if (job.type == schema::ActionType::kCreateTables && rules_.skip_create_tables) {
    log_info("Syncer skips Batch Create Tables DDL because it will cost too much time",
             {{"sql", job.query}, {"commit ts", item.commit_ts()}});
    return progress(item);
  }
  TBL_ASSIGN(schema::SchemaAndTable names, schema_.names_at(job.schema_version));
  if (rules_.sync_ddl && router_.skips_ddl(names.schema, names.table)) {
    return skip(item, job, "filtered: " + quoted(names));
  }
  if (job.query.empty()) log_warn("job query is empty", {{"job", job.to_string()}});
  DdlStep ddl;
  ddl.task.commit_ts = item.commit_ts();
  ddl.task.schema_version = job.schema_version;
  ddl.task.job_id = job.id;
  ddl.task.type = job.type;
  ddl.task.query = item.view.ddl_query;
  ddl.task.schema = names.schema;
  ddl.task.touched = touched_tables(before, names);
  if (!leaves_no_table(job.type)) ddl.task.table_after = job.table;
  ddl.task.skip = !rules_.sync_ddl ||
                  router_.events().ignores_ddl(names.schema, names.table, job.query, job.type);
  schema_version_ = job.schema_version;
  ddl_events_.add();
  log_info(
      "add ddl item to syncer, you can add this commit ts to `ignore-txn-commit-ts` to skip "
      "this ddl if needed",
      {{"sql", job.query}, {"commit ts", item.commit_ts()}, {"shouldSkip", ddl.task.skip}});
  return Step(std::move(ddl));
}

}  // namespace tbl::drainer
