#include "drainer/mysql/ddl_runner.h"

#include "base/log.h"
#include "drainer/mysql/apply_metrics.h"
#include "drainer/mysql/ddl_text.h"
#include "drainer/mysql/errors.h"
#include "drainer/mysql/sql_text.h"
#include "drainer/schedule/backoff.h"

namespace tbl::mysql {
namespace {

using schedule::DdlTask;

constexpr std::chrono::seconds kLongDdl(30);
constexpr std::string_view kHowToGoOn =
    " (to go on, make it possible downstream; or do by hand what is needed and put the commit ts "
    "into `ignore-txn-commit-ts`; or let a rule of `ddl-rules` skip or rewrite it)";

/// Says in the log, for as long as it lives, that a statement is still being executed.
class LongDdlLog {
 public:
  explicit LongDdlLog(const std::string& sql)
      : thread_("ddl-watch", [this, sql] {
          int64_t seconds = 0;
          while (wait_for(stop_.get_token(), kLongDdl)) {
            seconds += kLongDdl.count();
            log_info("a DDL is still being executed", {{"sql", sql}, {"seconds", seconds}});
          }
        }) {}
  ~LongDdlLog() { stop_.request_stop(); }

 private:
  StopSource stop_;
  Thread thread_;
};

std::string quoted_ddl(const std::string& sql) { return "DDL \"" + sql + "\""; }

std::string names(const DdlTask& task) {
  std::string out;
  for (const schedule::TableName& name : task.touched) {
    out += (out.empty() ? "" : ", ") + quote_table(name.schema, name.table);
  }
  return out;
}

}  // namespace

DdlRunner::DdlRunner(Fence& fence, const StateTables& tables, Checkpointer& checkpointer,
                     DdlOptions options)
    : fence_(fence), tables_(tables), checkpointer_(checkpointer), options_(std::move(options)) {}

void DdlRunner::set_up(std::unique_ptr<Connection> connection,
                       std::optional<DdlRecord> interrupted) {
  connection_ = std::move(connection);
  interrupted_ = std::move(interrupted);
}

Status DdlRunner::ensure_connection() {
  if (connection_) return ok_status();
  TBL_ASSIGN(connection_, fence_.reopen(kDdlSlot));
  return ok_status();
}

Status DdlRunner::execute(const DdlTask& task, const schedule::Progress::Position& before) {
  while (true) {
    Status done = try_once(task, before);
    if (done.ok() || options_.policy == nullptr) return done;
    schedule::HoldUps::Call waiting(*options_.hold_ups, task.commit_ts, quoted_ddl(task.query));
    waiting.failed(done);
    if (!options_.policy->wait_for_change(task, done)) return done;
  }
}

Status DdlRunner::try_once(const DdlTask& task, const schedule::Progress::Position& before) {
  if (task.schema.empty()) {
    return invalid_argument("get DDL Txn with empty database, ddl: " + task.query);
  }
  const ServerKind server = fence_.factory().server_kind();
  const std::string text = options_.policy == nullptr ? task.query : options_.policy->text_of(task);
  if (text.empty() && !task.query.empty()) {
    interrupted_.reset();
    return ok_status();
  }
  if (is_foreign_to(server, text)) {
    log_warn("skip ddl that the downstream has nothing of", {{"sql", task.query}});
    return ok_status();
  }
  std::string sql = adapt_ddl(server, text);
  if (sql.empty()) {
    log_warn("skip ddl with all placement options", {{"sql", task.query}});
    return ok_status();
  }
  bool is_interrupted = interrupted_ && interrupted_->commit_ts == task.commit_ts;
  Status done = is_interrupted ? resume(task, sql) : record_and_run(task, sql, before);
  if (done.ok()) {
    interrupted_.reset();
    log_info("exec ddl success", {{"sql", sql}});
    return done;
  }
  std::string metadata = "commit ts: " + std::to_string(task.commit_ts);
  log_error("exec failed", {{"sql", sql}, {"metadata", metadata}, {"error", done}});
  Status advised(done.code(), done.message() + std::string(kHowToGoOn));
  return std::move(advised).wrap(quoted_ddl(sql) + ", " + metadata);
}

// The intent stands there: was it executed? The fence has waited for the connection that may have
// been at it.
Status DdlRunner::resume(const DdlTask& task, const std::string& sql) {
  TBL_ASSIGN(DdlState before, parse_ddl_state(interrupted_->before_state));
  TBL_ASSIGN(DdlOutcome result, outcome(task, before));
  switch (result) {
    case DdlOutcome::kApplied:
      log_info("a DDL was executed before the last stop", {{"sql", sql}});
      return ok_status();
    case DdlOutcome::kNotApplied:
      return run_until_known(task, sql, before);
    case DdlOutcome::kUnknown:
      break;
  }
  return failed_precondition(
      "drainer was stopped while it was executed, and the downstream does not tell whether it was. "
      "Look at " +
      names(task) +
      ": if it was, add the commit ts to ignore-txn-commit-ts; if not, delete the row of " +
      quote_table(tables_.schema(), tables_.table() + "_ddl"));
}

Status DdlRunner::record_and_run(const DdlTask& task, const std::string& sql,
                                 const schedule::Progress::Position& before) {
  auto state = read_state_before(task, sql);
  if (!state.ok()) return state.status();
  DdlRecord intent{task.commit_ts, task.job_id, connection_->id(), format_ddl_state(*state)};
  TBL_TRY(checkpointer_.save(before, {.also = tables_.save_ddl_sql(intent)}));
  return run_until_known(task, sql, *state);
}

Result<DdlState> DdlRunner::read_state_before(const DdlTask& task, const std::string& sql) {
  schedule::HoldUps::Call call(*options_.hold_ups, task.commit_ts, quoted_ddl(sql));
  schedule::Backoff backoff;
  while (true) {
    auto state = read_state(task);
    if (!is_lost(state.status())) return state;
    call.failed(state.status());
    if (backoff.is_worth_a_line()) {
      log_warn("the downstream cannot be looked at before a DDL, trying again",
               {{"sql", sql}, {"tries", backoff.tries()}, {"error", state.status()}});
    }
    connection_.reset();
    if (!backoff.wait(options_.stop)) return state;
  }
}

Result<DdlState> DdlRunner::read_state(const DdlTask& task) {
  TBL_TRY(ensure_connection());
  return read_ddl_state(*connection_, task);
}

Result<DdlOutcome> DdlRunner::outcome(const DdlTask& task, const DdlState& before) {
  TBL_ASSIGN(DdlState now, read_state(task));
  return compare_ddl_state(task.type, before, now);
}

Status DdlRunner::run_until_known(const DdlTask& task, const std::string& sql,
                                  const DdlState& before) {
  bool in_doubt = false;
  schedule::HoldUps::Call call(*options_.hold_ups, task.commit_ts, quoted_ddl(sql));
  schedule::Backoff backoff;
  while (true) {
    Status ran = ensure_connection();
    if (ran.ok() && in_doubt) {
      auto result = outcome(task, before);
      if (result.ok() && *result == DdlOutcome::kApplied) return ok_status();
      if (result.ok() && *result == DdlOutcome::kUnknown) {
        return failed_precondition(
            "the connection was lost while it was executed, and the "
            "downstream does not tell whether it was");
      }
      if (!result.ok()) ran = result.status();
    }
    if (ran.ok()) ran = run_once(task, sql);
    if (ran.ok()) return ran;
    if (is_lost(ran)) {
      connection_.reset();
      in_doubt = true;
    } else if (ran.code() != StatusCode::kAborted) {
      return judge_error(task, sql, std::move(ran));
    }
    call.failed(ran);
    log_warn("exec ddl failed, trying again", {{"sql", sql}, {"error", ran}});
    if (!backoff.wait(options_.stop)) return ran;
  }
}

Status DdlRunner::run_once(const DdlTask& task, const std::string& sql) {
  if (!is_create_database(sql)) {
    TBL_TRY(connection_->exec("USE " + quote_name(task.schema)));
  }
  LongDdlLog watch(sql);
  const Stopwatch seconds(ApplyMetrics::instance().execute);
  return connection_->exec(sql);
}

Status DdlRunner::judge_error(const DdlTask& task, const std::string& sql, Status error) {
  unsigned code = error_number(error);
  if (is_tiflash_replica(sql)) {
    log_warn("ignore ddl", {{"sql", sql}, {"error", error}});
    return ok_status();
  }
  if (!is_ignorable_ddl_error(code)) return error;
  bool unknown_zone = options_.safe_mode || task.commit_ts <= unknown_until_ts_;
  bool ignore = unknown_zone && code != kErrUnknownDatabase;
  if (!ignore) {
    TBL_ASSIGN(ignore, has_result_of(*connection_, task, code));
  }
  if (!ignore) return error;
  log_warn("ignore ddl", {{"sql", sql}, {"error", error}});
  return ok_status();
}

}  // namespace tbl::mysql
