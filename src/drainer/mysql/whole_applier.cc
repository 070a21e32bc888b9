#include "drainer/mysql/whole_applier.h"

#include "base/log.h"
#include "drainer/mysql/apply_metrics.h"
#include "drainer/mysql/errors.h"
#include "drainer/schedule/backoff.h"

namespace tbl::mysql {

using schedule::PartSource;
using schedule::RowRange;
using schedule::TransactionPtr;
using schedule::Unit;

Status WholeApplier::write(PartSource& parts, const std::vector<RowRange>& applied) {
  const uint64_t commit_ts = parts.commit_ts();
  const uint64_t mark = context_.ledger.next_number();
  Try one{parts, applied, "", context_.mode_for(commit_ts)};
  one.mark_sql = context_.tables.insert_mark_sql(context_.options.run, mark, commit_ts,
                                                 encode_mark_items({{commit_ts}}));
  bool knows_tables = false;
  const Stopwatch watch(ApplyMetrics::instance().execute);
  schedule::HoldUps::Call call(context_.hold_ups, commit_ts, "a large transaction");
  schedule::Backoff backoff;
  while (true) {
    Status tried = connection_.ensure();
    if (tried.ok()) tried = try_once(one);
    if (tried.ok()) {
      context_.ledger.add(mark, commit_ts);
      return ok_status();
    }
    if (is_lost(tried)) {
      connection_.drop();
    } else {
      tried = connection_.roll_back(std::move(tried));
    }
    const bool other_table = shows_other_table(tried) && !knows_tables;
    knows_tables = knows_tables || other_table;
    if (!other_table && !begins_again(tried, one)) return tried;
    call.failed(tried);
    log_warn("a large transaction begins again",
             {{"commit ts", commit_ts}, {"tries", backoff.tries()}, {"error", tried}});
    if (!backoff.wait(context_.options.stop)) return tried;
  }
}

bool WholeApplier::begins_again(const Status& error, Try& one) {
  if (is_lost(error) || error.code() == StatusCode::kAborted) return true;
  const bool is_duplicate = error.code() == StatusCode::kAlreadyExists;
  if (!is_duplicate || !context_.options.replace_duplicates || one.mode == WriteMode::kSafe) {
    return false;
  }
  context_.misses.report_replaced(one.parts.commit_ts(), error);
  one.mode = WriteMode::kSafe;
  return true;
}

Status WholeApplier::try_once(const Try& one) {
  TBL_TRY(connection_.begin(one.mark_sql));
  Status begun = connection_.flush();
  if (connection_.says_applied(begun)) return connection_.roll_back(ok_status());
  TBL_TRY(std::move(begun));
  TBL_TRY(send_parts(one));
  return connection_.commit();
}

Status WholeApplier::send_parts(const Try& one) {
  one.parts.rewind();
  while (true) {
    if (context_.options.stop.stop_requested()) return cancelled("applying was stopped");
    TBL_ASSIGN(TransactionPtr part, one.parts.next());
    if (!part) return ok_status();
    const Unit unit{std::move(part), one.applied};
    TBL_TRY(connection_.write({&unit, 1}, one.mode));
  }
}

}  // namespace tbl::mysql
