// The job history in TiKV: hash DDLJobHistory, field = job id, value = job JSON.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/status.h"
#include "schema/job.h"
#include "schema/meta_reader.h"

namespace tbl::schema {

/// A job of the history that may still be applied: its JSON, or only what is said at its beginning.
struct HistoryEntry {
  int64_t job_id = 0;
  int64_t schema_version = 0;
  std::string json;  ///< empty: `header` stands for it, the rest is read when it is needed
  JobHeader header = {};
};

/// All jobs as of `ts` that finished with success and concern tables that drainer tracks, ordered
/// by schema version (ids are handed out before jobs run, so their order says nothing). Without
/// their JSON: a long history is gigabytes of it.
Result<std::vector<HistoryEntry>> load_history(MetaReader& reader, uint64_t ts);

/// One job as of `ts`; nothing while TiDB has not yet moved it to the history.
Result<std::optional<DdlJob>> read_job(MetaReader& reader, int64_t job_id, uint64_t ts);

}  // namespace tbl::schema
