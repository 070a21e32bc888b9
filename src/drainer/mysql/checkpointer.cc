#include "drainer/mysql/checkpointer.h"

#include <algorithm>
#include <charconv>

#include "base/log.h"
#include "drainer/mysql/errors.h"
#include "drainer/schedule/backoff.h"

namespace tbl::mysql {
namespace {

constexpr size_t kMarksPerDelete = 1000;
constexpr int64_t kTsMapIntervalMs = 60'000;
constexpr int64_t kNever = INT64_MAX;

}  // namespace

Checkpointer::Checkpointer(Fence& fence, const StateTables& tables, MarkLedger& ledger,
                           Options options)
    : fence_(fence),
      tables_(tables),
      ledger_(ledger),
      options_(std::move(options)),
      next_ts_map_ms_(kNever) {}

Status Checkpointer::set_up(std::unique_ptr<Connection> connection) {
  std::lock_guard lock(mutex_);
  connection_ = std::move(connection);
  if (connection_->server_kind() == ServerKind::kTiDb) next_ts_map_ms_ = 0;
  TBL_TRY(tables_.create(*connection_));
  if (!options_.other_server) return tables_.create_checkpoint(*connection_);
  TBL_ASSIGN(other_, options_.other_server->open());
  return tables_.create_checkpoint(*other_);
}

Result<State> Checkpointer::load() {
  std::lock_guard lock(mutex_);
  std::optional<Checkpoint> elsewhere;
  if (other_) {
    TBL_ASSIGN(elsewhere, tables_.load_checkpoint(*other_));
  }
  TBL_ASSIGN(State state, tables_.load(*connection_, other_ ? &elsewhere : nullptr));
  old_marks_until_ = state.applied.max_ts();
  return state;
}

template <typename F>
Status Checkpointer::with_retry(uint64_t commit_ts, F&& body) {
  schedule::HoldUps::Call call(*options_.hold_ups, commit_ts, "the checkpoint");
  schedule::Backoff backoff;
  while (true) {
    Status done = ensure_connection();
    if (done.ok()) done = body();
    if (done.ok()) return done;
    bool again = is_lost(done) || done.code() == StatusCode::kAborted;
    if (is_lost(done)) connection_.reset();
    if (connection_ && !connection_->exec("ROLLBACK").ok()) connection_.reset();
    if (!again) return done;
    call.failed(done);
    if (backoff.is_worth_a_line()) {
      log_warn("save checkpoint failed, trying again", {{"error", done}});
    }
    if (!backoff.wait(options_.stop)) return done;
  }
}

Status Checkpointer::ensure_connection() {
  if (!connection_) {
    TBL_ASSIGN(connection_, fence_.reopen(kControlSlot));
  }
  if (options_.other_server && !other_) {
    TBL_ASSIGN(other_, options_.other_server->open());
  }
  return ok_status();
}

Status Checkpointer::begin_run(const RunRecord& run, const Checkpoint& checkpoint,
                               bool forget_marks) {
  std::lock_guard lock(mutex_);
  std::string sql = "BEGIN;" + tables_.save_run_sql(run);
  if (forget_marks) sql += ";" + tables_.delete_all_marks_sql();
  if (!other_) sql += ";" + tables_.save_checkpoint_sql(checkpoint);
  TBL_TRY(connection_->exec(sql + ";COMMIT").wrap("record this run"));
  // In this order: a run that is recorded and did not get to write K reads as a foreign writer,
  // which is safe.
  if (other_)
    TBL_TRY(other_->exec(tables_.save_checkpoint_sql(checkpoint)).wrap("save checkpoint"));
  last_ = checkpoint;
  ledger_.set_saved_ts(checkpoint.commit_ts);
  return ok_status();
}

Status Checkpointer::save(const schedule::Progress::Position& position,
                          const SaveOptions& options) {
  std::lock_guard lock(mutex_);
  Checkpoint next = last_;
  next.consistent = options.consistent;
  next.commit_ts = std::max(last_.commit_ts, position.commit_ts);
  next.schema_version = std::max(last_.schema_version, position.schema_version);
  next.run = options_.run;
  auto save = [&] {
    if (options.quiet) read_secondary_ts(&next);
    return save_once(next, options.also);
  };
  TBL_TRY(with_retry(next.commit_ts, save).wrap("save checkpoint"));
  last_ = next;
  return ok_status();
}

bool Checkpointer::wants_quiet_save() const {
  return system_clock().unix_ms() >= next_ts_map_ms_.load();
}

Status Checkpointer::save_once(const Checkpoint& checkpoint, const std::string& also) {
  std::vector<uint64_t> marks = ledger_.at_or_below(checkpoint.commit_ts);
  std::string sql = "BEGIN";
  if (other_) {
    TBL_TRY(save_elsewhere(checkpoint));
  } else {
    sql += ";" + tables_.save_checkpoint_sql(checkpoint);
  }
  for (size_t i = 0; i < marks.size(); i += kMarksPerDelete) {
    std::span<const uint64_t> some(marks.data() + i, std::min(kMarksPerDelete, marks.size() - i));
    sql += ";" + tables_.delete_marks_sql(options_.run, some);
  }
  bool passes_old_marks = old_marks_until_ > 0 && checkpoint.commit_ts >= old_marks_until_;
  if (passes_old_marks) {
    sql += ";" + tables_.delete_old_marks_sql(options_.run, checkpoint.commit_ts);
  }
  sql += ";" + tables_.delete_ddl_sql(checkpoint.commit_ts);
  if (!also.empty()) sql += ";" + also;
  TBL_TRY(connection_->exec(sql + ";COMMIT"));
  ledger_.set_saved_ts(checkpoint.commit_ts);
  ledger_.remove(marks);
  if (passes_old_marks) old_marks_until_ = 0;
  return ok_status();
}

Status Checkpointer::save_elsewhere(const Checkpoint& checkpoint) {
  Status saved = other_->exec(tables_.save_checkpoint_sql(checkpoint));
  if (is_lost(saved)) other_.reset();
  TBL_TRY(std::move(saved));
  ledger_.set_saved_ts(checkpoint.commit_ts);
  return ok_status();
}

// Where a TiDB stands downstream when the upstream stood at K.
void Checkpointer::read_secondary_ts(Checkpoint* checkpoint) {
  if (!wants_quiet_save()) return;
  next_ts_map_ms_ = system_clock().unix_ms() + kTsMapIntervalMs;
  auto rows = connection_->query("SHOW MASTER STATUS");
  if (!rows.ok() || rows->empty() || (*rows)[0].size() < 2 || !(*rows)[0][1]) return;
  const std::string& text = *(*rows)[0][1];
  uint64_t position = 0;
  std::from_chars(text.data(), text.data() + text.size(), position);
  if (position == 0) return;
  checkpoint->primary_ts = checkpoint->commit_ts;
  checkpoint->secondary_ts = position;
}

Result<std::vector<SqlRow>> Checkpointer::query(const std::string& sql) {
  std::lock_guard lock(mutex_);
  for (int tries = 1;; ++tries) {
    TBL_TRY(ensure_connection());
    auto rows = connection_->query(sql);
    if (!is_lost(rows.status()) || tries == 3) return rows;
    connection_.reset();
  }
}

}  // namespace tbl::mysql
