#include "drainer/relay/replay.h"

#include "base/log.h"
#include "drainer/relay/files.h"
#include "drainer/relay/record.h"

namespace tbl::relay {
namespace {

/// Calls `use(item)` for every record.
template <typename Use>
Status for_each_item(Env& env, const std::string& dir, Use use) {
  TBL_ASSIGN(auto reader, RelayReader::open(env, dir));
  RecordDecoder decoder;
  while (true) {
    bool is_new_file = false;
    TBL_ASSIGN(const auto record, reader.next(&is_new_file));
    if (!record) return ok_status();
    if (is_new_file) decoder.begin_file();
    TBL_ASSIGN(auto item, decoder.decode(*record));
    TBL_TRY(use(std::move(item)));
  }
}

}  // namespace

Result<std::optional<RelaySpan>> span_of(Env& env, const std::string& dir) {
  std::optional<RelaySpan> span;
  TBL_TRY(for_each_item(env, dir, [&span](const RelayItem& item) {
            if (!span) span = RelaySpan{item.cluster_id, 0, 0};
            const bool is_end = !item.transaction || item.transaction->is_last_part;
            if (is_end) span->last_ts = std::max(span->last_ts, item.commit_ts);
            span->incomplete_ts = std::max(span->incomplete_ts, item.commit_ts);
            return ok_status();
          }).wrap("relay log"));
  if (span && span->incomplete_ts == span->last_ts) span->incomplete_ts = 0;
  return span;
}

Status replay(Env& env, const std::string& dir, uint64_t commit_ts, const RelaySpan& span,
              schedule::Applier& applier) {
  uint64_t records = 0;
  int64_t last_version = 0;
  // Up to here everything is given.
  uint64_t at_ts = commit_ts;
  uint64_t at_row = UINT64_MAX;
  TBL_TRY(for_each_item(env, dir, [&](RelayItem item) -> Status {
            const uint64_t first_row = item.transaction ? item.transaction->first_row : 0;
            const bool is_new =
                item.commit_ts > at_ts || (item.commit_ts == at_ts && first_row >= at_row);
            if (!is_new || item.commit_ts > span.last_ts) return ok_status();
            ++records;
            at_ts = item.commit_ts;
            at_row = item.transaction ? item.transaction->end_row : UINT64_MAX;
            last_version = std::max(last_version, item.schema_version);
            if (item.transaction) return applier.submit(std::move(item.transaction));
            return applier.execute_ddl(item.ddl);
          }).wrap("replay the relay log"));
  if (records > 0) applier.note_progress(at_ts, last_version);
  log_info("finish feed by relay log", {{"records", records}, {"commit ts", at_ts}});
  return ok_status();
}

}  // namespace tbl::relay
