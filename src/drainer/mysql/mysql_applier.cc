#include "drainer/mysql/mysql_applier.h"

#include <algorithm>
#include <atomic>
#include <unordered_map>
#include <utility>

#include "base/log.h"
#include "drainer/mysql/batch_applier.h"
#include "drainer/mysql/checkpointer.h"
#include "drainer/mysql/ddl_runner.h"
#include "drainer/mysql/errors.h"
#include "drainer/mysql/loopback.h"
#include "drainer/mysql/whole_applier.h"

namespace tbl::mysql {

using schedule::DdlTask;
using schedule::PartSource;
using schedule::Progress;
using schedule::StartPoint;
using schedule::TransactionPtr;
using schedule::Unit;

namespace {

constexpr std::string_view kTooLargeToBeWhole =
    " (to go on, raise the server's txn-total-size-limit, or let transaction-atomicity be "
    "\"split\")";

// The checkpoint is the one that our last run wrote; nobody else has written since.
bool is_ours(const State& state) {
  return state.checkpoint && state.run && state.checkpoint->commit_ts != 0 &&
         state.checkpoint->run != 0 && state.checkpoint->run == state.run->run;
}

}  // namespace

/// Everything that exists only once there is a connection.
class MySqlApplier::Impl {
 public:
  Impl(MySqlApplierOptions options, schedule::ApplierEvents events)
      : options_(std::move(options)),
        events_(std::move(events)),
        tables_(options_.checkpoint_schema, options_.checkpoint_table, options_.cluster_id),
        misses_(options_.stop_on_miss) {}

  ~Impl() { abort(); }

  Result<StartPoint> start();
  Status submit(std::span<TransactionPtr> transactions);
  bool keeps_whole() const { return options_.whole_transactions; }
  Status submit_whole(PartSource& parts);
  Status execute_ddl(const DdlTask& task);
  void note_progress(uint64_t commit_ts, int64_t schema_version);
  Status stop();
  void abort();
  Status first_error() const;
  std::vector<std::string> hold_ups() const { return hold_ups_.sentences(); }
  uint64_t missed_rows() const { return misses_.count(); }

 private:
  Status connect();
  /// Connections by slot.
  using Connections = std::vector<std::unique_ptr<Connection>>;
  Result<Connections> claim();
  /// Slots that write rows: the scheduler's workers, then the one for whole transactions.
  size_t writers() const { return options_.scheduler.workers + (keeps_whole() ? 1 : 0); }
  Status wait_for_old_workers(const std::optional<RunRecord>& before);
  StartPoint decide(const State& state);
  Status begin_run(const State& state, std::unique_ptr<Connection> ddl_connection);
  void start_workers(Connections connections);
  void save_loop();
  Status save_in_a_quiet_moment();
  Status prepare(TransactionPtr transaction);
  Status submit_prepared();
  Result<const MySqlTable*> table_of(const decode::Transaction& transaction,
                                     const decode::Table* table);
  Status add_write_set(const Unit& unit);

  const MySqlApplierOptions options_;
  const schedule::ApplierEvents events_;
  StopSource stop_;        // of everything
  StopSource saver_stop_;  // of saving now and then
  const StateTables tables_;
  schedule::HoldUps hold_ups_;
  MarkLedger ledger_;
  MissReport misses_;

