// Key ranges that a finished job leaves to the garbage collector.
#pragma once

#include "base/status.h"
#include "schema/job.h"
#include "tidb/ddl/ddl_storage.h"

namespace tbl::tidb {

/// Inserts into mysql.gc_delete_range what `job` (finished or rolled back) makes unreachable: rows
/// of dropped tables, partitions and indexes. `ts`: safe point from which they may go. May be
/// repeated.
Status record_gc_ranges(SqlRunner& sql, const schema::DdlJob& job, uint64_t ts);

}  // namespace tbl::tidb
