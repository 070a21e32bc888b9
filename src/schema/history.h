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

/// A job of the history that may still be applied. The JSON is parsed when its turn comes, since a
/// long history parsed at once takes several times the memory.
struct HistoryEntry {
  int64_t job_id = 0;
  int64_t schema_version = 0;
  std::string json;
};

/// All jobs as of `ts` that finished with success and concern tables that drainer tracks, ordered
/// by schema version (ids are handed out before jobs run, so their order says nothing).
Result<std::vector<HistoryEntry>> load_history(MetaReader& reader, uint64_t ts);

/// One job as of `ts`; nothing while TiDB has not yet moved it to the history.
Result<std::optional<DdlJob>> read_job(MetaReader& reader, int64_t job_id, uint64_t ts);

}  // namespace tbl::schema
