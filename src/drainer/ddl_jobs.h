// Finds the job behind a DDL binlog.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>

#include "base/status.h"
#include "base/stop.h"
#include "codec/binlog_view.h"
#include "schema/job.h"
#include "schema/meta_reader.h"

namespace tbl::drainer {

/// TiDB moves a job into the history only after its binlog's transaction: so reading waits. One
/// thread.
class DdlJobs {
 public:
  using GetTs = std::function<Result<uint64_t>()>;
  DdlJobs(schema::MetaReader& reader, GetTs get_ts) : reader_(reader), get_ts_(std::move(get_ts)) {}

  /// The job to apply, or null when the binlog is to be dropped: sequence values (`select setval`),
  /// jobs that did not finish with success, tables of TiDB's own. A binlog of state "delete only"
  /// gives the job with that state. Errors: kCancelled on stop; what reading says after several
  /// tries.
  Result<schema::DdlJobPtr> find(const codec::BinlogView& binlog, const StopToken& stop);
  /// The same for a binlog of long ago, without waiting: null also when the history has no such
  /// job.
  Result<schema::DdlJobPtr> find_at_once(const codec::BinlogView& binlog);

 private:
  static schema::DdlJobPtr to_be_applied(const codec::BinlogView& binlog, schema::DdlJob job);
  Result<schema::DdlJob> wait_for_job(int64_t job_id, const StopToken& stop);

  schema::MetaReader& reader_;
  const GetTs get_ts_;
};

}  // namespace tbl::drainer