  std::optional<ConnectionFactory> factory_;
  std::unique_ptr<Fence> fence_;
  std::unique_ptr<TableCache> table_cache_;
  std::unique_ptr<Checkpointer> checkpointer_;
  std::unique_ptr<DdlRunner> ddl_;
  std::unique_ptr<ApplyContext> context_;
  StartPoint start_point_;
  AppliedSet applied_;
  bool inside_large_ = false;  ///< of a transaction in parts some have come, not all
  schedule::WriteSetBuilder write_set_;
  std::vector<schedule::Scheduler::Submission> prepared_;  // kept for their memory
  size_t prepared_count_ = 0;
  std::unordered_map<const decode::Table*, MySqlTablePtr> known_tables_;
  uint64_t known_generation_ = 0;
  std::unique_ptr<schedule::Scheduler> scheduler_;
  std::unique_ptr<WholeApplier> whole_;
  Thread saver_;
};

Status MySqlApplier::Impl::connect() {
  TBL_ASSIGN(factory_, ConnectionFactory::create(options_.to));
  FenceOptions fence;
  fence.run = options_.run;
  fence.lock_wait_s = options_.lock_wait_s;
  if (options_.is_alive) fence.is_alive = options_.is_alive;
  fence.checkpoint_is_here = !options_.checkpoint_server.has_value();
  fence.stop = stop_.get_token();
  fence_ = std::make_unique<Fence>(*factory_, tables_, ledger_, std::move(fence));
  table_cache_ = std::make_unique<TableCache>(*factory_, hold_ups_, stop_.get_token());
  Checkpointer::Options checkpoint;
  checkpoint.run = options_.run;
  checkpoint.stop = stop_.get_token();
  checkpoint.hold_ups = &hold_ups_;
  if (options_.checkpoint_server) {
    TBL_ASSIGN(checkpoint.other_server, ConnectionFactory::create(*options_.checkpoint_server));
  }
  checkpointer_ = std::make_unique<Checkpointer>(*fence_, tables_, ledger_, std::move(checkpoint));
  return fence_->prove_locks();
}

// After this nobody else writes: all slots are ours.
Result<MySqlApplier::Impl::Connections> MySqlApplier::Impl::claim() {
  TBL_ASSIGN(auto probe, factory_->open());
  TBL_TRY(tables_.create(*probe));
  TBL_ASSIGN(auto before, tables_.load_run(*probe));
  Connections connections;
  for (size_t slot = 0; slot < kFirstWorkerSlot + writers(); ++slot) {
    TBL_ASSIGN(auto connection, fence_->claim(slot, before));
    connections.push_back(std::move(connection));
  }
  TBL_TRY(wait_for_old_workers(before));
  return connections;
}

// The run before may have had more workers than this one: their locks are taken once and let go.
Status MySqlApplier::Impl::wait_for_old_workers(const std::optional<RunRecord>& before) {
  size_t old_workers = before ? before->workers : 0;
  for (size_t i = writers(); i < old_workers; ++i) {
    TBL_TRY(fence_->claim_and_release(kFirstWorkerSlot + i, before));
  }
  return ok_status();
}

StartPoint MySqlApplier::Impl::decide(const State& state) {
  StartPoint point;
  if (!state.checkpoint || state.checkpoint->commit_ts == 0) {
    point.commit_ts = options_.initial_commit_ts;
    point.is_first = true;
    return point;
  }
  const Checkpoint& checkpoint = *state.checkpoint;
  point.commit_ts = checkpoint.commit_ts;
  point.schema_version = checkpoint.schema_version;
  point.consistent = checkpoint.consistent;
  if (is_ours(state)) {
    // Another program's rows from before an earlier run of ours.
    point.unknown_until_ts = state.run->unknown_ts;
  } else if (!checkpoint.consistent) {
    point.unknown_until_ts = options_.run;
  }
  if (point.unknown_until_ts <= point.commit_ts) point.unknown_until_ts = 0;
  return point;
}

Status MySqlApplier::Impl::begin_run(const State& state,
                                     std::unique_ptr<Connection> ddl_connection) {
  start_point_ = decide(state);
  start_point_.is_tidb = factory_->server_kind() == ServerKind::kTiDb;
  // Marks and intent belong to the checkpoint they were written above: not to another program's,
  // nor to one that somebody has reset.
  bool ours = is_ours(state);
  if (ours) applied_ = state.applied;
  ddl_->set_up(std::move(ddl_connection), ours ? state.ddl : std::nullopt);
  ddl_->set_unknown_until(start_point_.unknown_until_ts);
  if (start_point_.unknown_until_ts != 0) {
    log_warn("another program may have applied rows: safe mode up to this commit ts",
             {{"commit ts", start_point_.unknown_until_ts}});
  }
  RunRecord run;
  run.run = options_.run;
  run.workers = static_cast<uint32_t>(writers());
  run.node_id = options_.node_id;
  run.address = options_.address;
  run.connection_ids = fence_->connection_ids();
  run.unknown_ts = start_point_.unknown_until_ts;
  Checkpoint checkpoint = state.checkpoint.value_or(Checkpoint());
  checkpoint.consistent = false;
  checkpoint.commit_ts = start_point_.commit_ts;
  checkpoint.run = options_.run;
  return checkpointer_->begin_run(run, checkpoint, !ours);
}

Result<StartPoint> MySqlApplier::Impl::start() {
  TBL_TRY(connect());
  DdlOptions ddl;
  ddl.stop = stop_.get_token();
  ddl.hold_ups = &hold_ups_;
  ddl.safe_mode = options_.safe_mode;
  ddl.policy = options_.ddl_policy;
  ddl_ = std::make_unique<DdlRunner>(*fence_, tables_, *checkpointer_, ddl);
  TBL_ASSIGN(Connections connections, claim());
  TBL_TRY(checkpointer_->set_up(std::move(connections[kControlSlot])));
  TBL_ASSIGN(State state, checkpointer_->load());
  TBL_TRY(begin_run(state, std::move(connections[kDdlSlot])));
  if (options_.loopback) {
    TBL_TRY(set_up_loopback(*connections[kFirstWorkerSlot], options_.channel_id, writers()));
  }
  start_workers(std::move(connections));
  return start_point_;
}

void MySqlApplier::Impl::start_workers(Connections connections) {
  Progress::Position position{start_point_.commit_ts, start_point_.schema_version};
  scheduler_ = std::make_unique<schedule::Scheduler>(options_.scheduler, position, events_);
  ApplyOptions apply;
  apply.run = options_.run;
  apply.unknown_until_ts = start_point_.unknown_until_ts;
  apply.safe_mode = options_.safe_mode;
  apply.loopback = options_.loopback;
  apply.replace_duplicates = options_.replace_duplicates;
  apply.channel_id = options_.channel_id;
  apply.stop = scheduler_->stop_token();
  context_.reset(new ApplyContext{std::move(apply), *fence_, tables_, ledger_, *table_cache_,
                                  misses_, hold_ups_});
  if (keeps_whole())
    whole_ = std::make_unique<WholeApplier>(*context_, options_.scheduler.workers,
                                            std::move(connections.back()));
  scheduler_->start([&](size_t worker) {
    return std::make_unique<BatchApplier>(*context_, worker,
                                          std::move(connections[kFirstWorkerSlot + worker]));
  });
  saver_ = Thread("checkpoint", [this] { save_loop(); });
}

void MySqlApplier::Impl::save_loop() {
  uint64_t saved_ts = start_point_.commit_ts;
  while (wait_for(saver_stop_.get_token(), std::chrono::milliseconds(options_.save_interval_ms))) {
    Progress::Position position = scheduler_->position();
    if (position.commit_ts <= saved_ts) continue;
    Status saved = checkpointer_->save(position);
    if (!saved.ok()) {
      if (!stop_.stop_requested()) scheduler_->fail(saved);
      return;
    }
    saved_ts = position.commit_ts;
  }
}

Result<const MySqlTable*> MySqlApplier::Impl::table_of(const decode::Transaction& transaction,
                                                       const decode::Table* table) {
  auto known = known_tables_.find(table);
  if (known != known_tables_.end()) return known->second.get();
  auto it = std::find_if(transaction.tables.begin(), transaction.tables.end(),
                         [&](const auto& t) { return t.get() == table; });
  if (it == transaction.tables.end()) {
    return internal_error("a row's table is not in its transaction");
  }
  auto found = table_cache_->get(*it);
  if (!found.ok()) {
    return found.status().wrap("commit ts " + std::to_string(transaction.commit_ts));
  }
  return (known_tables_[table] = std::move(found).value()).get();
}

Status MySqlApplier::Impl::add_write_set(const Unit& unit) {
  const uint64_t generation = table_cache_->generation();
  if (generation != known_generation_) known_tables_.clear();
  known_generation_ = generation;
  const MySqlTable* table = nullptr;  // rows come table by table
  for (const decode::RowChange& row : unit.transaction->rows) {
    if (unit.is_applied(row.number)) continue;
    if (table == nullptr || table->table.get() != row.table) {
      TBL_ASSIGN(table, table_of(*unit.transaction, row.table));
    }
    write_set_.add(table->keys, row);
  }
  return ok_status();
}

// A TiDB downstream: the checkpoint tells now and then which of its timestamps goes with K. That
// holds while nothing above K is downstream.
Status MySqlApplier::Impl::save_in_a_quiet_moment() {
  TBL_TRY(scheduler_->wait_idle());
  const Progress::Position position = scheduler_->position();
  if (position.commit_ts < applied_.max_ts()) return ok_status();
  Status saved = checkpointer_->save(position, {.quiet = true});
  if (!saved.ok()) scheduler_->fail(saved);
  return saved;
}

Status MySqlApplier::Impl::submit(std::span<TransactionPtr> transactions) {
  TBL_TRY(first_error());
  if (!inside_large_ && checkpointer_->wants_quiet_save()) TBL_TRY(save_in_a_quiet_moment());
  for (TransactionPtr& transaction : transactions) TBL_TRY(prepare(std::move(transaction)));
  return submit_prepared();
}

Status MySqlApplier::Impl::prepare(TransactionPtr transaction) {
  inside_large_ = !transaction->is_last_part;
  RowRange rows{transaction->first_row, transaction->end_row};
  uint64_t ts = transaction->commit_ts;
  bool nothing_left = transaction->rows.empty() || applied_.covers(ts, rows);
  if (nothing_left) {
    TBL_TRY(submit_prepared());
    scheduler_->note_progress(transaction->is_last_part ? ts : 0, transaction->schema_version);
    return ok_status();
  }
  if (prepared_.size() == prepared_count_) prepared_.emplace_back();
  schedule::Scheduler::Submission& next = prepared_[prepared_count_];
  next.unit = {std::move(transaction), applied_.ranges(ts)};
  Status added = add_write_set(next.unit);
  if (!added.ok()) {
    scheduler_->fail(added);
    return added;
  }
  write_set_.take(&next.writes);
  ++prepared_count_;
  return ok_status();
}

Status MySqlApplier::Impl::submit_prepared() {
  if (prepared_count_ == 0) return ok_status();
  return scheduler_->submit({prepared_.data(), std::exchange(prepared_count_, 0)});
}

// A barrier, as a DDL is: what may conflict is durable before, and what follows is not taken yet.
Status MySqlApplier::Impl::submit_whole(PartSource& parts) {
  TBL_TRY(first_error());
  TBL_TRY(scheduler_->wait_idle());
  const uint64_t ts = parts.commit_ts();
  if (!applied_.covers(ts, MarkItem::kWhole)) {
    Status written = whole_->write(parts, applied_.ranges(ts));
    if (!written.ok()) {
      if (error_number(written) == kErrTiDbTransactionTooLarge) {
        written = Status(written.code(), written.message() + std::string(kTooLargeToBeWhole));
      }
      written = std::move(written).wrap("commit ts " + std::to_string(ts));
      scheduler_->fail(written);
      return written;
    }
  }
  scheduler_->note_progress(ts, parts.schema_version());
  return ok_status();
}

Status MySqlApplier::Impl::execute_ddl(const DdlTask& task) {
  TBL_TRY(scheduler_->wait_idle());
  Status done = task.skip ? ok_status() : ddl_->execute(task, scheduler_->position());
  if (done.ok()) {
    table_cache_->clear();
    scheduler_->note_progress(task.commit_ts, task.schema_version);
    done = checkpointer_->save(scheduler_->position());
  }
  if (!done.ok()) scheduler_->fail(done);
  return done;
}

void MySqlApplier::Impl::note_progress(uint64_t commit_ts, int64_t schema_version) {
  scheduler_->note_progress(commit_ts, schema_version);
  // An error is the scheduler's first error from then on.
  if (checkpointer_->wants_quiet_save()) (void)save_in_a_quiet_moment();
}

Status MySqlApplier::Impl::stop() {
  Status idle = scheduler_->wait_idle();
  saver_stop_.request_stop();
  saver_.join();
  if (idle.code() == StatusCode::kDataLoss) {
    // What was durable is not so any more: the next run goes by what that server says itself.
    abort();
    return idle;
  }
  if (idle.ok() && options_.loopback) idle = clear_loopback(*checkpointer_, options_.channel_id);
  Status saved = checkpointer_->save(scheduler_->position(), {.consistent = idle.ok()});
  abort();
  return idle.ok() ? saved : idle;
}

void MySqlApplier::Impl::abort() {
  stop_.request_stop();
  saver_stop_.request_stop();
  if (scheduler_) scheduler_->abort();
}

Status MySqlApplier::Impl::first_error() const { return scheduler_->first_error(); }

MySqlApplier::MySqlApplier(MySqlApplierOptions options, schedule::ApplierEvents events)
    : impl_(std::make_unique<Impl>(std::move(options), std::move(events))) {}
MySqlApplier::~MySqlApplier() = default;
Result<StartPoint> MySqlApplier::start() { return impl_->start(); }
Status MySqlApplier::submit(TransactionPtr t) { return impl_->submit({&t, 1}); }
Status MySqlApplier::submit_all(std::span<TransactionPtr> transactions) {
  return impl_->submit(transactions);
}
Status MySqlApplier::submit_parts(PartSource& parts) {
  return impl_->keeps_whole() ? impl_->submit_whole(parts) : Applier::submit_parts(parts);
}
Status MySqlApplier::execute_ddl(const DdlTask& task) { return impl_->execute_ddl(task); }
void MySqlApplier::note_progress(uint64_t commit_ts, int64_t schema_version) {
  impl_->note_progress(commit_ts, schema_version);
}
Status MySqlApplier::stop() { return impl_->stop(); }
void MySqlApplier::abort() { impl_->abort(); }
Status MySqlApplier::first_error() const { return impl_->first_error(); }
std::vector<std::string> MySqlApplier::hold_ups() const { return impl_->hold_ups(); }
MySqlApplierStats MySqlApplier::stats() const { return {impl_->missed_rows()}; }

}  // namespace tbl::mysql
