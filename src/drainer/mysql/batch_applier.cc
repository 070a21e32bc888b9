#include "drainer/mysql/batch_applier.h"

#include <algorithm>

#include "base/log.h"
#include "drainer/mysql/apply_metrics.h"
#include "drainer/mysql/errors.h"
#include "drainer/schedule/backoff.h"

namespace tbl::mysql {
namespace {

using schedule::Batch;
using schedule::Unit;

// A batch that waits longer for its turn may hold a lock that an earlier one needs.
constexpr std::chrono::seconds kTurnLimit(5);
constexpr std::string_view kOnDuplicates =
    " (a row downstream that did not come from upstream has this key, or the key takes two rows "
    "for one there, see -dry-run; `duplicate-row = \"warn\"` lets the new row take its place)";

MarkItem mark_item(const decode::Transaction& transaction) {
  bool whole = transaction.first_row == 0 && transaction.is_last_part;
  return {transaction.commit_ts,
          whole ? MarkItem::kWhole : RowRange{transaction.first_row, transaction.end_row}};
}

bool has_rows_of_its_own(const RowRange& range) { return range.first < range.end; }

}  // namespace

Status BatchApplier::write(const Batch& batch, schedule::CommitTurn& turn) {
  Prepared prepared = prepare(batch);
  const Stopwatch watch(ApplyMetrics::instance().execute);
  schedule::HoldUps::Call call(context_.hold_ups, prepared.high_ts, "rows");
  schedule::Backoff backoff;
  while (true) {
    Status tried = connection_.ensure();
    if (tried.ok()) tried = try_once(prepared, turn);
    if (tried.ok()) {
      context_.ledger.add(prepared.mark_number, prepared.high_ts);
      if (backoff.tries() > 0) {
        log_info("the downstream is there again",
                 {{"worker", connection_.worker()}, {"tries", backoff.tries()}});
      }
      return ok_status();
    }
    const bool is_duplicate = tried.code() == StatusCode::kAlreadyExists && batch.alone;
    if (is_duplicate && context_.options.replace_duplicates && prepared.mode == WriteMode::kExact) {
      context_.misses.report_replaced(prepared.high_ts, tried);
      prepared.mode = WriteMode::kSafe;
      (void)connection_.roll_back(std::move(tried));
      continue;
    }
    if (is_duplicate) tried = {tried.code(), tried.message() + std::string(kOnDuplicates)};
    if (!is_lost(tried)) return connection_.roll_back(std::move(tried));
    // Nobody knows whether a COMMIT took place: the same batch with the same mark finds out.
    connection_.drop();
    call.failed(tried);
    if (backoff.is_worth_a_line()) {
      log_warn("connection to the downstream is lost, trying again",
               {{"worker", connection_.worker()}, {"tries", backoff.tries()}, {"error", tried}});
    }
    if (!backoff.wait(context_.options.stop)) return tried;
  }
}

BatchApplier::Prepared BatchApplier::prepare(const Batch& batch) {
  Prepared out{batch.units, context_.ledger.next_number()};
  std::vector<MarkItem> items;
  uint64_t low_ts = ~0ULL;
  for (const Unit& unit : batch.units) {
    MarkItem item = mark_item(*unit.transaction);
    if (has_rows_of_its_own(item.rows)) items.push_back(item);
    out.high_ts = std::max(out.high_ts, item.commit_ts);
    low_ts = std::min(low_ts, item.commit_ts);
  }
  out.mark_sql = context_.tables.insert_mark_sql(context_.options.run, out.mark_number, out.high_ts,
                                                 encode_mark_items(std::move(items)));
  out.mode = context_.mode_for(low_ts);
  return out;
}

Status BatchApplier::try_once(const Prepared& batch, schedule::CommitTurn& turn) {
  Status executed = execute(batch);
  if (connection_.says_applied(executed)) return connection_.roll_back(ok_status());
  TBL_TRY(std::move(executed));
  if (!turn.wait(kTurnLimit))
    return {StatusCode::kAborted, "earlier transactions are not committed"};
  const Stopwatch watch(ApplyMetrics::instance().commit);
  return connection_.commit();
}

Status BatchApplier::execute(const Prepared& batch) {
  const Stopwatch watch(ApplyMetrics::instance().exec);
  TBL_TRY(connection_.begin(batch.mark_sql));
  TBL_TRY(connection_.write(batch.units, batch.mode));
  return connection_.flush();  // where no row is left to be written
}

}  // namespace tbl::mysql
