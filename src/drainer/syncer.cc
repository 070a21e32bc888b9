#include "drainer/syncer.h"

#include <fmt/format.h>

#include "base/log.h"

namespace tbl::drainer {

namespace {

std::string quoted(const schedule::TableName& names) {
  return names.table.empty() ? names.schema : names.schema + "." + names.table;
}

bool leaves_no_table(schema::ActionType type) {
  using schema::ActionType;
  return type == ActionType::kDropTable || type == ActionType::kDropView ||
         type == ActionType::kDropSequence || type == ActionType::kDropSchema;
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
  if (rules_.channel_id) loop_marks_.emplace(schema, LoopMark::of_channel(*rules_.channel_id));
  if (rules_.own_mark) own_marks_.emplace(schema, *rules_.own_mark);
}

Result<Step> Syncer::handle(BinlogItem item, const StopToken& stop,
                            std::pmr::memory_resource* memory) {
  if (rules_.ignore_txn_commit_ts.contains(item.commit_ts())) {
    log_warn("skip txn", {{"commit ts", item.commit_ts()}});
    if (item.view.is_ddl()) TBL_TRY(follow_ignored(item));
    return progress(item);
  }
  if (item.is_fake()) return progress(item);
  if (item.view.is_ddl()) return handle_ddl(item, stop);
  auto step = handle_rows(item, memory);
  if (!step.ok()) return std::move(step).status().wrap(fmt::format("binlog {}", item.commit_ts()));
  return step;
}

Step Syncer::progress(const BinlogItem& item) const {
  return ProgressStep{item.commit_ts(), schema_version_};
}

Result<spill::TableForm> Syncer::resolve(int64_t table_id, int64_t version, RowsStep* rows) {
  TBL_ASSIGN(auto resolved, tables_.resolve(table_id, version));
  if (resolved.ignored_rows != kNoRows && resolved.table) {
    rows->ignored.emplace_back(resolved.table.get(), resolved.ignored_rows);
  }
  return spill::TableForm{std::move(resolved.table), resolved.may_append_default};
}

Result<bool> Syncer::resolve_rows(BinlogItem& item, RowsStep* rows) {
  TBL_ASSIGN(auto value, codec::PrewriteValue::parse(item.view.prewrite_value));
  const int64_t version = value.schema_version();
  TBL_TRY(schema_.apply_up_to(version));
  decode::EncodedTransaction& encoded = rows->encoded;
  encoded.start_ts = item.start_ts();
  encoded.commit_ts = item.commit_ts();
  encoded.schema_version = version;
  encoded.payload = std::move(item.payload);
  encoded.mutations.reserve(value.mutation_count());
  bool for_us = false;
  for (Bytes bytes; value.next(&bytes);) {
    TBL_ASSIGN(auto mutation, codec::TableMutation::parse(bytes));
    TBL_ASSIGN(auto form, resolve(mutation.table_id(), version, rows));
    for_us = for_us || (form.table && mutation.row_count() > 0);
    encoded.mutations.push_back(
        {std::move(mutation), std::move(form.table), form.may_append_default});
  }
  return for_us;
}

Result<bool> Syncer::resolve_large_rows(const BinlogItem& item, RowsStep* rows) {
  const int64_t version = item.large->schema_version();
  TBL_TRY(schema_.apply_up_to(version));
  spill::LargeTransaction large{item.start_ts(), item.commit_ts(), item.large, {}};
  bool for_us = false;
  for (const spill::LargeMutation& mutation : item.large->mutations()) {
    TBL_ASSIGN(auto form, resolve(mutation.table_id, version, rows));
    for_us = for_us || (form.table && mutation.row_count > 0);
    large.forms.push_back(std::move(form));
  }
  rows->large = std::make_unique<spill::LargeTransaction>(std::move(large));
  return for_us;
}

/// False, when it is for us; true, when it is one that is to be left out.
Result<bool> Syncer::is_ours_coming_back(const RowsStep& rows) {
  auto has_ours = [&rows](std::optional<LoopMarks>& marks) -> Result<bool> {
    if (!marks) return false;
    return rows.large ? marks->has_ours(*rows.large) : marks->has_ours(rows.encoded);
  };
  TBL_ASSIGN(const bool is_of_channel, has_ours(loop_marks_));
  if (is_of_channel) return true;
  TBL_ASSIGN(const bool is_own, has_ours(own_marks_));
  if (!is_own) return false;
  return failed_precondition(
      "what this drainer applied comes back to it: the downstream (`syncer.to`) is the upstream "
      "itself, or is replicated to it without `loopback-control`");
}

Result<Step> Syncer::handle_rows(BinlogItem& item, std::pmr::memory_resource* memory) {
  RowsStep rows(memory);
  TBL_ASSIGN(bool for_us, item.large ? resolve_large_rows(item, &rows) : resolve_rows(item, &rows));
  if (!for_us) return progress(item);
  TBL_ASSIGN(bool ours, is_ours_coming_back(rows));
  if (ours) return progress(item);
  schema_version_ = item.large ? item.large->schema_version() : rows.encoded.schema_version;
  return Step(std::move(rows));
}

// Later rows are written in the schema that the statement left, whoever executes it downstream.
Status Syncer::follow_ignored(const BinlogItem& item) {
  auto job = jobs_.find_at_once(item.view);
  if (!job.ok() || !*job) {
    log_warn("the ignored ddl has no job that could be followed",
             {{"commit ts", item.commit_ts()}, {"error", job.status()}});
    return ok_status();
  }
  const int64_t version = (*job)->schema_version;
  if (version == 0) return ok_status();
  tables_.forget();
  TBL_TRY(schema_.apply_up_to(version - 1));
  schema_.append(*job);
  if (Status followed = schema_.apply_up_to(version); !followed.ok()) {
    log_warn("the ignored ddl cannot be followed",
             {{"commit ts", item.commit_ts()}, {"error", followed}});
  }
  schema_version_ = version;
  return ok_status();
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
  if (job->type == schema::ActionType::kFlashbackCluster) {
    return failed_precondition(fmt::format(
        "commit ts {}: FLASHBACK CLUSTER changes rows and tables that no binlog tells of: set the "
        "downstream up anew, with a checkpoint behind it",
        item.commit_ts()));
  }
  tables_.forget();
  TBL_TRY(schema_.apply_up_to(job->schema_version - 1));
  std::optional<RenameDdl> renames;
  if (RenameDdl::is_rename(job->type)) renames.emplace(schema_, *job);
  schema_.append(job);
  if (job->is_dropping_column()) return skip(item, *job, "the column is only about to be dropped");
  TBL_TRY(schema_.apply_up_to(job->schema_version));
  if (job->type == schema::ActionType::kCreateTables && rules_.skip_create_tables) {
    log_info("Syncer skips Batch Create Tables DDL because it will cost too much time",
             {{"sql", job->query}, {"commit ts", item.commit_ts()}});
    return progress(item);
  }
  if (job->type > schema::kLastKnownAction && !job->table && !job->db) {
    return skip(item, *job, "its kind is not known, and it names no table");
  }
  TBL_ASSIGN(DdlStep ddl, make_ddl(item, *job));
  const bool for_us = renames ? adapt_to_renames(*renames, &ddl.task)
                              : !router_.skips_ddl(ddl.task.schema, ddl.task.touched[0].table);
  if (rules_.sync_ddl && !for_us) {
    return skip(item, *job, "filtered: " + quoted(ddl.task.touched.back()));
  }
  schema_version_ = job->schema_version;
  TBL_TRY(route(&ddl.task));
  ddl_events_.add();
  log_info(
      "add ddl item to syncer, you can add this commit ts to `ignore-txn-commit-ts` to skip "
      "this ddl if needed",
      {{"sql", job->query}, {"commit ts", item.commit_ts()}, {"shouldSkip", ddl.task.skip}});
  return Step(std::move(ddl));
}

Status Syncer::route(schedule::DdlTask* task) const {
  if (!router_.has_routes() || task->skip) return ok_status();
  TBL_ASSIGN(task->query, route_ddl(*task, router_));
  task->skip = task->query.empty();
  // The session's database may be nowhere downstream; a table's new one is.
  task->schema = router_.route(task->schema, task->touched.back().table).schema;
  for (schedule::TableName& name : task->touched) name = router_.route(name.schema, name.table);
  return ok_status();
}

bool Syncer::adapt_to_renames(const RenameDdl& renames, schedule::DdlTask* task) const {
  task->touched = renames.touched(schema_);
  if (!renames.session_database().empty()) task->schema = renames.session_database();
  std::string statement = renames.statement(task->query, schema_, router_);
  if (statement.empty()) return false;
  task->query = std::move(statement);
  return true;
}

Result<DdlStep> Syncer::make_ddl(const BinlogItem& item, const schema::DdlJob& job) const {
  TBL_ASSIGN(schema::SchemaAndTable names, schema_.names_at(job.schema_version));
  if (job.query.empty()) log_warn("job query is empty", {{"job", job.to_string()}});
  DdlStep ddl;
  ddl.task.commit_ts = item.commit_ts();
  ddl.task.schema_version = job.schema_version;
  ddl.task.job_id = job.id;
  ddl.task.type = job.type;
  ddl.task.query = item.view.ddl_query;
  ddl.task.schema = names.schema;
  ddl.task.touched = {{names.schema, names.table}};
  if (!leaves_no_table(job.type)) ddl.task.table_after = job.table;
  ddl.task.skip = !rules_.sync_ddl ||
                  router_.events().ignores_ddl(names.schema, names.table, job.query, job.type);
  return ddl;
}

}  // namespace tbl::drainer
