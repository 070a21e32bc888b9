#include "pump/fake_writer.h"

#include <future>

namespace tbl::pump {

void FakeWriter::tick() {
  uint64_t calls = ingest_.calls();
  uint64_t max_ts = storage_.max_commit_ts();
  if (calls == last_calls_ || max_ts == last_max_ts_) {
    auto written = write();
    if (!written.ok()) log_error("generate fake binlog err", {{"error", written.status()}});
  }
  last_calls_ = calls;
  last_max_ts_ = max_ts;
}

Result<uint64_t> FakeWriter::write() {
  TBL_ASSIGN(uint64_t ts, tso_.get_ts());
  check_clock(ts);
  std::promise<Status> done;
  ingest_.write_fake(ts, [&done](const Status& status) { done.set_value(status); });
  TBL_TRY(done.get_future().get());
  return ts;
}

/// A PD that lost its clock gives out timestamps that were used before: what commits at them comes
/// too late to be served.
void FakeWriter::check_clock(uint64_t ts) {
  uint64_t max_ts = storage_.max_commit_ts();
  if (ts > max_ts || !clock_complaint_.due()) return;
  log_error("PD gives out timestamps below the max commit ts: transactions will be lost",
            {{"ts", ts}, {"max commit ts", max_ts}});
}

}  // namespace tbl::pump
