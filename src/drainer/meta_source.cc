#include "drainer/meta_source.h"

#include <fmt/format.h>

#include "base/log.h"
#include "schema/history.h"
#include "schema/snapshot.h"

namespace tbl::drainer {

namespace {

constexpr size_t kScanPortion = 256;

Status load_at_checkpoint(schema::SchemaTracker& tracker, schema::MetaReader& reader,
                          const SchemaStart& start) {
  if (start.commit_ts <= start.gc_safe_point) {
    return failed_precondition(
        fmt::format("{} is not above the GC safe point {}", start.commit_ts, start.gc_safe_point));
  }
  if (start.commit_ts > start.now_ts) {
    return failed_precondition(fmt::format("{} is in the future", start.commit_ts));
  }
  TBL_ASSIGN(auto snapshot, schema::load_snapshot(reader, start.commit_ts));
  if (snapshot.schema_version == 0 || snapshot.schema_version < start.schema_version) {
    return failed_precondition(fmt::format("schema version {} there, {} in the checkpoint",
                                           snapshot.schema_version, start.schema_version));
  }
  log_info("load schema snapshot", {{"ts", start.commit_ts},
                                    {"schema version", snapshot.schema_version},
                                    {"tables", snapshot.tables.size()}});
  return tracker.load_snapshot(std::move(snapshot));
}

}  // namespace

Result<std::optional<std::string>> ClusterMetaReader::get(Bytes key, uint64_t ts) {
  return tikv_.get(key, ts);
}

Status ClusterMetaReader::scan(Bytes start, Bytes end, uint64_t ts, const Visit& visit) {
  cluster::ScanOptions options;
  options.start = start;
  options.end = end;
  options.limit = kScanPortion;
  while (true) {
    TBL_ASSIGN(auto pairs, tikv_.scan(options, ts));
    for (const cluster::KvPair& pair : pairs) TBL_TRY(visit(pair.key, pair.value));
    if (pairs.size() < kScanPortion) return ok_status();
    options.start = pairs.back().key + '\0';
  }
}

Status load_schema(schema::SchemaTracker& tracker, schema::MetaReader& reader,
                   const SchemaStart& start) {
  const Status snapshot = load_at_checkpoint(tracker, reader, start);
  if (snapshot.ok()) return ok_status();
  if (start.insist_on_snapshot) return snapshot.wrap("load-schema-snapshot");
  log_info("load schema from the job history", {{"why", snapshot}});
  TBL_ASSIGN(auto history, schema::load_history(reader, start.now_ts));
  log_info("get ddl jobs of the history", {{"jobs", history.size()}});
  auto read_job = [&reader, get_ts = start.get_ts](int64_t job_id) -> Result<schema::DdlJob> {
    TBL_ASSIGN(uint64_t ts, get_ts());
    TBL_ASSIGN(auto job, schema::read_job(reader, job_id, ts));
    if (!job) return not_found(fmt::format("ddl job {} is not in the history any more", job_id));
    return std::move(*job);
  };
  tracker.load_history(std::move(history), std::move(read_job));
  return tracker.apply_up_to(start.schema_version);
}

}  // namespace tbl::drainer
