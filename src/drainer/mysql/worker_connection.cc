#include "drainer/mysql/worker_connection.h"

#include <algorithm>
#include <unordered_map>

#include "drainer/mysql/errors.h"
#include "drainer/mysql/loopback.h"

namespace tbl::mysql {

using schedule::TablePlan;
using schedule::TableRow;
using schedule::Unit;

namespace {

// Within a transaction the order of rows is that of upstream, so any cut is legal. A plan costs
// some 200 bytes a row.
constexpr size_t kSliceRows = 16384;

}  // namespace

WriteMode ApplyContext::mode_for(uint64_t commit_ts) const {
  const bool safe = options.safe_mode || commit_ts <= options.unknown_until_ts;
  return safe ? WriteMode::kSafe : WriteMode::kExact;
}

WorkerConnection::WorkerConnection(ApplyContext& context, size_t worker,
                                   std::unique_ptr<Connection> connection)
    : context_(context),
      worker_(worker),
      connection_(std::move(connection)),
      pack_(context.misses),
      rows_(pack_, context.fence.factory().escapes()) {}

Status WorkerConnection::ensure() {
  if (connection_) return ok_status();
  TBL_ASSIGN(connection_, context_.fence.reopen(kFirstWorkerSlot + worker_));
  return ok_status();
}

Status WorkerConnection::begin(std::string_view mark_sql) {
  pack_.reset(*connection_);
  TBL_TRY(pack_.add("BEGIN"));
  TBL_TRY(pack_.add(mark_sql));
  if (!context_.options.loopback) return ok_status();
  return pack_.add(loopback_sql(context_.options.channel_id, worker_));
}

Status WorkerConnection::write(std::span<const Unit> units, WriteMode mode) {
  std::vector<Piece> pieces;
  for (const Unit& unit : units) pieces.push_back({&unit, unit.transaction->rows});
  if (pieces.size() > 1) return write_pieces(pieces, mode);
  Piece& rest = pieces.front();
  while (!rest.rows.empty()) {
    const Piece slice{rest.unit, rest.rows.first(std::min(rest.rows.size(), kSliceRows))};
    rest.rows = rest.rows.subspan(slice.rows.size());
    TBL_TRY(write_pieces({&slice, 1}, mode));
  }
  return ok_status();
}

Status WorkerConnection::write_pieces(std::span<const Piece> pieces, WriteMode mode) {
  TBL_ASSIGN(std::vector<TablePlan> plans, plan(pieces));
  for (const TablePlan& plan : plans) {
    if (mode == WriteMode::kSafe) context_.table_cache.warn_of_repetition(*plan.table);
    TBL_TRY(rows_.write(plan, mode));
  }
  // What waits in the pack names tables that the plans hold.
  return pack_.flush();
}

// BEGIN went through and the mark did not.
bool WorkerConnection::says_applied(const Status& error) const {
  return error.code() == StatusCode::kAlreadyExists && pack_.done_statements() == 1;
}

Status WorkerConnection::roll_back(Status cause) {
  if (connection_ && !connection_->exec("ROLLBACK").ok()) drop();
  if (shows_other_table(cause)) context_.table_cache.clear();
  return cause;
}

void WorkerConnection::drop() {
  rows_.forget_connection();
  connection_.reset();
}

bool shows_other_table(const Status& status) {
  unsigned code = error_number(status);
  return code == kErrUnknownColumn || code == kErrNoSuchTable || code == 1136 || code == 1364;
}

// Rows grouped by table, in the order in which tables come.
Result<std::vector<TablePlan>> WorkerConnection::plan(std::span<const Piece> pieces) {
  struct Group {
    MySqlTablePtr table;
    std::vector<TableRow> rows;
  };
  std::vector<Group> groups;
  std::unordered_map<const decode::Table*, size_t> group_of;
  const decode::Table* recent = nullptr;  // most rows follow one of their table
  size_t place = 0;
  for (const auto& [unit, rows] : pieces) {
    for (const decode::TablePtr& table : unit->transaction->tables) {
      if (table.get() == recent || !group_of.try_emplace(table.get(), groups.size()).second)
        continue;
      TBL_ASSIGN(MySqlTablePtr joined, context_.table_cache.get(table));
      groups.push_back({std::move(joined), {}});
    }
    for (const decode::RowChange& row : rows) {
      if (unit->is_applied(row.number)) continue;
      if (row.table != recent) place = group_of.at(row.table);
      recent = row.table;
      groups[place].rows.push_back({&row, unit->transaction->commit_ts});
    }
  }
  std::vector<TablePlan> plans;
  for (Group& group : groups) {
    if (!group.rows.empty()) plans.push_back(plan_table(std::move(group.table), group.rows));
  }
  return plans;
}

}  // namespace tbl::mysql
