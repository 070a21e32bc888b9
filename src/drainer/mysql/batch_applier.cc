#include "drainer/mysql/batch_applier.h"

#include <algorithm>
#include <unordered_map>

#include "base/log.h"
#include "drainer/mysql/errors.h"
#include "drainer/mysql/loopback.h"
#include "drainer/schedule/backoff.h"

namespace tbl::mysql {
namespace {

using schedule::Batch;
using schedule::TablePlan;
using schedule::TableRow;
using schedule::Unit;

// A batch that waits longer for its turn may hold a lock that an earlier one needs.
constexpr std::chrono::seconds kTurnLimit(5);

MarkItem mark_item(const decode::Transaction& transaction) {
  bool whole = transaction.first_row == 0 && transaction.is_last_part;
  return {transaction.commit_ts,
          whole ? MarkItem::kWhole : RowRange{transaction.first_row, transaction.end_row}};
}

bool has_rows_of_its_own(const RowRange& range) { return range.first < range.end; }

// The statement shows that what we know of the table is not (any more) right.
bool shows_other_table(const Status& status) {
  unsigned code = error_number(status);
  return code == kErrUnknownColumn || code == kErrNoSuchTable || code == 1136 || code == 1364;
}

}  // namespace

BatchApplier::BatchApplier(ApplyContext& context, size_t worker,
                           std::unique_ptr<Connection> connection)
    : context_(context),
      worker_(worker),
      connection_(std::move(connection)),
      pack_(context.misses),
      rows_(pack_, context.fence.factory().escapes()) {}

Status BatchApplier::write(const Batch& batch, schedule::CommitTurn& turn) {
  TBL_ASSIGN(Prepared prepared, prepare(batch));
  schedule::Backoff backoff;
  while (true) {
    Status tried = connection_ ? ok_status() : reconnect();
    if (tried.ok()) tried = try_once(prepared, turn);
    if (tried.ok()) {
      context_.ledger.add(prepared.mark_number, prepared.high_ts);
      return ok_status();
    }
    const bool is_duplicate = tried.code() == StatusCode::kAlreadyExists && batch.alone;
    if (is_duplicate && context_.options.replace_duplicates && prepared.mode == WriteMode::kExact) {
      context_.misses.report_replaced(prepared.high_ts, tried);
      prepared.mode = WriteMode::kSafe;
      (void)roll_back(std::move(tried));
      continue;
    }
    if (!is_lost(tried)) return roll_back(std::move(tried));
    // Nobody knows whether a COMMIT took place: the same batch with the same mark finds out.
    drop_connection();
    if (backoff.is_worth_a_line()) {
      log_warn("connection to the downstream is lost, trying again",
               {{"worker", worker_}, {"tries", backoff.tries()}, {"error", tried}});
    }
    if (!backoff.wait(context_.options.stop)) return tried;
  }
}

void BatchApplier::drop_connection() {
  rows_.forget_connection();
  connection_.reset();
}

Status BatchApplier::reconnect() {
  TBL_ASSIGN(connection_, context_.fence.reopen(kFirstWorkerSlot + worker_));
  return ok_status();
}

Result<BatchApplier::Prepared> BatchApplier::prepare(const Batch& batch) {
  Prepared out;
  out.mark_number = context_.ledger.next_number();
  std::vector<MarkItem> items;
  uint64_t low_ts = ~0ULL;
  for (const Unit* unit : batch.units) {
    MarkItem item = mark_item(*unit->transaction);
    if (has_rows_of_its_own(item.rows)) items.push_back(item);
    out.high_ts = std::max(out.high_ts, item.commit_ts);
    low_ts = std::min(low_ts, item.commit_ts);
  }
  out.mark_sql = context_.tables.insert_mark_sql(context_.options.run, out.mark_number, out.high_ts,
                                                 encode_mark_items(std::move(items)));
  if (context_.options.safe_mode || low_ts <= context_.options.unknown_until_ts) {
    out.mode = WriteMode::kSafe;
  }
  TBL_ASSIGN(out.plans, plan(batch));
  if (out.mode == WriteMode::kSafe) {
    for (const TablePlan& plan : out.plans) context_.table_cache.warn_of_repetition(*plan.table);
  }
  return out;
}

// Rows grouped by table, in the order in which tables come.
Result<std::vector<TablePlan>> BatchApplier::plan(const Batch& batch) {
  struct Group {
    MySqlTablePtr table;
    std::vector<TableRow> rows;
  };
  std::vector<Group> groups;
  std::unordered_map<const decode::Table*, size_t> group_of;
  for (const Unit* unit : batch.units) {
    for (const decode::TablePtr& table : unit->transaction->tables) {
      if (!group_of.emplace(table.get(), groups.size()).second) continue;
      TBL_ASSIGN(MySqlTablePtr joined, context_.table_cache.get(table));
      groups.push_back({std::move(joined), {}});
    }
    for (const decode::RowChange& row : unit->transaction->rows) {
      if (unit->is_applied(row.number)) continue;
      groups[group_of.at(row.table)].rows.push_back({&row, unit->transaction->commit_ts});
    }
  }
  std::vector<TablePlan> plans;
  for (Group& group : groups) {
    if (!group.rows.empty()) plans.push_back(plan_table(std::move(group.table), group.rows));
  }
  return plans;
}

Status BatchApplier::try_once(const Prepared& batch, schedule::CommitTurn& turn) {
  pack_.reset(*connection_);
  Status executed = execute(batch);
  if (!executed.ok()) {
    // BEGIN went through and the mark did not: an earlier try of this very batch was committed.
    bool mark_exists =
        executed.code() == StatusCode::kAlreadyExists && pack_.done_statements() == 1;
    return mark_exists ? connection_->exec("ROLLBACK") : executed;
  }
  if (!turn.wait(kTurnLimit))
    return {StatusCode::kAborted, "earlier transactions are not committed"};
  return connection_->exec("COMMIT").wrap("commit");
}

Status BatchApplier::execute(const Prepared& batch) {
  TBL_TRY(pack_.add("BEGIN"));
  TBL_TRY(pack_.add(batch.mark_sql));
  if (context_.options.loopback) {
    TBL_TRY(pack_.add(loopback_sql(context_.options.channel_id, worker_)));
  }
  for (const TablePlan& plan : batch.plans) TBL_TRY(rows_.write(plan, batch.mode));
  return pack_.flush();
}

Status BatchApplier::roll_back(Status cause) {
  if (connection_ && !connection_->exec("ROLLBACK").ok()) drop_connection();
  if (shows_other_table(cause)) context_.table_cache.clear();
  return cause;
}

}  // namespace tbl::mysql
